/** The resident's half of the blind signature (RFC 9474, RSABSSA-SHA384-PSS-Deterministic): blind, then finalize. */
import { BlindRSA, type BlindRSAParams, PrepareType } from '@cloudflare/blindrsa-ts/lib/src/blindrsa.js';
import { type Bytes, concat, equal, label } from './bytes.ts';
import { wrong } from './fault.ts';

const PARAMS: BlindRSAParams = {
  name: 'RSABSSA-SHA384-PSS-Deterministic',
  hash: 'SHA-384',
  saltLength: 48,
  prepareType: PrepareType.Deterministic,
};
const EXPONENT = Uint8Array.of(1, 0, 1);

/** One round's key that signs credentials. */
export interface IssuerKey {
  readonly key: CryptoKey;
  /** Bytes of the modulus, and so of a signature. */
  readonly length: number;
}

/** What goes to the issuer, and what turns its answer into the signature. Whoever has both halves can join the two. */
export interface Blinded {
  readonly blinded: Bytes;
  readonly inverse: Bytes;
}

/**
 * Takes a DER SubjectPublicKeyInfo with the rsaEncryption identifier.
 *
 * @throws {Fault} `wrong: rules` for anything but a key of 2048 bits or more with exponent 65537.
 */
export async function importIssuerKey(der: Bytes): Promise<IssuerKey> {
  try {
    // Extractable, because the library takes the modulus out of it; the key is public.
    const key = await crypto.subtle.importKey('spki', der, { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);
    const { modulusLength, publicExponent } = key.algorithm as RsaHashedKeyAlgorithm;
    if (modulusLength >= 2048 && equal(publicExponent, EXPONENT)) return { key, length: Math.ceil(modulusLength / 8) };
  } catch {
    // Told below, as for a key that is too short.
  }
  throw wrong('rules', 'the issuer key is no RSA key of 2048 bits or more with exponent 65537');
}

/** What the issuer signs without seeing it: label, fingerprint, Ed25519 public key. */
export function credentialMessage(fingerprint: Bytes, credential: Bytes): Bytes {
  return concat(label('veche/credential/v1'), fingerprint, credential);
}

/** Blind of RFC 9474 §4.2. */
export async function blind(issuer: IssuerKey, message: Bytes): Promise<Blinded> {
  const { blindedMsg, inv } = await suite().blind(issuer.key, message);
  return { blinded: new Uint8Array(blindedMsg), inverse: new Uint8Array(inv) };
}

/**
 * Finalize of RFC 9474 §4.4: the signature, already checked.
 *
 * @throws {Fault} `wrong: issuer-signature` when the answer is no signature of the blinded message.
 */
export async function finalize(issuer: IssuerKey, message: Bytes, answer: Bytes, inverse: Bytes): Promise<Bytes> {
  try {
    return new Uint8Array(await suite().finalize(issuer.key, message, answer, inverse));
  } catch {
    throw wrong('issuer-signature');
  }
}

/** Whether the issuer signed this message. */
export function verifyIssuer(issuer: IssuerKey, message: Bytes, signature: Bytes): Promise<boolean> {
  return crypto.subtle.verify({ name: 'RSA-PSS', saltLength: PARAMS.saltLength }, issuer.key, signature, message);
}

function suite(): BlindRSA {
  return new BlindRSA({ ...PARAMS, supportsRSARAW: false });
}
