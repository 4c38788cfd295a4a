/** The acceptance (docs/protocol.md §9): the ballot box's signed promise that a ballot will be in the log. */
import { type Bytes, concat, i64, label } from './bytes.ts';
import { verify } from './ed25519.ts';

/** A promise about one ballot. */
export interface Acceptance {
  /** SHA-256 of the rules. */
  readonly fingerprint: Bytes;
  /** SHA-256 of the ballot. */
  readonly ballot: Bytes;
  /** Unix second, a full hour. */
  readonly inLogBy: number;
}

/** The signed bytes. */
export function acceptanceMessage({ fingerprint, ballot, inLogBy }: Acceptance): Bytes {
  return concat(label('veche/acceptance/v1'), fingerprint, ballot, i64(inLogBy));
}

/** Whether the ballot box with this key made the promise, for a full hour. */
export async function isPromised(acceptance: Acceptance, key: Bytes, signature: Bytes): Promise<boolean> {
  const isHour = Number.isSafeInteger(acceptance.inLogBy) && acceptance.inLogBy % 3600 === 0;
  return isHour && verify(key, acceptanceMessage(acceptance), signature);
}
