/** Canonical JSON (docs/protocol.md §1): one spelling for each value, integers only, nothing rounded. */

/** A value of the protocol: no `null`, no fractions. */
export type Json = boolean | number | string | readonly Json[] | JsonObject;
/** An object of the protocol. */
export type JsonObject = { readonly [key: string]: Json };

/** What canonical JSON cannot say. */
export class JsonFault extends Error {
  override name = 'JsonFault';
}

/** A surrogate without its partner: no such text has UTF-8 bytes. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?:[^\ud800-\udbff]|^)[\udc00-\udfff]/;

/**
 * The one spelling of a value: RFC 8785 with integers only.
 *
 * `JSON.parse` rounds integers beyond 2^53; what it makes of them is not a safe integer either, so it is refused here.
 *
 * @throws {JsonFault} for `null`, fractions, integers beyond 2^53, and lone surrogates.
 */
export function canonical(value: unknown): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new JsonFault('a number is no integer, or beyond 2^53');
    return String(value);
  }
  if (typeof value === 'string') {
    if (LONE.test(value)) throw new JsonFault('a text with half a character');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${fields.map(([key, field]) => `${canonical(key)}:${canonical(field)}`).join(',')}}`;
  }
  throw new JsonFault('null, or something that JSON does not have');
}

/** Reads JSON; undefined if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads a text that must be spelled canonically; undefined for every other text. */
export function parseCanonical(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return canonical(value) === text ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is an object with fields. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether an object has these fields, those that may be missing perhaps, and no other. */
export function hasFields(value: unknown, fields: readonly string[], optional: readonly string[] = []): value is { readonly [key: string]: unknown } {
  if (!isObject(value)) return false;
  const keys = Object.keys(value);
  return fields.every((field) => keys.includes(field)) && keys.every((key) => fields.includes(key) || optional.includes(key));
}

/** A whole number from `least` to `most`. */
export function isWhole(value: unknown, least = 0, most: number = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}
