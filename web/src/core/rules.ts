/** The frozen rules of a round (docs/protocol.md §5): read strictly, and named by their fingerprint. */
import { type Bytes, fromBase64, sha256, utf8 } from './bytes.ts';
import { wrong } from './fault.ts';
import { canonical, hasFields, isWhole } from './json.ts';

/** What a ballot may hold. */
export type Kind =
  | { readonly kind: 'approval'; readonly max: number }
  | { readonly kind: 'ranked'; readonly max: number }
  | { readonly kind: 'score'; readonly max: number }
  | { readonly kind: 'points'; readonly each?: number; readonly total: number };

/** Every way to count ballots (docs/protocol.md §7). Which of them fit which ballots is checked where rules are drafted and where bundles are verified. */
const METHODS = [
  'approval', 'borda', 'borda-fixed', 'bucklin', 'choose-one', 'coombs', 'copeland', 'dowdall', 'equal-shares', 'equal-shares-add1', 'equal-shares-add1u',
  'equal-shares-greedy', 'equal-shares-units', 'equal-shares-units-add1', 'equal-shares-units-add1u', 'equal-shares-units-greedy', 'greedy', 'instant-runoff',
  'instant-runoff-batches', 'kemeny', 'knapsack', 'majority-judgement', 'minimax', 'minimax-margins', 'phragmen', 'points', 'ranked-pairs',
  'ranked-pairs-winning-votes', 'schulze', 'schulze-margins', 'score', 'score-mean', 'score-mean-blanks-zero', 'star', 'stv-meek', 'stv-scottish',
] as const;

/** How ballots are counted. */
export type Method = (typeof METHODS)[number];

/** A territory that can be voted for. */
export interface Territory {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  /** Day of the application, YYYY-MM-DD. */
  readonly applied?: string;
  /** Hundredths of the currency's unit. */
  readonly cost?: number;
  readonly description?: string;
}

/** Who wins. */
export type Winners =
  | { readonly by: 'top'; readonly seats: number; readonly minimum?: number }
  | { readonly by: 'budget'; readonly budget: number; readonly overflow: 'skip' | 'stop'; readonly minimum?: number };

/** The rules, as a client needs them. The fingerprint is of the whole text that came, never of this. */
export interface Rules {
  readonly acceptanceKey: Bytes;
  readonly issuerKey: Bytes;
  readonly sealingKey: Bytes;
  readonly logKey: string;
  readonly origin: string;
  readonly slug: string;
  readonly title: string;
  readonly timeZone: string;
  readonly opensAt: number;
  readonly closesAt: number;
  /** Seconds from acceptance to the log. */
  readonly within: number;
  readonly district?: string;
  readonly minimumAge: number;
  /** YYYY-MM-DD. */
  readonly referenceDate: string;
  /** How many commission members there are, and how many must sign. */
  readonly members: number;
  readonly quorum: number;
  readonly kind: Kind;
  readonly method: Method;
  readonly territories: readonly Territory[];
  readonly winners: Winners;
  readonly witnesses?: Witnesses;
}

/** Whose cosignatures a head of the log needs: verifier keys, and how many of them. */
export interface Witnesses {
  readonly keys: readonly string[];
  readonly quorum: number;
}

/** Most witnesses that rules name. */
const MOST_WITNESSES = 16;
const FIELDS = [
  'acceptance_key', 'batch', 'closes_at', 'commission', 'issuer_key', 'log_key', 'minimum_age', 'opens_at', 'origin', 'quorum',
  'reference_date', 'register', 'sealing_key', 'slug', 'time_zone', 'title', 'voting',
];
const U16 = 0xffff;
const U32 = 0xffff_ffff;

/**
 * SHA-256 of the rules' canonical bytes.
 *
 * @throws {Fault} `wrong: rules` when they cannot be spelled, as with numbers beyond 2^53.
 */
export async function fingerprintOf(rules: unknown): Promise<Bytes> {
  let text: string;
  try {
    text = canonical(rules);
  } catch (fault) {
    throw wrong('rules', String(fault));
  }
  return sha256(utf8(text));
}

/**
 * Reads rules. Fields that are missing, unknown or of another form are refused.
 *
 * @throws {Fault} `wrong: rules`.
 */
export function readRules(value: unknown): Rules {
  const rules = demand(value, FIELDS, ['district', 'witnesses']);
  const batch = demand(rules['batch'], ['at_least', 'within']);
  const voting = demand(rules['voting'], ['kind', 'method', 'territories', 'ties', 'winners']);
  const territories = list(voting['territories']).map(readTerritory);
  if (territories.length < 1 || territories.length > U16) throw no('territories');
  const method = METHODS.find((name) => name === voting['method']);
  if (method === undefined) throw no('method');
  return {
    acceptanceKey: bytes(rules['acceptance_key']),
    issuerKey: bytes(rules['issuer_key']),
    sealingKey: bytes(rules['sealing_key']),
    logKey: text(rules['log_key']),
    origin: text(rules['origin']),
    slug: text(rules['slug']),
    title: text(rules['title']),
    timeZone: text(rules['time_zone']),
    opensAt: whole(rules['opens_at']),
    closesAt: whole(rules['closes_at']),
    within: whole(batch['within']),
    ...('district' in rules && { district: text(rules['district']) }),
    minimumAge: whole(rules['minimum_age']),
    referenceDate: text(rules['reference_date']),
    members: list(rules['commission']).length,
    quorum: whole(rules['quorum']),
    kind: readKind(voting['kind']),
    method,
    territories,
    winners: readWinners(voting['winners']),
    ...('witnesses' in rules && { witnesses: readWitnesses(rules['witnesses']) }),
  };
}

function readWitnesses(value: unknown): Witnesses {
  const fields = demand(value, ['keys', 'quorum']);
  const keys = list(fields['keys']).map(text);
  if (keys.length > MOST_WITNESSES || new Set(keys).size < keys.length || !keys.every((key) => /^[^\s+]+\+[0-9a-f]{8}\+B[A-Za-z0-9+/]+=*$/u.test(key))) throw no('witnesses');
  return { keys, quorum: whole(fields['quorum'], 1, keys.length) };
}

function readKind(value: unknown): Kind {
  const [name, content] = variant(value);
  if (name === 'approval' || name === 'ranked') return { kind: name, max: whole(demand(content, ['max'])['max'], 1, U16) };
  if (name === 'score') return { kind: name, max: whole(demand(content, ['max'])['max'], 1, U32) };
  if (name !== 'points') throw no('kind');
  const points = demand(content, ['total'], ['each']);
  const each = 'each' in points ? { each: whole(points['each'], 1, U32) } : {};
  return { kind: name, total: whole(points['total'], 1, U32), ...each };
}

function readWinners(value: unknown): Winners {
  const [name, content] = variant(value);
  const fields = demand(content, name === 'top' ? ['seats'] : ['budget', 'overflow'], ['minimum']);
  const minimum = 'minimum' in fields ? { minimum: whole(fields['minimum']) } : {};
  if (name === 'top') return { by: name, seats: whole(fields['seats']), ...minimum };
  const overflow = fields['overflow'];
  if (name !== 'budget' || (overflow !== 'skip' && overflow !== 'stop')) throw no('winners');
  return { by: name, budget: whole(fields['budget']), overflow, ...minimum };
}

function readTerritory(value: unknown): Territory {
  const fields = demand(value, ['id', 'number', 'title'], ['address', 'applied', 'cost', 'description', 'place', 'proposed_by']);
  return {
    id: text(fields['id']),
    number: whole(fields['number'], 0, U32),
    title: text(fields['title']),
    ...('applied' in fields && { applied: text(fields['applied']) }),
    ...('description' in fields && { description: text(fields['description']) }),
    ...('cost' in fields && { cost: whole(fields['cost'], Number.MIN_SAFE_INTEGER) }),
  };
}

function no(field: string) {
  return wrong('rules', `the rules do not hold together: ${field}`);
}

function demand(value: unknown, fields: readonly string[], optional: readonly string[] = []): { readonly [key: string]: unknown } {
  if (!hasFields(value, fields, optional)) throw no(fields.join(', '));
  return value;
}

function variant(value: unknown): readonly [name: string, content: unknown] {
  const [[name, content] = ['', undefined], ...more] = Object.entries(value ?? {});
  if (more.length > 0) throw no(name);
  return [name, content];
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw no('a list');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw no('a text');
  return value;
}

function whole(value: unknown, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  if (!isWhole(value, least, most)) throw no('a whole number');
  return value;
}

function bytes(value: unknown): Bytes {
  const read = fromBase64(text(value));
  if (read === undefined) throw no('base64');
  return read;
}
