/** The credential's backup (docs/protocol.md §12): encrypted under the secret half of the letter code, kept by the registrar. */
import { type Bytes, concat, random, readU16, u16, utf8 } from './bytes.ts';
import type { SecretCode } from './codes.ts';

/** Bytes of every backup. */
export const BACKUP_LENGTH = 12 + 1024 + 16;

const PADDED = 1024;
const INFO = utf8('veche/credential-backup/v1');

/** Encrypts a content of at most 1022 bytes for one round. */
export async function sealBackup(secret: SecretCode, fingerprint: Bytes, content: Bytes): Promise<Bytes> {
  if (content.length > PADDED - 2) throw new RangeError(`a backup holds at most ${PADDED - 2} bytes`);
  const padded = new Uint8Array(PADDED);
  padded.set(u16(content.length));
  padded.set(content, 2);
  const iv = random(12);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await key(secret, fingerprint, 'encrypt'), padded);
  padded.fill(0);
  return concat(iv, new Uint8Array(sealed));
}

/** The content; undefined when the backup was made with another code or for another round, or was changed. */
export async function openBackup(secret: SecretCode, fingerprint: Bytes, backup: Bytes): Promise<Bytes | undefined> {
  if (backup.length !== BACKUP_LENGTH) return undefined;
  const opening = await key(secret, fingerprint, 'decrypt');
  const algorithm = { name: 'AES-GCM', iv: backup.slice(0, 12) };
  const padded = await crypto.subtle.decrypt(algorithm, opening, backup.slice(12)).then(
    (bytes) => new Uint8Array(bytes),
    () => undefined,
  );
  if (padded === undefined) return undefined;
  const length = readU16(padded, 0);
  const isPadded = length <= PADDED - 2 && padded.subarray(2 + length).every((byte) => byte === 0);
  const content = isPadded ? padded.slice(2, 2 + length) : undefined;
  padded.fill(0);
  return content;
}

async function key(secret: SecretCode, salt: Bytes, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  const letters = await crypto.subtle.importKey('raw', utf8(secret), 'HKDF', false, ['deriveKey']);
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt, info: INFO };
  return crypto.subtle.deriveKey(derivation, letters, { name: 'AES-GCM', length: 256 }, false, [usage]);
}
