// The browser's client before a server that may cheat: tests/it/cheats writes one command a line, and gets what the client found, one
// line each. A client does here what the pages of ballot, receipts and check do, at the second that the command names.
import { createInterface } from 'node:readline';
import { isOver } from '../src/core/acceptance.ts';
import { Api } from '../src/core/api.ts';
import { ballotHash } from '../src/core/ballot.ts';
import { type Bytes, fromBase64 } from '../src/core/bytes.ts';
import { checkReceiptFile, openReceipt, revealedKey } from '../src/core/checking.ts';
import type { IdentifyingCode } from '../src/core/codes.ts';
import { Fault } from '../src/core/fault.ts';
import { type Witnessed, hasQuorum } from '../src/core/log/cosignature.ts';
import type { Place } from '../src/core/place.ts';
import { readReceiptFile } from '../src/core/receipt_file.ts';
import { replacementOf } from '../src/core/replacing.ts';
import { Resident } from '../src/core/resident.ts';
import { type Store, memoryStore } from '../src/core/store/store.ts';
import { newVault } from '../src/core/store/vault.ts';

/** A ballot that was accepted in the command line client, as base64. */
interface Cast {
  readonly ballot: string;
  readonly version: number;
  readonly in_log_by: number;
  readonly signature: string;
  /** Number of the visit from which it is there. */
  readonly since: number;
}

/** What is asked. */
type Command =
  /** Devices with these ballots, one each, and one of somebody who comes for the first time. */
  | { readonly do: 'begin'; readonly slug: string; readonly fingerprint: string; readonly casts: readonly Cast[] }
  /** Everybody who has cast by this visit looks. */
  | { readonly do: 'look'; readonly url: string; readonly visit: number; readonly now: number }
  /** The newcomer casts, or looks. */
  | { readonly do: 'come'; readonly url: string; readonly now: number };

/** What a page says beside the faults of the client: it is there to be read. */
class Told extends Error {}

/** Any letter: the server that cheats lets everybody in. */
const LETTER = 'AAAAAAAAAAAAAAAA' as IdentifyingCode;

let slug = '';
let devices: { readonly store: Store; readonly since: number }[] = [];
let newcomer = memoryStore();

function bytes(text: string): Bytes {
  const read = fromBase64(text);
  if (read === undefined) throw new Error(`no base64: ${text}`);
  return read;
}

async function device(fingerprint: string, { ballot, version, in_log_by: inLogBy, signature, since }: Cast) {
  const store = memoryStore();
  const accepted = [{ ballot: bytes(ballot), hash: await ballotHash(bytes(ballot)), version, inLogBy, signature: bytes(signature) }];
  const record = { fingerprint, slug, vault: await newVault(), version, accepted };
  await store.change(fingerprint, () => record);
  return { store, since };
}

/** Too few witnesses. */
function told({ rules: { witnesses } }: Place, found: Witnessed): void {
  if (witnesses !== undefined && !hasQuorum(found, witnesses.quorum)) throw new Told(`witnesses: ${found.signed.length} of ${witnesses.quorum}`);
}

/** The pages of a device that has cast: its receipts, the file of each held against today's log, and what was counted. */
async function look(api: Api, store: Store, now: number): Promise<void> {
  const resident = await Resident.enter(api, store, slug);
  const { place } = resident;
  for (const kept of (await resident.standing()).accepted) {
    const file = readReceiptFile(resident.file(kept, 'https://vote.example').text);
    if (file === undefined) throw new Error('the receipt file cannot be read');
    const vote = await checkReceiptFile(api, place, file, now);
    if (vote.state === 'denied' || (vote.state === 'waiting' && vote.late)) throw new Told('the promise is broken');
    const receipt = await resident.receipt(kept);
    if (receipt.state === 'waiting' && isOver(receipt.inLogBy, now)) throw new Told('the promise is broken');
    if (receipt.state === 'logged') told(place, receipt.witnesses);
    if (vote.state !== 'logged') continue;
    told(place, vote.receipt.witnesses);
    const key = await revealedKey(api, place);
    if (key !== undefined && !(await openReceipt(place, key, vote.receipt)).ok) throw new Told('the ballot says nothing');
    await replacementOf(api, place, vote.today, vote.receipt.envelope, () => undefined);
  }
  await resident.follow();
}

async function come(api: Api, now: number): Promise<void> {
  const resident = await Resident.enter(api, newcomer, slug);
  if ((await resident.standing()).accepted.length > 0) return look(api, newcomer, now);
  await resident.register(await resident.identify(LETTER), LETTER);
  await resident.cast([{ territory: 0 }]);
}

async function obey(command: Command): Promise<void> {
  if (command.do === 'begin') {
    slug = command.slug;
    devices = await Promise.all(command.casts.map((cast) => device(command.fingerprint, cast)));
    newcomer = memoryStore();
    return;
  }
  const { now } = command;
  Date.now = () => now * 1000;
  // A machine that is busy is no cheat.
  const api = new Api({ base: command.url, timeout: 600_000 });
  if (command.do === 'come') return come(api, now);
  for (const { store, since } of devices) if (since <= command.visit) await look(api, store, now);
}

for await (const line of createInterface(process.stdin)) {
  const answer = await obey(JSON.parse(line) as Command).then(() => ({}), answered);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** What is no finding is a mistake of the play. */
function answered(thrown: unknown): { readonly found?: string; readonly failed?: string } {
  if (thrown instanceof Told) return { found: thrown.message };
  if (thrown instanceof Fault && thrown.what.kind === 'wrong') return { found: `${thrown.what.reason}: ${thrown.message}` };
  return { failed: thrown instanceof Error ? `${thrown.message} ${thrown.stack ?? ''}` : String(thrown) };
}
