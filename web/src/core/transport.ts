/** One way to ask the server: without cookies, referrer or cache, in a bounded time, and every problem as a value. */
import { type Bytes, fromUtf8 } from './bytes.ts';
import { Fault, type Problem, wrong } from './fault.ts';
import { isObject, isWhole, parseJson } from './json.ts';

/** How the server is reached. */
export interface TransportOptions {
  /** Address before the paths; empty for the page's own server. */
  readonly base?: string;
  /** Milliseconds until a request counts as unanswered. */
  readonly timeout?: number;
  /** For tests: what asks instead of the browser. */
  readonly fetch?: typeof fetch;
}

/** One request. */
export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  /** Bearer token of the registrar's session. Never given with a ballot. */
  readonly session?: string;
  readonly body?: unknown;
}

const TIMEOUT = 20_000;

/** Asks, and gives the body of an answer that is no problem. */
export type Transport = (question: Question) => Promise<Bytes>;

/**
 * The transport to one server.
 *
 * It rejects with {@link Fault}: `refused` when the server named a problem, `no-answer` when it is not known whether the request was
 * carried out, `wrong: form` for an answer that the protocol does not know.
 */
export function transport({ base = '', timeout = TIMEOUT, fetch: ask = (...question) => fetch(...question) }: TransportOptions = {}): Transport {
  return async ({ method, path, session, body }) => {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeout);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (session !== undefined) headers['authorization'] = `Bearer ${session}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    let status: number;
    let bytes: Bytes;
    try {
      const answer = await ask(base + path, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        signal: abort.signal,
      });
      status = answer.status;
      bytes = new Uint8Array(await answer.arrayBuffer());
    } catch (cause) {
      throw noAnswer(abort.signal.aborted, cause);
    } finally {
      clearTimeout(timer);
    }
    if (status >= 200 && status < 300) return bytes;
    throw refusal(status, bytes);
  };
}

/** The JSON of an answer. */
export function jsonOf(bytes: Bytes): unknown {
  const text = fromUtf8(bytes);
  const value = text === undefined ? undefined : parseJson(text);
  if (value === undefined) throw wrong('form', 'the answer is no JSON');
  return value;
}

function noAnswer(timedOut: boolean, cause: unknown): Fault {
  if (timedOut) return new Fault({ kind: 'no-answer', reason: 'time-out' });
  const offline = typeof navigator !== 'undefined' && navigator.onLine === false;
  return new Fault({ kind: 'no-answer', reason: offline ? 'offline' : 'network' }, String(cause));
}

function refusal(status: number, bytes: Bytes): Fault {
  const problem = readProblem(status, parseJson(fromUtf8(bytes) ?? ''));
  if (problem !== undefined) return new Fault({ kind: 'refused', problem });
  // A server in between answers so when the service cannot be reached.
  if (status >= 500) return new Fault({ kind: 'no-answer', reason: 'network' }, `status ${status} without a problem`);
  return wrong('form', `status ${status} without a problem`);
}

function readProblem(status: number, value: unknown): Problem | undefined {
  if (!isObject(value) || typeof value['type'] !== 'string') return undefined;
  const [, slug] = /^\/problems\/([a-z0-9-]+)$/.exec(value['type']) ?? [];
  if (slug === undefined) return undefined;
  const { detail, of_age_on: ofAgeOn, accepted_version: acceptedVersion, retry_after: retryAfter } = value;
  return {
    slug,
    status,
    detail: typeof detail === 'string' ? detail : '',
    ...(typeof ofAgeOn === 'string' && /^\d{4}-\d\d-\d\d$/.test(ofAgeOn) && { ofAgeOn }),
    ...(isWhole(acceptedVersion, 0, 0xffff_ffff) && { acceptedVersion }),
    ...(isWhole(retryAfter) && { retryAfter }),
  };
}
