/** The bytes of a choice (docs/protocol.md §6 and §7): one spelling for each ballot, one length for each round. */
import { type Bytes, concat, readU16, readU32, u16, u32 } from './bytes.ts';
import type { Kind } from './rules.ts';

/** A territory by its position in the rules, from 0, with a value where the kind of ballot asks for one. */
export interface Mark {
  readonly territory: number;
  readonly value?: number;
}

/** What a choice is checked against. */
export interface Ballot {
  readonly kind: Kind;
  /** How many territories there are. */
  readonly territories: number;
}

/** Why bytes or marks are no ballot of the round; the names are those of `invalid` in an outcome. */
export type ChoiceReason =
  | 'length'
  | 'format'
  | 'padding'
  | 'too-many'
  | 'unknown-territory'
  | 'duplicate'
  | 'out-of-range'
  | 'too-many-points'
  | 'order'
  /** Of marks only: a value is missing, or stands where a mark is enough. */
  | 'value-missing'
  | 'value-not-expected';

/** Marks, in their one order, or the first reason why they are none. */
export type Checked = { readonly ok: true; readonly marks: readonly Mark[] } | { readonly ok: false; readonly reason: ChoiceReason };

const FORMAT = 1;
const HEAD = 3;

/** Bytes of every encoded choice. */
export function choiceLength({ kind, territories }: Ballot): number {
  switch (kind.kind) {
    case 'approval':
    case 'ranked':
      return HEAD + 2 * Math.min(kind.max, territories);
    case 'score':
      return HEAD + 6 * territories;
    case 'points':
      return HEAD + 6 * Math.min(kind.total, territories);
  }
}

/** Checks marks and puts them into their one order; for ranked ballots the order is the voter's. */
export function checkChoice(ballot: Ballot, marks: readonly Mark[]): Checked {
  const valued = hasValues(ballot.kind);
  for (const { value } of marks) {
    if (valued && value === undefined) return no('value-missing');
    if (!valued && value !== undefined) return no('value-not-expected');
  }
  const sorted = [...marks].sort((one, other) => one.territory - other.territory || (one.value ?? 0) - (other.value ?? 0));
  const reason = faultOf(ballot, sorted);
  if (reason !== undefined) return no(reason);
  return { ok: true, marks: ballot.kind.kind === 'ranked' ? [...marks] : sorted };
}

/** The bytes of marks that `checkChoice` accepts; the reason if it does not. */
export function encodeChoice(ballot: Ballot, marks: readonly Mark[]): Bytes | ChoiceReason {
  const checked = checkChoice(ballot, marks);
  if (!checked.ok) return checked.reason;
  const body = checked.marks.map(({ territory, value }) => concat(u16(territory), value === undefined ? new Uint8Array() : u32(value)));
  const bytes = new Uint8Array(choiceLength(ballot));
  bytes.set(concat(Uint8Array.of(FORMAT), u16(checked.marks.length), ...body));
  return bytes;
}

/** Reads what `encodeChoice` wrote, and nothing else, with the tests in the order of docs/protocol.md §7. */
export function decodeChoice(ballot: Ballot, bytes: Bytes): Checked {
  if (bytes.length !== choiceLength(ballot)) return no('length');
  if (bytes[0] !== FORMAT) return no('format');
  const valued = hasValues(ballot.kind);
  const width = valued ? 6 : 2;
  const count = readU16(bytes, 1);
  if (HEAD + count * width > bytes.length) return no('too-many');
  if (bytes.subarray(HEAD + count * width).some((byte) => byte !== 0)) return no('padding');
  const marks = Array.from({ length: count }, (_, at): Mark => {
    const start = HEAD + at * width;
    const territory = readU16(bytes, start);
    return valued ? { territory, value: readU32(bytes, start + 2) } : { territory };
  });
  const checked = checkChoice(ballot, marks);
  if (!checked.ok) return checked;
  const inOrder = checked.marks.every((mark, at) => mark.territory === marks[at]?.territory);
  return inOrder ? checked : no('order');
}

function no(reason: ChoiceReason): Checked {
  return { ok: false, reason };
}

function hasValues(kind: Kind): boolean {
  return kind.kind === 'score' || kind.kind === 'points';
}

/** The first reason why sorted marks are no ballot, each tested over the whole ballot before the next. */
function faultOf({ kind, territories }: Ballot, sorted: readonly Mark[]): ChoiceReason | undefined {
  if (sorted.some(({ territory }) => !Number.isInteger(territory) || territory < 0 || territory >= territories)) return 'unknown-territory';
  if (sorted.some(({ territory }, at) => territory === sorted[at - 1]?.territory)) return 'duplicate';
  const values = sorted.map(({ value }) => value ?? 0);
  const within = (least: number, most: number) => values.every((value) => Number.isInteger(value) && value >= least && value <= most);
  switch (kind.kind) {
    case 'approval':
    case 'ranked':
      return sorted.length > kind.max ? 'too-many' : undefined;
    case 'score':
      return within(0, kind.max) ? undefined : 'out-of-range';
    case 'points':
      if (!within(1, kind.each ?? kind.total)) return 'out-of-range';
      return values.reduce((sum, points) => sum + points, 0) > kind.total ? 'too-many-points' : undefined;
  }
}
