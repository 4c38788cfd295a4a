/** Whether a later ballot replaced one: the whole log is read, and has to be the one that its signed head names. */
import type { Api } from './api.ts';
import { type Envelope, readBallot } from './ballot.ts';
import { type Bytes, equal, utf8 } from './bytes.ts';
import { wrong } from './fault.ts';
import type { Checkpoint } from './log/checkpoint.ts';
import { leafHash, rootHash } from './log/hash.ts';
import { ballotOf, readLine } from './log/line.ts';
import type { Place } from './place.ts';

/** Lines asked for at once. */
const PART = 1000;

/** A ballot of the same credential that counts in place of another. */
export interface Replacement {
  readonly index: number;
  readonly version: number;
}

/**
 * The ballot of the same credential with the highest version, if that is higher than this one's.
 *
 * @param told Called with the number of lines read so far.
 * @throws {Fault} `wrong: log-changed` when the lines are not those of the head.
 */
export async function replacementOf(api: Api, place: Place, head: Checkpoint, envelope: Envelope, told: (read: number) => void): Promise<Replacement | undefined> {
  const leaves: Bytes[] = [];
  let found: Replacement | undefined;
  while (leaves.length < head.size) {
    const lines = await api.lines(place.slug, leaves.length, Math.min(PART, head.size - leaves.length));
    if (lines.length === 0) throw wrong('log-changed', 'lines are missing');
    for (const text of lines) {
      const version = versionOf(place, text, envelope.credential);
      if (version !== undefined && version > (found?.version ?? envelope.version)) found = { index: leaves.length, version };
      leaves.push(await leafHash(utf8(text)));
    }
    told(leaves.length);
  }
  if (!equal(await rootHash(leaves), head.root)) throw wrong('log-changed');
  return found;
}

/** Version of the ballot in a line, if it is of this credential. */
function versionOf(place: Place, text: string, credential: Bytes): number | undefined {
  if (!text.startsWith('{"event":{"ballot":')) return undefined;
  const line = readLine(text);
  const ballot = line && ballotOf(line);
  const envelope = ballot && readBallot(place, ballot);
  return envelope === undefined || typeof envelope === 'string' || !equal(envelope.credential, credential) ? undefined : envelope.version;
}
