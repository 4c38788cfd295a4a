/** The file that a resident keeps of a ballot (docs/protocol.md §14): what proves it, and nothing of the choice in the clear. */
import { type Bytes, fromBase64, fromHex, toBase64, toHex } from './bytes.ts';
import { hasFields, isWhole, parseJson } from './json.ts';

/** Where the log holds the ballot, as the server told it. */
export interface Logged {
  readonly index: number;
  /** The line's exact bytes, as text. */
  readonly line: string;
  /** C2SP tlog-proof of the line. */
  readonly proof: string;
}

/** What a receipt file says. */
export interface ReceiptFile {
  /** Address of the round: `https://HOST/rounds/SLUG`. */
  readonly round: string;
  readonly fingerprint: Bytes;
  /** C2SP vkey. */
  readonly logKey: string;
  readonly ballot: Bytes;
  readonly inLogBy: number;
  /** The ballot box's signature on the acceptance. */
  readonly signature: Bytes;
  readonly logged?: Logged;
}

const FORMAT = 1;

/** Short name of a ballot, for people: the first 16 hexadecimal digits of its hash in groups of four. */
export function trackerOf(ballotHash: Bytes): string {
  return (toHex(ballotHash).slice(0, 16).match(/.{4}/g) ?? []).join('-');
}

/** Name under which the file is saved. */
export function receiptFileName(ballotHash: Bytes): string {
  return `veche-receipt-${trackerOf(ballotHash)}.json`;
}

/** The text of the file. */
export function printReceiptFile(file: ReceiptFile): string {
  const { logged } = file;
  const value = {
    format: FORMAT,
    round: file.round,
    fingerprint: toHex(file.fingerprint),
    log_key: file.logKey,
    ballot: toBase64(file.ballot),
    acceptance: { in_log_by: file.inLogBy, signature: toBase64(file.signature) },
    ...(logged && { receipt: { index: logged.index, line: logged.line, proof: logged.proof } }),
  };
  return `${JSON.stringify(value, undefined, 1)}\n`;
}

/** Reads a file; undefined for anything that was not written by `printReceiptFile`, white space aside. Nothing is verified here. */
export function readReceiptFile(text: string): ReceiptFile | undefined {
  const value = parseJson(text);
  if (!hasFields(value, ['format', 'round', 'fingerprint', 'log_key', 'ballot', 'acceptance'], ['receipt'])) return undefined;
  const { format, round, log_key: logKey, acceptance } = value;
  if (format !== FORMAT || typeof round !== 'string' || typeof logKey !== 'string') return undefined;
  if (!hasFields(acceptance, ['in_log_by', 'signature'])) return undefined;
  const fingerprint = hex(value['fingerprint']);
  const ballot = base64(value['ballot']);
  const signature = base64(acceptance['signature']);
  const inLogBy = acceptance['in_log_by'];
  const logged = 'receipt' in value ? readLogged(value['receipt']) : undefined;
  if (!fingerprint || !ballot || signature?.length !== 64 || !isWhole(inLogBy) || ('receipt' in value && !logged)) return undefined;
  return { round, fingerprint, logKey, ballot, inLogBy, signature, ...(logged && { logged }) };
}

/** Host and slug of a round's address; undefined for another address. */
export function roundOf(address: string): { readonly host: string; readonly slug: string } | undefined {
  const [, host, slug] = /^https?:\/\/([^/?#@\s]+)\/rounds\/([a-z0-9-]{1,63})$/.exec(address) ?? [];
  return host === undefined || slug === undefined || !isAddress(address) ? undefined : { host, slug };
}

/** Whether a browser would read it as an address: a receipt can come from anybody. */
function isAddress(text: string): boolean {
  try {
    return new URL(text).href !== '';
  } catch {
    return false;
  }
}

function readLogged(value: unknown): Logged | undefined {
  if (!hasFields(value, ['index', 'line', 'proof'])) return undefined;
  const { index, line, proof } = value;
  return isWhole(index) && typeof line === 'string' && typeof proof === 'string' ? { index, line, proof } : undefined;
}

function hex(value: unknown): Bytes | undefined {
  return typeof value === 'string' ? fromHex(value, 32) : undefined;
}

function base64(value: unknown): Bytes | undefined {
  return typeof value === 'string' ? fromBase64(value) : undefined;
}
