/** C2SP tlog-cosignature: what witnesses put under a head, having seen that the log only grew. */
import { type Bytes, equal, fromBase64, readI64, sha256, toBase64, toHex, utf8 } from '../bytes.ts';
import { isPublicKey, verify } from '../ed25519.ts';
import { isName, readNote } from './note.ts';

/** A witness's public key with its name. */
export interface WitnessKey {
  readonly name: string;
  readonly key: Bytes;
  /** First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key). */
  readonly id: Bytes;
}

/** That a witness saw a head. */
export interface Cosignature {
  readonly name: string;
  /** Unix second at which it signed, by its own clock. */
  readonly at: number;
}

/** What stands under a head of those whom the rules name. */
export interface Witnessed {
  readonly signed: readonly Cosignature[];
  /** Names under which a false signature stands: then the head has no quorum, however many others signed. */
  readonly forged: readonly string[];
  /** Witnesses whose kind of key (ML-DSA-44) no browser checks. */
  readonly unchecked: readonly string[];
}

/** Signature type of a timestamped Ed25519 cosignature. */
const COSIGNATURE = 4;

/** Reads a C2SP vkey of a witness; undefined unless it is just what would be printed, or of a type that is not checked here. */
export async function readWitnessKey(text: string): Promise<WitnessKey | undefined> {
  const [, name = '', , encoded = ''] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? [];
  const bytes = fromBase64(encoded, 33);
  if (bytes === undefined || bytes[0] !== COSIGNATURE || !isName(name)) return undefined;
  const key = bytes.slice(1);
  const id = (await sha256(utf8(`${name}\n`), bytes)).slice(0, 4);
  const printed = `${name}+${toHex(id)}+${toBase64(bytes)}`;
  return printed === text && isPublicKey(key) ? { name, key, id } : undefined;
}

/** The cosignatures of these witnesses under a note. */
export async function witnessed(text: string, keys: readonly string[]): Promise<Witnessed> {
  const note = readNote(text);
  const found = await Promise.all(keys.map(async (vkey) => {
    const witness = await readWitnessKey(vkey);
    if (witness === undefined) return { name: nameOf(vkey), unchecked: true };
    const own = note?.signatures.filter(({ name, id }) => name === witness.name && equal(id, witness.id)) ?? [];
    const times = await Promise.all(own.map(({ bytes }) => cosignedAt(note?.text ?? '', witness.key, bytes)));
    return { name: witness.name, at: times.find((at) => at !== undefined && at > 0), forged: times.includes(undefined) };
  }));
  return {
    signed: found.flatMap(({ name, at, forged }) => (at === undefined || forged === true ? [] : [{ name, at }])),
    forged: found.filter(({ forged }) => forged).map(({ name }) => name),
    unchecked: found.filter(({ unchecked }) => unchecked).map(({ name }) => name),
  };
}

/** Whether so many of the witnesses signed, and nobody's name was misused. */
export function hasQuorum({ signed, forged }: Witnessed, quorum: number): boolean {
  return signed.length >= quorum && forged.length === 0;
}

function nameOf(vkey: string): string {
  return vkey.slice(0, vkey.indexOf('+'));
}

/** The time in a cosignature that holds. */
async function cosignedAt(text: string, key: Bytes, bytes: Bytes): Promise<number | undefined> {
  if (bytes.length !== 72) return undefined;
  const at = readI64(bytes, 0);
  if (at === undefined || at < 0) return undefined;
  return (await verify(key, utf8(`cosignature/v1\ntime ${at}\n${text}`), bytes.slice(8))) ? at : undefined;
}
