/** Secrets on the device, encrypted under keys that no script can export and that lie beside them. */
import { type Bytes, concat, label, random, utf8 } from '../bytes.ts';
import type { IdentifyingCode } from '../codes.ts';
import { device } from '../fault.ts';

/**
 * Keys of one record. No script can take them away, so one that runs in the page can use them only while it runs. Browsers store their
 * bytes in the database all the same: whoever copies its files from the disk has the keys too. Against that helps erasing, and the lock
 * of the device.
 */
export interface Vault {
  readonly sealing: CryptoKey;
  readonly tagging: CryptoKey;
}

/** Encrypted bytes. */
export interface Sealed {
  readonly iv: Bytes;
  readonly text: Bytes;
}

/** New keys, none of them extractable. */
export async function newVault(): Promise<Vault> {
  const [sealing, tagging] = await Promise.all([
    crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
    crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']),
  ]);
  return { sealing, tagging };
}

/** Encrypts a secret. */
export async function put({ sealing }: Vault, secret: Bytes): Promise<Sealed> {
  const iv = random(12);
  const text = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, sealing, secret);
  return { iv, text: new Uint8Array(text) };
}

/**
 * Decrypts a secret. The caller wipes it.
 *
 * @throws {Fault} `device: storage` when the database was damaged.
 */
export async function take({ sealing }: Vault, { iv, text }: Sealed): Promise<Bytes> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, sealing, text));
  } catch {
    throw device('storage', 'what was kept on the device does not open any more');
  }
}

/**
 * What tells one letter from another on this device: HMAC of the identifying half under a key that no script can export. So two
 * residents on one device do not get each other's credential, and what a script reads from the database names nobody.
 */
export async function holderTag({ tagging }: Vault, fingerprint: Bytes, code: IdentifyingCode): Promise<Bytes> {
  const message = concat(label('veche/holder/v1'), fingerprint, utf8(code));
  return new Uint8Array(await crypto.subtle.sign('HMAC', tagging, message));
}
