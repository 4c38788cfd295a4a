// A town with one round, played inside the test: it answers as docs/protocol.md §11 says, and loses or changes answers when told to.
import { getPublicKeyAsync, signAsync } from '@noble/ed25519';
import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { type Acceptance, acceptanceMessage } from '../src/core/acceptance.ts';
import { checkBallot } from '../src/core/ballot.ts';
import { type Bytes, fromBase64, sha256, toBase64, toHex, utf8 } from '../src/core/bytes.ts';
import type { IdentifyingCode, SecretCode } from '../src/core/codes.ts';
import { canonical } from '../src/core/json.ts';
import { checkpointNote } from '../src/core/log/checkpoint.ts';
import { leafHash, rootHash } from '../src/core/log/hash.ts';
import { type LogKey, readLogKey } from '../src/core/log/note.ts';
import { printTlogProof } from '../src/core/log/tlog_proof.ts';
import { type Place, enterPlace } from '../src/core/place.ts';
import { fingerprintOf } from '../src/core/rules.ts';
import { trackerOf } from '../src/core/receipt_file.ts';
import { consistencyProof, inclusionPath } from './tree.ts';
import { hex, vectors } from './vectors.ts';

/** A letter of the vectors. */
export interface Letter {
  readonly identifying: IdentifyingCode;
  readonly secret: SecretCode;
}

/** One request, as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: Headers;
  readonly init: RequestInit;
}

/** What to do to the next answers. */
export type Weather =
  /** The request is lost on the way there. */
  | 'lost'
  /** The request is carried out, and the answer is lost. */
  | 'unanswered'
  /** The answer never comes. */
  | 'silent'
  | ((answer: Response) => Response | Promise<Response>);

export const SLUG = 'spring';
export const SCALAR = new Uint8Array(32).fill(7);
/** The next full hour: by when every ballot is promised to be in the log. */
export const HOUR = Math.ceil(Date.now() / 3_600_000) * 3600;
const ACCEPTANCE = new Uint8Array(32).fill(101);
const LOG = new Uint8Array(32).fill(102);
/** One issuer for every town: making a key takes long. */
const issuer = generateKeyPairSync('rsa', { modulusLength: 2048 });

export const letters = vectors<{ codes: readonly Letter[] }>('codes.json').codes;

export class Town {
  readonly seen: Seen[] = [];
  readonly lines: string[] = [];
  phase = 'open';
  /** The close in force. */
  closesAt = HOUR + 86_400;
  /** By when the ballot box promises to have the next ballots in the log. */
  inLogBy = HOUR;
  /** Why nobody gets a signature. */
  turnsAway = '';
  /** Which weather the next request that starts so meets, once. */
  readonly weather: { path: string; kind: Weather }[] = [];
  private readonly issued = new Map<string, string>();
  private readonly backups = new Map<string, string>();
  private readonly urn = new Map<string, { ballot: Bytes; credential: string; version: number }>();

  private constructor(
    readonly place: Place,
    private readonly rules: unknown,
    private readonly logKey: LogKey,
  ) {}

  static async found(changed: object = {}): Promise<Town> {
    const spki = new Uint8Array(issuer.publicKey.export({ type: 'spki', format: 'der' }));
    const origin = `vote.example/rounds/${SLUG}`;
    const logPublic = new Uint8Array([1, ...(await getPublicKeyAsync(LOG))]);
    const id = (await sha256(utf8(`${origin}\n`), logPublic)).slice(0, 4);
    const rules = {
      ...(JSON.parse(vectors<{ rules: { canonical: string } }>('protocol.json').rules.canonical) as object),
      acceptance_key: toBase64(await getPublicKeyAsync(ACCEPTANCE)),
      issuer_key: toBase64(spki),
      log_key: `${origin}+${toHex(id)}+${toBase64(logPublic)}`,
      opens_at: HOUR - 86_400,
      closes_at: HOUR + 86_400,
      origin,
      slug: SLUG,
      ...changed,
    };
    const logKey = (await readLogKey(rules.log_key)) ?? assert.fail('the log key is read');
    const place = await enterPlace(SLUG, rules, toHex(await fingerprintOf(rules)));
    const town = new Town(place, rules, logKey);
    await town.log({ published: { at: 1, by: 'official-1', rules } });
    return town;
  }

  /** What the client asks with. */
  readonly fetch = async (address: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const path = String(address);
    const seen = { method: init.method ?? 'GET', path, body: String(init.body ?? ''), headers: new Headers(init.headers), init };
    this.seen.push(seen);
    const at = this.weather.findIndex((one) => path.includes(one.path));
    const kind = at < 0 ? undefined : this.weather.splice(at, 1)[0]?.kind;
    if (kind === 'lost') throw new TypeError('fetch failed');
    if (kind === 'silent') {
      return new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))));
    }
    const answer = await this.answer(seen);
    if (kind === 'unanswered') throw new TypeError('terminated');
    return typeof kind === 'function' ? kind(answer) : answer;
  };

  /** Ballots that the urn holds, by versions. */
  get versions(): number[] {
    return [...this.urn.values()].map(({ version }) => version);
  }

  /** Moves every ballot of the urn into the log, and adds some other lines so that proofs have a path. */
  async integrate(): Promise<void> {
    const logged = new Set(this.lines.map((line) => line));
    for (const { ballot } of this.urn.values()) {
      const envelope = toBase64(ballot);
      if (![...logged].some((line) => line.includes(envelope))) await this.log({ ballot: { envelope } });
    }
    await this.log({ register: { count: 1, hash: '00'.repeat(32), hour: HOUR } });
  }

  async log(event: object): Promise<void> {
    const last = this.lines.at(-1);
    const previous = last === undefined ? '00'.repeat(32) : toHex(await leafHash(utf8(last)));
    this.lines.push(canonical({ event, index: this.lines.length, previous }));
  }

  /** A history in which one line was another: everything after it has other hashes. */
  async rewrite(at: number): Promise<void> {
    const events = this.lines.slice(at).map((line) => (JSON.parse(line) as { event: object }).event);
    this.lines.length = at;
    await this.log({ 'voting-paused': { at: 2, by: 'official-1', reason: 'x' } });
    for (const event of events.slice(1)) await this.log(event);
  }

  async checkpoint(): Promise<string> {
    const leaves = await this.leaves();
    const root = await rootHash(leaves);
    const text = checkpointNote(this.logKey, leaves.length, root, new Uint8Array(64)).split('\n\n')[0] ?? '';
    return checkpointNote(this.logKey, leaves.length, root, new Uint8Array(await signAsync(utf8(`${text}\n`), LOG)));
  }

  /** The ballot box's signature on a promise. */
  async promise(promise: Acceptance): Promise<Bytes> {
    return new Uint8Array(await signAsync(acceptanceMessage(promise), ACCEPTANCE));
  }

  private leaves(): Promise<Bytes[]> {
    return Promise.all(this.lines.map((line) => leafHash(utf8(line))));
  }

  private async answer({ method, path, body, headers }: Seen): Promise<Response> {
    const base = `/api/v1/rounds/${SLUG}`;
    const [route = '', query = ''] = path.split('?');
    const parameter = new URLSearchParams(query);
    const field = (name: string): string => (JSON.parse(body) as Record<string, string>)[name] ?? '';
    const session = headers.get('authorization')?.replace('Bearer ', '') ?? '';
    switch (`${method} ${route.replace(base, '')}`) {
      case 'GET ':
        return json({ rules: this.rules, fingerprint: this.place.fingerprintHex, phase: this.phase, closes_at: this.closesAt, roll: 1, issued: 0, ballots: 0, signed: [] });
      case 'POST /identification': {
        const code = field('code').replace(/-/g, '');
        if (!letters.some(({ identifying }) => identifying === code)) return problem('code', 403);
        const signed = this.issue(code, field('blinded'));
        return json({ session: code, expires: HOUR, pseudonym: 'ab'.repeat(32), ...(signed.ok && ((await signed.json()) as object)) });
      }
      case 'GET /credential':
        return json({ issued: this.issued.has(session), pseudonym: 'ab'.repeat(32) });
      case 'POST /credential':
        return this.issue(session, field('blinded'));
      case 'PUT /credential/backup':
        this.backups.set(session, field('backup'));
        return new Response(null, { status: 204 });
      case 'GET /credential/backup': {
        const backup = this.backups.get(session);
        return backup === undefined ? problem('no-backup', 404) : json({ backup });
      }
      case 'POST /ballots':
        return this.cast(fromBase64(field('ballot')) ?? assert.fail('no base64'));
      case 'POST /receipts': {
        const named = field('ballot');
        return this.receipt([...this.urn.keys()].find((hash) => hash === named || hash.slice(0, 16) === named) ?? named);
      }
      case 'GET /log/checkpoint':
        return new Response(await this.checkpoint());
      case 'GET /log/consistency': {
        const [from, to] = [Number(parameter.get('from')), Number(parameter.get('to'))];
        const proof = await consistencyProof((await this.leaves()).slice(0, to), from);
        return json({ proof: proof.map(toHex) });
      }
      case 'GET /log/lines': {
        const first = Number(parameter.get('first'));
        return new Response(this.lines.slice(first, first + Number(parameter.get('limit'))).map((line) => `${line}\n`).join(''));
      }
    }
    return problem('not-found', 404);
  }

  private issue(person: string, blinded: string): Response {
    if (blinded === '') return problem('blinded-message', 422);
    if (this.turnsAway !== '') return problem(this.turnsAway, 429);
    const earlier = this.issued.get(person);
    if (earlier !== undefined && earlier !== blinded) return problem('already-issued', 409);
    this.issued.set(person, blinded);
    // The bare private operation: the padding is inside the blinded message.
    const message = fromBase64(blinded) ?? assert.fail('no base64');
    const signature = privateDecrypt({ key: issuer.privateKey, padding: constants.RSA_NO_PADDING }, message);
    return json({ signature: toBase64(signature) });
  }

  private async cast(ballot: Bytes): Promise<Response> {
    const envelope = await checkBallot(this.place, ballot);
    if (typeof envelope === 'string') return problem(envelope, 422);
    const hash = await sha256(ballot);
    const credential = toHex(envelope.credential);
    if (!this.urn.has(toHex(hash))) {
      if (this.phase !== 'open') return problem(this.phase, 409);
      const versions = [...this.urn.values()].filter((one) => one.credential === credential).map(({ version }) => version);
      const accepted = Math.max(0, ...versions);
      if (envelope.version <= accepted) return problem('version-not-growing', 409, { accepted_version: accepted });
      this.urn.set(toHex(hash), { ballot, credential, version: envelope.version });
    }
    const promise = { fingerprint: this.place.fingerprint, ballot: hash, inLogBy: this.inLogBy };
    const signature = toBase64(await this.promise(promise));
    return json({ ballot: toHex(hash), fingerprint: this.place.fingerprintHex, in_log_by: this.inLogBy, signature }, 201);
  }

  private async receipt(hash: string): Promise<Response> {
    const accepted = this.urn.get(hash);
    if (accepted === undefined) return problem('unknown-ballot', 404);
    const name = { ballot: hash, tracker: trackerOf(hex(hash)) };
    const index = this.lines.findIndex((line) => line.includes(toBase64(accepted.ballot)));
    if (index < 0) return json({ in_log_by: HOUR, ...name });
    const path = await inclusionPath(await this.leaves(), index);
    return json({ index, line: this.lines[index], proof: printTlogProof({ index, path, checkpoint: await this.checkpoint() }), ...name });
  }
}

/** A JSON answer. */
export function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
}

/** A problem answer. */
export function problem(slug: string, status: number, more: object = {}): Response {
  return new Response(JSON.stringify({ type: `/problems/${slug}`, title: slug, status, detail: 'words', ...more }), { status });
}
