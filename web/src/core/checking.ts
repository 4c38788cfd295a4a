/** "Check my vote": a receipt from a file, a QR code or the device against today's log, and after the opening what was counted. */
import type { Api } from './api.ts';
import { isBeforeEnd, isOver, isPromised } from './acceptance.ts';
import { type Envelope, type Opened, ballotHash, checkBallot, openBallot } from './ballot.ts';
import { type Bytes, equal, toHex } from './bytes.ts';
import { faultOf, wrong } from './fault.ts';
import { type Checkpoint, checkpointNote, openCheckpoint } from './log/checkpoint.ts';
import { type Witnessed, witnessed } from './log/cosignature.ts';
import { ballotOf, readLine, revealedKeyOf } from './log/line.ts';
import { verifyConsistency } from './log/proof.ts';
import { checkTlogProof, readTlogProof } from './log/tlog_proof.ts';
import type { Place } from './place.ts';
import type { ReceiptCode } from './receipt_code.ts';
import type { Logged, ReceiptFile } from './receipt_file.ts';
import { type OpeningKey, importOpeningKey } from './seal.ts';

/** Lines asked for at once when the opening key is looked for, and how many lines after the key it is looked for at most. */
const [BLOCK, FURTHEST] = [256, 10_000];

/** A receipt that holds. */
export interface CheckedReceipt {
  readonly ballot: Bytes;
  readonly envelope: Envelope;
  readonly index: number;
  /** The head that the proof leads to. */
  readonly head: Checkpoint;
  /** Who of the round's witnesses cosigned that head. */
  readonly witnesses: Witnessed;
}

/** What the check of a saved receipt found; every step that is not told by a fault held. */
export type CheckedVote =
  /** Accepted and promised, not in the log yet. `late`: the hour has passed, so the ballot box broke its word. */
  | { readonly state: 'waiting'; readonly inLogBy: number; readonly late: boolean }
  /** The ballot box signed a promise and does not know the ballot now: the receipt proves that it broke its word. */
  | { readonly state: 'denied'; readonly inLogBy: number }
  /** In today's log, which begins with the log that the receipt remembers, if it remembers one. */
  | { readonly state: 'logged'; readonly receipt: CheckedReceipt; readonly today: Checkpoint; readonly remembered?: Checkpoint };

/**
 * Checks that the line holds the ballot and that the proof leads from the line to a head of the log.
 *
 * @param expected The ballot's bytes, or its SHA-256 when that is all that is known.
 * @throws {Fault} `wrong: receipt` for another ballot, `wrong: checkpoint`, `wrong: proof`.
 */
export async function checkReceipt(place: Place, logged: Logged, expected: Bytes): Promise<CheckedReceipt> {
  const line = readLine(logged.line);
  const proof = readTlogProof(logged.proof);
  const ballot = line && ballotOf(line);
  if (line === undefined || proof === undefined || ballot === undefined) throw wrong('receipt', 'not a ballot line with a proof');
  const known = expected.length === 32 ? await ballotHash(ballot) : ballot;
  if (!equal(known, expected) || line.index !== logged.index || proof.index !== logged.index) throw wrong('receipt');
  const envelope = await checkBallot(place, ballot);
  if (typeof envelope === 'string') throw wrong('receipt', envelope);
  const head = await checkTlogProof(proof, logged.line, place.logKey);
  if (head === 'checkpoint' || head === 'proof') throw wrong(head);
  if (typeof head === 'string') throw wrong('receipt', head);
  return { ballot, envelope, index: logged.index, head, witnesses: await witnessed(head.note, place.rules.witnesses?.keys ?? []) };
}

/**
 * Checks that a log only grew: that a head which was asked for later begins with one which was known before.
 *
 * @throws {Fault} `wrong: log-changed` when it does not, or is smaller: a log that was rolled back has lost lines.
 */
export async function consistentHead(api: Api, place: Place, earlier: Checkpoint, later: Checkpoint): Promise<void> {
  if (later.size < earlier.size) throw wrong('log-changed', `the log had ${earlier.size} lines and has ${later.size} now`);
  // Between heads of one size there is nothing to prove, and the empty log is the beginning of every log.
  const proof = later.size === earlier.size || earlier.size === 0 ? [] : await api.consistency(place.slug, earlier.size, later.size).catch(unproved);
  const holds = earlier.size === 0 || (await verifyConsistency(earlier.size, earlier.root, later.size, later.root, proof));
  if (!holds) throw wrong('log-changed');
}

/** A log that has no such sizes any more is not the one that was seen. */
function unproved(thrown: unknown): never {
  const fault = faultOf(thrown);
  throw fault.slug === 'malformed' ? wrong('log-changed', 'the log says that it has no such size') : fault;
}

/**
 * Checks that two heads are of one log, whichever was first: a receipt may lead to the last head that the witnesses cosigned.
 *
 * @throws {Fault} `wrong: log-changed` when they are not.
 */
export function sameLog(api: Api, place: Place, one: Checkpoint, other: Checkpoint): Promise<void> {
  return one.size <= other.size ? consistentHead(api, place, one, other) : consistentHead(api, place, other, one);
}

/**
 * Checks a saved receipt file: the promise, the proof in it, and today's log.
 *
 * @param now Unix second.
 * @throws {Fault}
 */
export async function checkReceiptFile(api: Api, place: Place, file: ReceiptFile, now: number): Promise<CheckedVote> {
  const hash = await ballotHash(file.ballot);
  await checkPromise(api, place, { ...file, ballot: hash });
  if (file.logKey !== place.rules.logKey) throw wrong('receipt', 'the receipt names another log key');
  const remembered = file.logged && (await checkReceipt(place, file.logged, file.ballot)).head;
  return checkToday(api, place, hash, file.inLogBy, now, remembered);
}

/**
 * Checks the receipt of a QR code: the promise, the head that it remembers, and today's log.
 *
 * @param now Unix second.
 * @throws {Fault}
 */
export async function checkReceiptCode(api: Api, place: Place, code: ReceiptCode, now: number): Promise<CheckedVote> {
  await checkPromise(api, place, code);
  const { head } = code;
  const note = head && checkpointNote(place.logKey, head.size, head.root, head.signature);
  const remembered = note === undefined ? undefined : await openCheckpoint(note, place.logKey);
  if (note !== undefined && remembered === undefined) throw wrong('checkpoint');
  return checkToday(api, place, code.ballot, code.inLogBy, now, remembered);
}

/**
 * Checks what can be checked with a tracker alone, or with a ballot's hash: the log, but no promise.
 *
 * @param name 64 hexadecimal digits, or the first 16 of them.
 * @throws {Fault} `refused: unknown-ballot` when the ballot box knows none of this name.
 */
export async function checkTracker(api: Api, place: Place, name: string, now: number): Promise<CheckedVote> {
  const digits = name.replace(/[-\s]/g, '').toLowerCase();
  const { ballot, ...answer } = await api.receipt(place.slug, digits);
  if (!toHex(ballot).startsWith(digits)) throw wrong('receipt', 'the answer is for another ballot');
  if (answer.state === 'waiting') return { state: 'waiting', inLogBy: answer.inLogBy, late: isOver(answer.inLogBy, now) };
  return inLog(api, place, answer, ballot);
}

/**
 * The opening key, once the log reveals it; undefined before.
 *
 * @throws {Fault} `wrong: opening-key` when the log reveals another round's.
 */
export async function revealedKey(api: Api, place: Place): Promise<OpeningKey | undefined> {
  const head = await openCheckpoint(await api.checkpoint(place.slug), place.logKey);
  if (head === undefined) throw wrong('checkpoint');
  const oldest = Math.max(0, head.size - FURTHEST);
  for (let end = head.size; end > oldest; end -= Math.min(BLOCK, end - oldest)) {
    const first = Math.max(oldest, end - BLOCK);
    const lines = (await api.lines(place.slug, first, end - first)).map(readLine).reverse();
    for (const line of lines) {
      const scalar = line && revealedKeyOf(line);
      if (scalar !== undefined) return importOpeningKey(scalar, place.rules.sealingKey);
      // Before the close no key can have been revealed.
      if (line?.name === 'voting-closed') return undefined;
    }
  }
  return undefined;
}

/** What the ballot in a receipt says, so that a vote which the device altered is seen. */
export function openReceipt(place: Place, key: OpeningKey, receipt: CheckedReceipt): Promise<Opened> {
  return openBallot(place, key, receipt.envelope);
}

async function checkPromise(api: Api, place: Place, code: Pick<ReceiptCode, 'fingerprint' | 'ballot' | 'inLogBy' | 'signature'>): Promise<void> {
  if (!equal(code.fingerprint, place.fingerprint)) throw wrong('receipt', 'the receipt is for another round');
  if (!(await isPromised(code, place.rules.acceptanceKey, code.signature))) throw wrong('acceptance');
  // The server is asked for the close in force only if the one in the rules does not explain the promise: then the voting was extended.
  const isTimely = isBeforeEnd(code.inLogBy, place.rules) || isBeforeEnd(code.inLogBy, place.rules, (await api.round(place.slug)).closesAt);
  if (!isTimely) throw wrong('acceptance', 'the promise is for a time too far away');
}

async function checkToday(api: Api, place: Place, hash: Bytes, inLogBy: number, now: number, remembered?: Checkpoint): Promise<CheckedVote> {
  const answer = await api.receipt(place.slug, hash).catch((thrown: unknown) => {
    const fault = faultOf(thrown);
    if (fault.slug !== 'unknown-ballot') throw fault;
    return undefined;
  });
  if (answer === undefined) return { state: 'denied', inLogBy };
  if (answer.state === 'waiting') {
    // A ballot that was in the log cannot wait again.
    if (remembered !== undefined) throw wrong('log-changed');
    return { state: 'waiting', inLogBy, late: isOver(inLogBy, now) };
  }
  return inLog(api, place, answer, hash, remembered);
}

async function inLog(api: Api, place: Place, answer: Logged, hash: Bytes, remembered?: Checkpoint): Promise<CheckedVote> {
  const receipt = await checkReceipt(place, answer, hash);
  const today = await openCheckpoint(await api.checkpoint(place.slug), place.logKey);
  if (today === undefined) throw wrong('checkpoint');
  if (today.size <= receipt.index) throw wrong('log-changed', 'the log ends before the line of the receipt');
  await consistentHead(api, place, receipt.head, today);
  if (remembered !== undefined) await consistentHead(api, place, remembered, today);
  return { state: 'logged', receipt, today, ...(remembered && { remembered }) };
}
