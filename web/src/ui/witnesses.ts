/** Independent witnesses, in words: who cosigned the head that a receipt leads to. */
import type { Witnessed } from '../core/log/cosignature.ts';
import type { Place } from '../core/place.ts';
import { say } from './texts.ts';

/** Who cosigned a head, where the rules ask for witnesses. */
export function witnessWords({ rules: { witnesses } }: Place, { signed, forged, unchecked }: Witnessed): readonly string[] {
  if (witnesses === undefined) return [];
  const names = (of: readonly string[]) => ({ names: of.join(', ') });
  const counts = { signed: signed.length, quorum: witnesses.quorum };
  return [
    signed.length === 0 ? say('client-witnesses-none', counts) : say('client-witnesses', { ...counts, ...names(signed.map(({ name }) => name)) }),
    ...(forged.length > 0 ? [say('client-witnesses-forged', names(forged))] : []),
    ...(unchecked.length > 0 ? [say('client-witnesses-unchecked', names(unchecked))] : []),
  ];
}
