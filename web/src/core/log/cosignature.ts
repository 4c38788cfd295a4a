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

/** The cosignatures of these witnesses under a note that hold; one that does not hold is as good as none. */
export async function cosignatures(text: string, keys: readonly string[]): Promise<readonly Cosignature[]> {
  const note = readNote(text);
  const witnesses = (await Promise.all(keys.map(readWitnessKey))).filter((key) => key !== undefined);
  const found = await Promise.all(witnesses.map(async ({ name, key, id }) => {
    const own = note?.signatures.filter((one) => one.name === name && equal(one.id, id)) ?? [];
    const signed = await Promise.all(own.map(({ bytes }) => cosignedAt(note?.text ?? '', key, bytes)));
    const at = signed.find((one) => one !== undefined);
    return at === undefined ? undefined : { name, at };
  }));
  return found.filter((one) => one !== undefined);
}

async function cosignedAt(text: string, key: Bytes, bytes: Bytes): Promise<number | undefined> {
  if (bytes.length !== 72) return undefined;
  const at = readI64(bytes, 0);
  if (at === undefined) return undefined;
  return (await verify(key, utf8(`cosignature/v1\ntime ${at}\n${text}`), bytes.slice(8))) ? at : undefined;
}
