/** The addresses of the API that a resident uses (docs/protocol.md §11), one function each; answers are read strictly. */
import { type Bytes, fromBase64, fromHex, fromUtf8, toBase64, toHex } from './bytes.ts';
import { type IdentifyingCode, inGroups } from './codes.ts';
import { wrong } from './fault.ts';
import { isObject, isWhole } from './json.ts';
import type { Phase } from './place.ts';
import { type Transport, type TransportOptions, jsonOf, transport } from './transport.ts';

/** A round in a list. */
export interface RoundSummary {
  readonly slug: string;
  readonly title: string;
  readonly phase: Phase;
  readonly opensAt: number;
  readonly closesAt: number;
}

/** A round as the server tells of it; the rules are not checked yet, see `enterPlace`. */
export interface RoundAnswer {
  readonly rules: unknown;
  readonly fingerprint: string;
  readonly phase: Phase;
  /** Unix second of the close in force; once the voting is over, of its end, which may have come before its time. */
  readonly closesAt: number;
}

/** A session with the registrar. It is kept in memory only, and never stands beside a ballot. */
export interface Session {
  readonly token: string;
  /** Unix second at which it ends. */
  readonly expires: number;
  /** The resident's line in the published register, hexadecimal. */
  readonly pseudonym: string;
  /** The blind signature, when a message came along and was signed. Without it `issue` says why not. */
  readonly signature?: Bytes;
}

/** Whether a credential was issued in the resident's name. */
export interface Status {
  readonly issued: boolean;
  readonly pseudonym: string;
}

/** What the ballot box answered; its signature is not checked yet. */
export interface AcceptanceAnswer {
  readonly ballot: Bytes;
  readonly fingerprint: Bytes;
  readonly inLogBy: number;
  readonly signature: Bytes;
}

/** Where a ballot is; proof and line are not checked yet. */
export type ReceiptAnswer =
  | { readonly state: 'waiting'; readonly ballot: Bytes; readonly inLogBy: number }
  | { readonly state: 'logged'; readonly ballot: Bytes; readonly index: number; readonly line: string; readonly proof: string };

const PHASES: readonly unknown[] = ['published', 'open', 'paused', 'closed', 'opened', 'tallied', 'certified', 'annulled'];

/** One server's API. Every function rejects with a `Fault`. */
export class Api {
  private readonly ask: Transport;

  constructor(options: TransportOptions = {}) {
    this.ask = transport(options);
  }

  /** Every published round. */
  async rounds(): Promise<readonly RoundSummary[]> {
    const list = await this.json('GET', '/api/v1/rounds');
    if (!Array.isArray(list)) throw wrong('form');
    return list.map((one: unknown) => {
      const fields = object(one);
      const { opens_at: opensAt, closes_at: closesAt } = fields;
      return { slug: text(fields['slug']), title: text(fields['title']), phase: phase(fields['phase']), opensAt: whole(opensAt), closesAt: whole(closesAt) };
    });
  }

  /** One round. */
  async round(slug: string): Promise<RoundAnswer> {
    const fields = object(await this.json('GET', round(slug)));
    const { rules, fingerprint, closes_at: closesAt, ended_at: endedAt } = fields;
    return { rules, fingerprint: text(fingerprint), phase: phase(fields['phase']), closesAt: whole(endedAt ?? closesAt) };
  }

  /** Exchanges the identifying half of a letter code for a session, and a blinded message for its signature, with one question. */
  async identify(slug: string, code: IdentifyingCode, blinded?: Bytes): Promise<Session> {
    const body = { code: inGroups(code), ...(blinded && { blinded: toBase64(blinded) }) };
    const { session, expires, pseudonym, signature } = object(await this.json('POST', `${round(slug)}/identification`, { body }));
    return { token: text(session), expires: whole(expires), pseudonym: toHex(hash(pseudonym)), ...(signature !== undefined && { signature: base64(signature) }) };
  }

  /** Was a credential issued in my name? */
  async status(slug: string, session: Session): Promise<Status> {
    const fields = object(await this.json('GET', `${round(slug)}/credential`, { session: session.token }));
    const { issued } = fields;
    if (typeof issued !== 'boolean') throw wrong('form');
    return { issued, pseudonym: toHex(hash(fields['pseudonym'])) };
  }

  /** The issuer's blind signature. The same request again gets the same one. */
  async issue(slug: string, session: Session, blinded: Bytes): Promise<Bytes> {
    const options = { session: session.token, body: { blinded: toBase64(blinded) } };
    return base64(object(await this.json('POST', `${round(slug)}/credential`, options))['signature']);
  }

  /** The encrypted credential that another device left. */
  async backup(slug: string, session: Session): Promise<Bytes> {
    return base64(object(await this.json('GET', `${round(slug)}/credential/backup`, { session: session.token }))['backup']);
  }

  /** Leaves an encrypted credential. */
  async saveBackup(slug: string, session: Session, backup: Bytes): Promise<void> {
    const body = { backup: toBase64(backup) };
    await this.ask({ method: 'PUT', path: `${round(slug)}/credential/backup`, session: session.token, body });
  }

  /** Casts a ballot, without a session. The same bytes again get the same acceptance. */
  async cast(slug: string, ballot: Bytes): Promise<AcceptanceAnswer> {
    const fields = object(await this.json('POST', `${round(slug)}/ballots`, { body: { ballot: toBase64(ballot) } }));
    const { ballot: named, fingerprint, in_log_by: inLogBy, signature } = fields;
    return { ballot: hash(named), fingerprint: hash(fingerprint), inLogBy: whole(inLogBy), signature: base64(signature) };
  }

  /**
   * The receipt of a ballot, by its hash or by its tracker. It is asked for in the body: addresses are logged on the way, together with
   * who asks.
   */
  async receipt(slug: string, ballot: Bytes | string): Promise<ReceiptAnswer> {
    const name = typeof ballot === 'string' ? ballot : toHex(ballot);
    const fields = object(await this.json('POST', `${round(slug)}/receipts`, { body: { ballot: name } }));
    const named = hash(fields['ballot']);
    if (!('index' in fields)) return { state: 'waiting', ballot: named, inLogBy: whole(fields['in_log_by']) };
    return { state: 'logged', ballot: named, index: whole(fields['index']), line: text(fields['line']), proof: text(fields['proof']) };
  }

  /** The signed head of the log, as text. */
  async checkpoint(slug: string): Promise<string> {
    return this.text(`${round(slug)}/log/checkpoint`);
  }

  /** The proof that the log of the first size is the beginning of the log of the second. */
  async consistency(slug: string, from: number, to: number): Promise<readonly Bytes[]> {
    const { proof } = object(await this.json('GET', `${round(slug)}/log/consistency?from=${from}&to=${to}`));
    if (!Array.isArray(proof)) throw wrong('form');
    return proof.map(hash);
  }

  /** Up to `limit` lines (at most 1000) from this index on, without their line feeds. */
  async lines(slug: string, first: number, limit: number): Promise<readonly string[]> {
    const all = await this.text(`${round(slug)}/log/lines?first=${first}&limit=${limit}`);
    if (all !== '' && !all.endsWith('\n')) throw wrong('form');
    return all.split('\n').slice(0, -1);
  }

  private async json(method: 'GET' | 'POST', path: string, options: { readonly session?: string; readonly body?: unknown } = {}): Promise<unknown> {
    return jsonOf(await this.ask({ method, path, ...options }));
  }

  private async text(path: string): Promise<string> {
    const read = fromUtf8(await this.ask({ method: 'GET', path }));
    if (read === undefined) throw wrong('form');
    return read;
  }
}

function round(slug: string): string {
  return `/api/v1/rounds/${encodeURIComponent(slug)}`;
}

function object(value: unknown): { readonly [key: string]: unknown } {
  if (!isObject(value)) throw wrong('form');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw wrong('form');
  return value;
}

function whole(value: unknown): number {
  if (!isWhole(value)) throw wrong('form');
  return value;
}

function phase(value: unknown): Phase {
  if (!PHASES.includes(value)) throw wrong('form');
  return value as Phase;
}

function base64(value: unknown): Bytes {
  const bytes = fromBase64(text(value));
  if (bytes === undefined) throw wrong('form');
  return bytes;
}

function hash(value: unknown): Bytes {
  const bytes = fromHex(text(value), 32);
  if (bytes === undefined) throw wrong('form');
  return bytes;
}
