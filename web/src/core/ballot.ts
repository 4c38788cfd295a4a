/** The ballot as it travels and as the log keeps it (docs/protocol.md §6): made, taken apart, and checked. */
import { type Bytes, concat, equal, label, readU32, sha256, u32 } from './bytes.ts';
import { type Checked, type ChoiceReason, decodeChoice } from './choice.ts';
import { type SigningKey, isPublicKey, sign, verify } from './ed25519.ts';
import { credentialMessage, verifyIssuer } from './issuer.ts';
import type { Place } from './place.ts';
import { type OpeningKey, POINT_LENGTH, TAG_LENGTH, open, seal } from './seal.ts';

/** The parts of a ballot. */
export interface Envelope {
  readonly credential: Bytes;
  readonly issuerSignature: Bytes;
  readonly version: number;
  /** Encapsulated key ‖ ciphertext. */
  readonly sealed: Bytes;
  /** Everything before the signature. */
  readonly signed: Bytes;
  readonly signature: Bytes;
}

/** Why a ballot is none of the round; the names are those of the refusals. */
export type EnvelopeReason =
  | 'ballot-length'
  | 'ballot-format'
  | 'ballot-other-round'
  | 'ballot-version'
  | 'ballot-credential'
  | 'ballot-issuer-signature'
  | 'ballot-signature';

/** What a voter signs with. */
export interface Credential {
  readonly publicKey: Bytes;
  readonly issuerSignature: Bytes;
  readonly key: SigningKey;
}

/** What an opened ballot says. */
export type Opened = Checked | { readonly ok: false; readonly reason: 'not-opened' };

const FORMAT = 1;
const SIGNATURE_LENGTH = 64;
/** Format, fingerprint, credential. */
const HEAD = 1 + 32 + 32;

/** Bytes of every ballot of a round. */
export function ballotLength(place: Place): number {
  return HEAD + place.issuer.length + 4 + POINT_LENGTH + place.choiceLength + TAG_LENGTH + SIGNATURE_LENGTH;
}

/** Seals an encoded choice and signs the ballot. */
export async function makeBallot(place: Place, credential: Credential, version: number, choice: Bytes): Promise<Bytes> {
  const { publicKey, issuerSignature } = credential;
  const context = { fingerprint: place.fingerprint, credential: publicKey, version };
  const sealed = await seal(place.sealingKey, context, choice);
  const signed = concat(Uint8Array.of(FORMAT), place.fingerprint, publicKey, issuerSignature, u32(version), sealed);
  return concat(signed, await sign(credential.key, labelled(signed)));
}

/** SHA-256 of a ballot: its public name. */
export function ballotHash(ballot: Bytes): Promise<Bytes> {
  return sha256(ballot);
}

/** Takes a ballot apart; only length, format, round and version are checked. */
export function readBallot(place: Place, bytes: Bytes): Envelope | EnvelopeReason {
  if (bytes.length !== ballotLength(place)) return 'ballot-length';
  if (bytes[0] !== FORMAT) return 'ballot-format';
  if (!equal(bytes.subarray(1, 33), place.fingerprint)) return 'ballot-other-round';
  const versionAt = HEAD + place.issuer.length;
  const signatureAt = bytes.length - SIGNATURE_LENGTH;
  const version = readU32(bytes, versionAt);
  if (version === 0) return 'ballot-version';
  return {
    credential: bytes.slice(33, HEAD),
    issuerSignature: bytes.slice(HEAD, versionAt),
    version,
    sealed: bytes.slice(versionAt + 4, signatureAt),
    signed: bytes.slice(0, signatureAt),
    signature: bytes.slice(signatureAt),
  };
}

/** Takes a ballot apart and checks both signatures, in the order of docs/protocol.md §6. */
export async function checkBallot(place: Place, bytes: Bytes): Promise<Envelope | EnvelopeReason> {
  const envelope = readBallot(place, bytes);
  if (typeof envelope === 'string') return envelope;
  const { credential, issuerSignature, signed, signature } = envelope;
  if (!isPublicKey(credential)) return 'ballot-credential';
  const message = credentialMessage(place.fingerprint, credential);
  if (!(await verifyIssuer(place.issuer, message, issuerSignature))) return 'ballot-issuer-signature';
  return (await verify(credential, labelled(signed), signature)) ? envelope : 'ballot-signature';
}

/** What a ballot says, once the opening key is revealed: marks, or the reason why it is invalid. */
export async function openBallot(place: Place, key: OpeningKey, envelope: Envelope): Promise<Opened> {
  const context = { fingerprint: place.fingerprint, credential: envelope.credential, version: envelope.version };
  const choice = await open(key, context, envelope.sealed);
  return choice === undefined ? { ok: false, reason: 'not-opened' } : decodeChoice(place.ballot, choice);
}

/** The reasons for which an opened ballot is invalid. */
export type InvalidReason = ChoiceReason | 'not-opened';

function labelled(signed: Bytes): Bytes {
  return concat(label('veche/ballot/v1'), signed);
}
