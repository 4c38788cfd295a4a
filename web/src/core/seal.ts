/** Sealing a choice to the round's key and opening it again: HPKE (RFC 9180) as docs/protocol.md §6 says. */
import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { type Bytes, concat, equal, label, random, toBase64Url, u32 } from './bytes.ts';
import { wrong } from './fault.ts';

/** Bytes of an uncompressed P-256 point. */
export const POINT_LENGTH = 65;
/** Bytes of the AES-128-GCM tag. */
export const TAG_LENGTH = 16;

/** What a sealed choice is bound to. */
export interface SealContext {
  readonly fingerprint: Bytes;
  readonly credential: Bytes;
  readonly version: number;
}

/** The round's secret key, which the commission reveals after the close. */
export interface OpeningKey {
  readonly pair: CryptoKeyPair;
}

/**
 * Takes an uncompressed P-256 point.
 *
 * @throws {Fault} `wrong: rules` when it is none.
 */
export async function importSealingKey(point: Bytes): Promise<CryptoKey> {
  try {
    if (point.length === POINT_LENGTH && point[0] === 4) return await suite().kem.deserializePublicKey(point);
  } catch {
    // Told below, as for another length.
  }
  throw wrong('rules', 'the sealing key is no uncompressed point of P-256');
}

/** Encapsulated key ‖ ciphertext. */
export async function seal(key: CryptoKey, context: SealContext, choice: Bytes): Promise<Bytes> {
  const { enc, ct } = await suite().seal({ recipientPublicKey: key, info: info(context) }, choice, aad(context));
  return concat(new Uint8Array(enc), new Uint8Array(ct));
}

/**
 * Takes the revealed scalar and makes sure that it belongs to the round's sealing key.
 *
 * @throws {Fault} `wrong: opening-key` when it does not.
 */
export async function importOpeningKey(scalar: Bytes, sealingKey: Bytes): Promise<OpeningKey> {
  try {
    const [x, y, d] = [sealingKey.slice(1, 33), sealingKey.slice(33), scalar].map(toBase64Url);
    const jwk = { kty: 'EC', crv: 'P-256', x, y, d } as JsonWebKey;
    const algorithm = { name: 'ECDH', namedCurve: 'P-256' };
    const privateKey = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['deriveBits']);
    const key = { pair: { privateKey, publicKey: await importSealingKey(sealingKey) } };
    // Not every browser compares the two halves of a key, so something sealed to the one must open with the other.
    const context = { fingerprint: random(32), credential: random(32), version: 1 };
    const opened = await open(key, context, await seal(key.pair.publicKey, context, context.credential));
    if (scalar.length === 32 && opened !== undefined && equal(opened, context.credential)) return key;
  } catch {
    // Told below, as for a key of another round.
  }
  throw wrong('opening-key');
}

/** The choice; undefined when any byte of text, round, credential or version differs from what was sealed. */
export async function open(key: OpeningKey, context: SealContext, sealed: Bytes): Promise<Bytes | undefined> {
  const enc = sealed.slice(0, POINT_LENGTH);
  try {
    const recipient = { recipientKey: key.pair, enc, info: info(context) };
    return new Uint8Array(await suite().open(recipient, sealed.slice(POINT_LENGTH), aad(context)));
  } catch {
    return undefined;
  }
}

function suite(): CipherSuite {
  return new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });
}

function info({ fingerprint }: SealContext): Bytes {
  return concat(label('veche/seal/v1'), fingerprint);
}

function aad({ credential, version }: SealContext): Bytes {
  return concat(credential, u32(version));
}
