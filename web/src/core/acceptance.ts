/** The acceptance (docs/protocol.md §9): the ballot box's signed promise that a ballot will be in the log. */
import { type Bytes, concat, i64, label } from './bytes.ts';
import { verify } from './ed25519.ts';
import type { Rules } from './rules.ts';

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

/** A full hour in seconds: a promise is rounded up to one. */
const HOUR = 3600;
/** How far a device's clock may be behind, in seconds. */
const CLOCK = 24 * HOUR;

/** Seconds that a device's clock may be ahead before it says that a promise was broken: as in src/client/receipt.rs. */
const CLOCKS_DIFFER = 600;

/** Whether a promised hour has passed, Unix seconds. A device whose clock is fast must not accuse anybody. */
export function isOver(inLogBy: number, now: number): boolean {
  return now > inLogBy + CLOCKS_DIFFER;
}

/**
 * Whether a promise is one that an honest ballot box can have made: it does not put the ballot off beyond the last batch after the close.
 *
 * @param closesAt Unix second of the close in force, as far as it is known; the one in the rules counts if it is later.
 */
export function isBeforeEnd(inLogBy: number, { closesAt: planned, within }: Rules, closesAt = planned): boolean {
  return inLogBy <= Math.max(planned, closesAt) + within + HOUR;
}

/** Whether a promise that was made at this Unix second, by the device's clock, or earlier does not put the ballot off beyond its batch. */
export function isSoon(inLogBy: number, { within }: Rules, now: number): boolean {
  return inLogBy <= now + within + 2 * HOUR + CLOCK;
}
