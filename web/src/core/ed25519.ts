/** Ed25519 (RFC 8032): WebCrypto's where the browser has it, else @noble/ed25519; verified strictly (docs/protocol.md). */
import { Point, getPublicKeyAsync, signAsync, verifyAsync } from '@noble/ed25519';
import { type Bytes, concat, fromHex } from './bytes.ts';

/** What signs: a key that cannot leave the browser, or the 32 bytes of the secret key where the browser has no Ed25519. */
export type SigningKey = CryptoKey | Bytes;

/** What stands before the 32 bytes of a secret key in PKCS #8 (RFC 8410 §7). */
const PKCS8 = fromHex('302e020100300506032b657004220420') ?? new Uint8Array();

let native: Promise<boolean> | undefined;

/** Whether this browser's WebCrypto has Ed25519. */
export function hasNativeEd25519(): Promise<boolean> {
  native ??= importPublic(Point.BASE.toBytes()).then(
    () => true,
    () => false,
  );
  return native;
}

/** For tests: whether to use WebCrypto, whatever the browser has. */
export function useNativeEd25519(use: boolean): void {
  native = Promise.resolve(use);
}

/** Public key of a secret key. */
export async function publicKeyOf(seed: Bytes): Promise<Bytes> {
  return new Uint8Array(await getPublicKeyAsync(seed));
}

/**
 * The key that signs for a secret key: a non-extractable `CryptoKey` where there are such, else a copy of the bytes.
 * The caller wipes its own bytes afterwards.
 */
export async function importSigningKey(seed: Bytes): Promise<SigningKey> {
  if (!(await hasNativeEd25519())) return seed.slice();
  const pkcs8 = concat(PKCS8, seed);
  try {
    return await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
  } finally {
    pkcs8.fill(0);
  }
}

/** Signature of 64 bytes. */
export async function sign(key: SigningKey, message: Bytes): Promise<Bytes> {
  if (key instanceof Uint8Array) return new Uint8Array(await signAsync(message, key));
  return new Uint8Array(await crypto.subtle.sign('Ed25519', key, message));
}

/** Whether bytes are a public key: a point in its one spelling, not of small order. */
export function isPublicKey(key: Uint8Array): boolean {
  return point(key) !== undefined;
}

/**
 * Whether the signature holds, with keys and nonces of small order refused.
 *
 * WebCrypto checks the cofactorless equation. The library checks the equation times the cofactor, which says the same for
 * points without a part of small order, so others are refused there.
 */
export async function verify(key: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  if (signature.length !== 64) return false;
  const owner = point(key);
  const nonce = point(signature.subarray(0, 32));
  if (owner === undefined || nonce === undefined) return false;
  if (await hasNativeEd25519()) {
    return crypto.subtle.verify('Ed25519', await importPublic(key), signature, message);
  }
  if (!owner.isTorsionFree() || !nonce.isTorsionFree()) return false;
  return verifyAsync(signature, message, key, { zip215: false });
}

function importPublic(key: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new Uint8Array(key), 'Ed25519', true, ['verify']);
}

function point(bytes: Uint8Array): Point | undefined {
  try {
    const decoded = Point.fromBytes(bytes);
    return decoded.isSmallOrder() ? undefined : decoded;
  } catch {
    return undefined;
  }
}
