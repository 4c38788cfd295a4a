/** The fingerprint of the rules as this browser computed it, to be compared with the one on paper. */
import type { Place } from '../core/place.ts';
import { type Child, el } from './dom.ts';
import { say } from './texts.ts';

/** A term and its description, for a list of them. */
export function fingerprintItems({ fingerprintHex }: Place): readonly Child[] {
  return [
    el('dt', {}, say('client-fingerprint')),
    el('dd', {}, el('code', { class: 'fingerprint' }, fingerprintHex), el('small', { class: 'hint' }, say('client-fingerprint-compare'))),
  ];
}
