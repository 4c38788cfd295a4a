/** One line of a log (docs/protocol.md §2): JSON that has just one spelling, so that its hash is the event's. */
import { type Bytes, fromBase64, fromHex } from '../bytes.ts';
import { type Json, hasFields, isWhole, parseCanonical } from '../json.ts';

/** An event with its place in the chain. */
export interface Line {
  readonly name: string;
  readonly fields: Json;
  readonly index: number;
  /** Leaf hash of the line before. */
  readonly previous: Bytes;
}

/** Reads a line without its line feed; undefined unless it is spelled canonically. */
export function readLine(text: string): Line | undefined {
  const value = parseCanonical(text);
  if (!hasFields(value, ['event', 'index', 'previous'])) return undefined;
  const { event, index, previous } = value;
  const before = typeof previous === 'string' ? fromHex(previous, 32) : undefined;
  const [[name, fields] = ['', undefined], ...more] = Object.entries(event ?? {});
  if (fields === undefined || more.length > 0 || before === undefined || !isWhole(index)) return undefined;
  return { name, fields: fields as Json, index, previous: before };
}

/** The ballot that a line holds; undefined if it holds something else. */
export function ballotOf(line: Line): Bytes | undefined {
  return line.name === 'ballot' ? bytesField(line, ['envelope'], 'envelope') : undefined;
}

/** The opening key that a line reveals; undefined if it holds something else. */
export function revealedKeyOf(line: Line): Bytes | undefined {
  return line.name === 'key-revealed' ? bytesField(line, ['at', 'by', 'key'], 'key') : undefined;
}

function bytesField({ fields }: Line, names: readonly string[], name: string): Bytes | undefined {
  const value = hasFields(fields, names) ? fields[name] : undefined;
  return typeof value === 'string' ? fromBase64(value) : undefined;
}
