// The golden vectors that the Rust crates share with this client.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bytes, fromHex } from '../src/core/bytes.ts';

/** The root of the repository; `run.mjs` names it. */
export const ROOT = process.env['VECHE_ROOT'] ?? join(process.cwd(), '..');

export function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(join(ROOT, 'tests/vectors', name), 'utf8')) as T;
}

export function hex(text: string): Bytes {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error(`not hexadecimal: ${text}`);
  return bytes;
}

/** The same bytes with one bit changed. */
export function flipped(bytes: Bytes, at: number): Bytes {
  const changed = bytes.slice();
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}
