/** C2SP tlog-checkpoint: the signed head of a log. Extension lines are refused: no auditor could check them. */
import { type Bytes, fromBase64, toBase64 } from '../bytes.ts';
import { isWhole } from '../json.ts';
import { type LogKey, isSignedBy, printNote, readNote, signaturesOf } from './note.ts';

/** Size and root of a log, and the note that says so. */
export interface Checkpoint {
  readonly size: number;
  readonly root: Bytes;
  /** The signed note, as it came. */
  readonly note: string;
  /** The log's own signature, 64 bytes. */
  readonly signature: Bytes;
}

/** Reads a note and checks that the log's key signed it, and that its first line is the key's name; else undefined. */
export async function openCheckpoint(text: string, key: LogKey): Promise<Checkpoint | undefined> {
  const note = readNote(text);
  if (note === undefined || !(await isSignedBy(note, key))) return undefined;
  const [, origin, decimal = '', base64 = ''] = /^([^\n]+)\n([^\n]*)\n([^\n]*)\n$/.exec(note.text) ?? [];
  const size = Number(decimal);
  const root = fromBase64(base64, 32);
  const signature = signaturesOf(note, key)[0]?.bytes;
  const isForm = isWhole(size) && String(size) === decimal && root !== undefined && signature !== undefined;
  return isForm && origin === key.name ? { size, root, note: text, signature } : undefined;
}

/** The note that a size, a root and the log's signature make; whether it holds, `openCheckpoint` tells. */
export function checkpointNote(key: LogKey, size: number, root: Bytes, signature: Bytes): string {
  const text = `${key.name}\n${size}\n${toBase64(root)}\n`;
  return printNote({ text, signatures: [{ name: key.name, id: key.id, bytes: signature }] });
}
