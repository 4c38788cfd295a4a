/** C2SP signed-note: a text with Ed25519 signatures under it, and the log's key that checks them. */
import { type Bytes, concat, equal, fromBase64, sha256, toBase64, toHex, utf8 } from '../bytes.ts';
import { isPublicKey, verify } from '../ed25519.ts';

/** A public key with the name of its owner. */
export interface LogKey {
  readonly name: string;
  readonly key: Bytes;
  /** First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key). */
  readonly id: Bytes;
}

/** One line under a note. */
export interface NoteSignature {
  readonly name: string;
  readonly id: Bytes;
  readonly bytes: Bytes;
}

/** A text, with its last line feed, and what stands under it. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Signature type of plain Ed25519. */
const ED25519 = 1;
const DASH = '\u2014 ';
const MAX_NOTE = 1 << 20;
const MAX_SIGNATURES = 64;
const NOT_IN_NAME = /[\p{White_Space}+]/u;

/** Reads a C2SP vkey; undefined unless it is just what would be printed. */
export async function readLogKey(text: string): Promise<LogKey | undefined> {
  const [, name = '', , encoded = ''] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? [];
  const bytes = fromBase64(encoded, 33);
  if (bytes === undefined || bytes[0] !== ED25519 || !isName(name)) return undefined;
  const key = bytes.slice(1);
  const id = (await sha256(utf8(`${name}\n`), bytes)).slice(0, 4);
  const printed = `${name}+${toHex(id)}+${toBase64(bytes)}`;
  return printed === text && isPublicKey(key) ? { name, key, id } : undefined;
}

/** Reads a note; undefined unless it is just what would be printed. */
export function readNote(text: string): Note | undefined {
  if (utf8(text).length > MAX_NOTE || /[\0-\x09\x0b-\x1f]/.test(text)) return undefined;
  const end = text.lastIndexOf('\n\n');
  if (end < 0 || !text.endsWith('\n')) return undefined;
  const lines = text.slice(end + 2, -1).split('\n');
  const signatures = lines.map(readSignature);
  if (signatures.length > MAX_SIGNATURES || !signatures.every((one) => one !== undefined)) return undefined;
  const note = { text: text.slice(0, end + 1), signatures };
  return printNote(note) === text ? note : undefined;
}

/** The text of a note. */
export function printNote({ text, signatures }: Note): string {
  const lines = signatures.map(({ name, id, bytes }) => `${DASH}${name} ${toBase64(concat(id, bytes))}\n`);
  return `${text}\n${lines.join('')}`;
}

/** Whether the key signed the note, and all of its signatures hold; those of other keys are passed over. */
export async function isSignedBy(note: Note, key: LogKey): Promise<boolean> {
  const own = signaturesOf(note, key);
  const hold = await Promise.all(own.map(({ bytes }) => verify(key.key, utf8(note.text), bytes)));
  return own.length > 0 && hold.every(Boolean);
}

/** The signatures that claim to be of this key. */
export function signaturesOf(note: Note, key: LogKey): readonly NoteSignature[] {
  return note.signatures.filter(({ name, id }) => name === key.name && equal(id, key.id));
}

function readSignature(line: string): NoteSignature | undefined {
  const [name = '', encoded = '', ...more] = line.startsWith(DASH) ? line.slice(DASH.length).split(' ') : [];
  const bytes = fromBase64(encoded);
  if (more.length > 0 || !isName(name) || bytes === undefined || bytes.length < 5) return undefined;
  return { name, id: bytes.slice(0, 4), bytes: bytes.slice(4) };
}

/** Not empty, without spaces and plus signs. */
export function isName(name: string): boolean {
  return name !== '' && !NOT_IN_NAME.test(name);
}
