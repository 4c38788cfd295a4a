/** A round as a resident's device knows it: rules that have their fingerprint, with the keys parsed once. */
import { type Bytes, equal, fromHex, toHex } from './bytes.ts';
import { type Ballot, choiceLength } from './choice.ts';
import { isPublicKey } from './ed25519.ts';
import { wrong } from './fault.ts';
import { type IssuerKey, importIssuerKey } from './issuer.ts';
import { type LogKey, readLogKey } from './log/note.ts';
import { type Rules, fingerprintOf, readRules } from './rules.ts';
import { importSealingKey } from './seal.ts';

/** Where a round is in its life. */
export type Phase = 'published' | 'open' | 'paused' | 'closed' | 'opened' | 'tallied' | 'certified' | 'annulled';

/** A polling place: one round, checked. */
export interface Place {
  readonly slug: string;
  readonly rules: Rules;
  /** SHA-256 of the rules. */
  readonly fingerprint: Bytes;
  /** The same as 64 hexadecimal digits: what stands on paper. */
  readonly fingerprintHex: string;
  readonly issuer: IssuerKey;
  readonly sealingKey: CryptoKey;
  readonly logKey: LogKey;
  /** What a choice is checked against. */
  readonly ballot: Ballot;
  readonly choiceLength: number;
}

/**
 * Checks rules that came from the server against the fingerprint that stands beside them.
 *
 * @throws {Fault} `wrong: fingerprint`, `wrong: rules`.
 */
export async function enterPlace(slug: string, rules: unknown, named: string): Promise<Place> {
  const fingerprint = await fingerprintOf(rules);
  const expected = fromHex(named, 32);
  if (expected === undefined || !equal(fingerprint, expected)) throw wrong('fingerprint');
  const read = readRules(rules);
  const logKey = await readLogKey(read.logKey);
  if (read.slug !== slug || logKey?.name !== read.origin || !read.origin.endsWith(`/rounds/${slug}`)) {
    throw wrong('rules', 'the rules are for another round');
  }
  if (!isPublicKey(read.acceptanceKey)) throw wrong('rules', 'the acceptance key is no Ed25519 key');
  const ballot = { kind: read.kind, territories: read.territories.length };
  return {
    slug,
    rules: read,
    fingerprint,
    fingerprintHex: toHex(fingerprint),
    issuer: await importIssuerKey(read.issuerKey),
    sealingKey: await importSealingKey(read.sealingKey),
    logKey,
    ballot,
    choiceLength: choiceLength(ballot),
  };
}
