/** What a device keeps of one round: never the marks, never the letters, never who the resident is. */
import type { Bytes } from '../bytes.ts';
import type { Logged } from '../receipt_file.ts';
import type { Sealed, Vault } from './vault.ts';

/** A credential, ready to cast. */
export interface KeptCredential {
  readonly publicKey: Bytes;
  readonly issuerSignature: Bytes;
  /** A key that cannot leave the browser; where there is no such, its 32 bytes, encrypted. */
  readonly key: CryptoKey | Sealed;
}

/** A credential that the issuer has not signed yet: it signs one blinded message only, so this must outlive a closed tab. */
export interface PendingRequest {
  readonly publicKey: Bytes;
  readonly blinded: Bytes;
  /** Secret key (32 bytes) ‖ inverse of the blinding, encrypted. */
  readonly secrets: Sealed;
  /** Whether it may have been signed already, so that a refusal says nothing of what became of it before. */
  readonly isOpen?: true;
}

/** A ballot that was sent, perhaps, and has no acceptance yet. */
export interface PendingCast {
  readonly ballot: Bytes;
  readonly version: number;
}

/** A ballot with the ballot box's promise, whose signature was checked. */
export interface AcceptedBallot {
  readonly ballot: Bytes;
  /** SHA-256 of the ballot. */
  readonly hash: Bytes;
  readonly version: number;
  /** Unix second by which it is in the log. */
  readonly inLogBy: number;
  readonly signature: Bytes;
  /** The receipt, once the log holds the ballot and the proof was checked. */
  readonly logged?: Logged;
}

/** Everything that a device keeps of one round. */
export interface RoundRecord {
  /** SHA-256 of the rules, hexadecimal: the record's key. */
  readonly fingerprint: string;
  readonly slug: string;
  readonly vault: Vault;
  /** Tells whether the letter typed now is the one that was used here, and nothing else: see `holderTag`. */
  readonly holder?: Bytes;
  readonly credential?: KeptCredential;
  readonly pendingRequest?: PendingRequest;
  /** The secret key, encrypted, for as long as no backup of it was saved. */
  readonly unsaved?: Sealed;
  /** Highest version that was used. */
  readonly version: number;
  readonly pendingCast?: PendingCast;
  /** By version, the newest last. */
  readonly accepted: readonly AcceptedBallot[];
  /** The newest checkpoint seen: the log may only grow from there. */
  readonly checkpoint?: string;
}

/** Whether there is nothing in a record that anybody could need. */
export function isEmpty({ credential, pendingRequest, pendingCast, accepted, checkpoint }: RoundRecord): boolean {
  return [credential, pendingRequest, pendingCast, checkpoint].every((one) => one === undefined) && accepted.length === 0;
}

/** The record without some of its optional fields. */
export function without<K extends 'holder' | 'pendingRequest' | 'unsaved' | 'pendingCast'>(record: RoundRecord, ...fields: readonly K[]): RoundRecord {
  const rest: Partial<Record<K, unknown>> & RoundRecord = { ...record };
  for (const field of fields) delete rest[field];
  return rest;
}
