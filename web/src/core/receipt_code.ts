/** The receipt that fits into a QR code (docs/protocol.md §14): a fragment of an address, which no browser sends to a server. */
import { type Bytes, concat, fromBase64Url, i64, readI64, toBase64Url } from './bytes.ts';

/** A head of the log, as the receipt remembers it. */
export interface RememberedHead {
  readonly size: number;
  readonly root: Bytes;
  /** The log's own signature on the checkpoint, 64 bytes. */
  readonly signature: Bytes;
}

/** What the code says. */
export interface ReceiptCode {
  readonly fingerprint: Bytes;
  /** SHA-256 of the ballot. */
  readonly ballot: Bytes;
  readonly inLogBy: number;
  /** The ballot box's signature on the acceptance. */
  readonly signature: Bytes;
  readonly head?: RememberedHead;
}

const VERSION = 1;
const ACCEPTED = 1 + 32 + 32 + 8 + 64;
const LOGGED = ACCEPTED + 8 + 32 + 64;

/** The text of the code, base64url. */
export function printReceiptCode({ fingerprint, ballot, inLogBy, signature, head }: ReceiptCode): string {
  const accepted = [Uint8Array.of(VERSION), fingerprint, ballot, i64(inLogBy), signature];
  const logged = head === undefined ? [] : [i64(head.size), head.root, head.signature];
  return toBase64Url(concat(...accepted, ...logged));
}

/** Reads a code, with or without the `#` before it; undefined for anything else. Nothing is verified here. */
export function readReceiptCode(text: string): ReceiptCode | undefined {
  const bytes = fromBase64Url(text.replace(/^#/, ''));
  if (bytes === undefined || bytes[0] !== VERSION || (bytes.length !== ACCEPTED && bytes.length !== LOGGED)) return undefined;
  const inLogBy = readI64(bytes, 65);
  if (inLogBy === undefined || inLogBy < 0) return undefined;
  const code = { fingerprint: bytes.slice(1, 33), ballot: bytes.slice(33, 65), inLogBy, signature: bytes.slice(73, ACCEPTED) };
  if (bytes.length === ACCEPTED) return code;
  const size = readI64(bytes, ACCEPTED);
  if (size === undefined || size < 1) return undefined;
  const root = bytes.slice(ACCEPTED + 8, ACCEPTED + 40);
  return { ...code, head: { size, root, signature: bytes.slice(ACCEPTED + 40) } };
}

/** The address that the QR code holds: `HOST/rounds/SLUG/check#CODE`. */
export function receiptAddress(round: string, code: ReceiptCode): string {
  return `${round}/check#${printReceiptCode(code)}`;
}
