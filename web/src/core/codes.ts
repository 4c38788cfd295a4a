/** The letter code (docs/protocol.md §12): what is typed becomes letters, and slips are found before anything is sent. */

/** 23 letters, a prime number of them: none that is read as a digit or as another one. */
export const ALPHABET = 'ABCDEFGHJKLMNPRSTUVWXYZ';
/** Letters of the half that the registrar gets. */
export const IDENTIFYING_LENGTH = 16;
/** Letters of the half that never leaves the device. */
export const SECRET_LENGTH = 20;

/** The half that the registrar gets: 16 letters. */
export type IdentifyingCode = string & { readonly code: 'identifying' };
/** The half that never leaves the device: 20 letters. */
export type SecretCode = string & { readonly code: 'secret' };

/** Why a text is no code. */
export type CodeFault =
  /** Letters are missing, or there are too many. */
  | { readonly fault: 'length'; readonly given: number; readonly expected: number }
  /** A character that no code has, and its place among the letters, from 1. */
  | { readonly fault: 'letter'; readonly letter: string; readonly place: number }
  /** The check letters of this half do not fit the others. */
  | { readonly fault: 'check'; readonly half: 'identifying' | 'secret' };

/** A value that was read, or why it was not. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: CodeFault };

/** Both halves of one letter. */
export interface LetterCode {
  readonly identifying: IdentifyingCode;
  readonly secret: SecretCode;
}

/** Cyrillic letters of the same shape as Latin ones, in the same order as `LATIN`. */
const CYRILLIC = 'АВЕКМНРСТУХ';
const LATIN = 'ABEKMHPCTYX';
/** Spaces, dashes of every length, the middle dot, and marks that copying leaves behind unseen. */
const SEPARATOR = /[\p{White_Space}\-·−\u2010-\u2015\u00ad\u200b\ufeff]/u;

/** Reads the half that the registrar gets. */
export function readIdentifying(text: string): Read<IdentifyingCode> {
  return readHalf<IdentifyingCode>(text, IDENTIFYING_LENGTH, 'identifying');
}

/** Reads the half that never leaves the device. */
export function readSecret(text: string): Read<SecretCode> {
  return readHalf<SecretCode>(text, SECRET_LENGTH, 'secret');
}

/** Reads both halves at once, as they stand in the letter. */
export function readLetterCode(text: string): Read<LetterCode> {
  const letters = readLetters(text, IDENTIFYING_LENGTH + SECRET_LENGTH);
  if (!letters.ok) return letters;
  const identifying = readIdentifying(letters.value.slice(0, IDENTIFYING_LENGTH));
  if (!identifying.ok) return identifying;
  const secret = readSecret(letters.value.slice(IDENTIFYING_LENGTH));
  return secret.ok ? { ok: true, value: { identifying: identifying.value, secret: secret.value } } : secret;
}

/**
 * The letters of a text while it is being typed: capital Latin, without separators; characters that no code has stay as they
 * are, so that nothing typed is lost. For pasting: 36 letters are both halves, see `splitTyped`.
 */
export function typedLetters(text: string): string {
  return Array.from(text).filter((typed) => !SEPARATOR.test(typed)).map(latin).join('');
}

/** Splits a pasted whole code into the texts of both halves; undefined if it is not as long as both. */
export function splitTyped(text: string): readonly [identifying: string, secret: string] | undefined {
  const letters = Array.from(typedLetters(text));
  if (letters.length !== IDENTIFYING_LENGTH + SECRET_LENGTH) return undefined;
  return [inGroups(letters.slice(0, IDENTIFYING_LENGTH).join('')), inGroups(letters.slice(IDENTIFYING_LENGTH).join(''))];
}

/** What a link may fill in: the first half and no more, since browsers remember the addresses that were visited. */
export function linkedHalf(text: string): string {
  return inGroups(Array.from(typedLetters(text)).slice(0, IDENTIFYING_LENGTH).join(''));
}

/** Letters in groups of four with dashes between. */
export function inGroups(letters: string): string {
  return (letters.match(/.{1,4}/gu) ?? []).join('-');
}

function readHalf<T extends string>(text: string, expected: number, half: 'identifying' | 'secret'): Read<T> {
  const letters = readLetters(text, expected);
  if (!letters.ok) return letters;
  return fits(letters.value) ? { ok: true, value: letters.value as T } : { ok: false, fault: { fault: 'check', half } };
}

function readLetters(text: string, expected: number): Read<string> {
  const letters = Array.from(text).filter((typed) => !SEPARATOR.test(typed));
  for (const [at, typed] of letters.entries()) {
    if (!ALPHABET.includes(latin(typed))) return { ok: false, fault: { fault: 'letter', letter: typed, place: at + 1 } };
  }
  if (letters.length !== expected) return { ok: false, fault: { fault: 'length', given: letters.length, expected } };
  return { ok: true, value: letters.map(latin).join('') };
}

/** Σ c ≡ 0 and Σ i·c ≡ 0 (mod 23), with i from 1: any two wrong or swapped letters are noticed. */
function fits(letters: string): boolean {
  const base = ALPHABET.length;
  let sum = 0;
  let weighted = 0;
  for (const [at, letter] of Array.from(letters).entries()) {
    const value = ALPHABET.indexOf(letter);
    sum = (sum + value) % base;
    weighted = (weighted + (at + 1) * value) % base;
  }
  return sum === 0 && weighted === 0;
}

/** The capital Latin letter that was meant. Only ASCII and Cyrillic letters change case, as on the server. */
function latin(typed: string): string {
  const at = CYRILLIC.indexOf(/[а-я]/.test(typed) ? typed.toUpperCase() : typed);
  if (at >= 0) return LATIN.charAt(at);
  return /^[a-z]$/.test(typed) ? typed.toUpperCase() : typed;
}
