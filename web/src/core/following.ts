/** Following a ballot into the log: the receipt is checked, and the log may only grow from the newest head this device saw. */
import type { Api } from './api.ts';
import { checkReceipt, consistentHead, sameLog } from './checking.ts';
import { Desk } from './desk.ts';
import { wrong } from './fault.ts';
import { type Checkpoint, openCheckpoint } from './log/checkpoint.ts';
import type { Witnessed } from './log/cosignature.ts';
import type { Place } from './place.ts';
import type { Logged } from './receipt_file.ts';
import type { AcceptedBallot } from './store/record.ts';
import type { Store } from './store/store.ts';

/** How far a ballot is. */
export type ReceiptState =
  /** Promised to be in the log by this Unix second. */
  | { readonly state: 'waiting'; readonly inLogBy: number }
  /** In the log: line and proof were checked against this head. */
  | { readonly state: 'logged'; readonly logged: Logged; readonly head: Checkpoint; readonly witnesses: Witnessed };

/** A look at today's log. */
export interface Followed {
  readonly head: Checkpoint;
  /** The head that this device saw before; the log began with it. */
  readonly before?: Checkpoint;
}

/** The log, seen from the device. */
export class Following {
  private readonly desk: Desk;

  constructor(api: Api, store: Store, place: Place) {
    this.desk = new Desk(api, store, place);
  }

  /** Fetches and checks a receipt; see `Resident.receipt`. */
  async receipt(ballot: AcceptedBallot): Promise<ReceiptState> {
    const { api, slug, place } = this.desk;
    const before = await this.before();
    const answer = await api.receipt(slug, ballot.hash);
    if (answer.state === 'waiting') return { state: 'waiting', inLogBy: ballot.inLogBy };
    const { index, line, proof } = answer;
    const logged = { index, line, proof };
    const { head, witnesses } = await checkReceipt(place, logged, ballot.ballot);
    if (before !== undefined) await sameLog(api, place, before, head);
    await this.remember(head);
    await this.desk.change((record) => ({
      ...record,
      accepted: record.accepted.map((one) => (one.version === ballot.version ? { ...one, logged } : one)),
    }));
    return { state: 'logged', logged, head, witnesses };
  }

  /** Looks at today's head; see `Resident.follow`. */
  async follow(): Promise<Followed> {
    const { api, slug, place } = this.desk;
    const before = await this.before();
    const head = await openCheckpoint(await api.checkpoint(slug), place.logKey);
    if (head === undefined) throw wrong('checkpoint');
    if (before !== undefined) await consistentHead(api, place, before, head);
    await this.remember(head);
    return { head, ...(before && { before }) };
  }

  /** The newest head seen so far. It is read before the server is asked, or another tab's newer one would make an honest answer look rolled back. */
  private async before(): Promise<Checkpoint | undefined> {
    const { checkpoint } = await this.desk.open();
    return checkpoint === undefined ? undefined : openCheckpoint(checkpoint, this.desk.place.logKey);
  }

  /** Keeps the newest head. */
  private async remember(head: Checkpoint): Promise<void> {
    const kept = await this.before();
    if (kept === undefined || head.size > kept.size) await this.desk.change((record) => ({ ...record, checkpoint: head.note }));
  }
}
