/** The ballot box's side of a device: a ballot is sealed, kept, sent, and counts as cast when the signed promise was checked. */
import type { AcceptanceAnswer, Api } from './api.ts';
import { isBeforeEnd, isPromised, isSoon } from './acceptance.ts';
import { ballotHash, makeBallot } from './ballot.ts';
import { type Bytes, equal } from './bytes.ts';
import { type Mark, encodeChoice } from './choice.ts';
import { Desk } from './desk.ts';
import { Fault, device, faultOf, wrong } from './fault.ts';
import type { Place } from './place.ts';
import { type AcceptedBallot, type PendingCast, without } from './store/record.ts';
import type { Store } from './store/store.ts';

/** How often a ballot is sealed anew because another device has cast a higher version meanwhile. */
const RESEALS = 3;
/** Refusals after which the same bytes can never be accepted. After every other fault they are kept for another try. */
const FINAL = /^(?:closed|version-not-growing|ballot-.+)$/;

/** Casting, without a session and without anything that names the resident. */
export class Casting {
  private readonly desk: Desk;

  constructor(api: Api, store: Store, place: Place) {
    this.desk = new Desk(api, store, place);
  }

  /** Seals, keeps, sends; see `Resident.cast`. */
  async cast(marks: readonly Mark[]): Promise<AcceptedBallot> {
    const choice = encodeChoice(this.desk.place.ballot, marks);
    // A page that lets such marks through has a mistake: nothing a resident can do.
    if (typeof choice === 'string') throw device('unsupported', `the marks are no ballot: ${choice}`);
    return this.desk.alone(async () => {
      let fault: Fault | undefined;
      let least = 0;
      for (let time = 0; time <= RESEALS; time++) {
        const pending = await this.fill(choice, least);
        try {
          return await this.send(pending);
        } catch (thrown) {
          fault = faultOf(thrown);
          const { what } = fault;
          if (what.kind !== 'refused' || fault.slug !== 'version-not-growing' || what.problem.acceptedVersion === undefined) throw fault;
          // The same bytes would have got the same acceptance, so it is another ballot that has this version.
          least = what.problem.acceptedVersion;
        }
      }
      throw fault ?? wrong('form');
    });
  }

  /** Sends the kept bytes again; see `Resident.retry`. */
  retry(): Promise<AcceptedBallot> {
    return this.desk.alone(async () => {
      const pending = (await this.desk.read())?.pendingCast;
      if (pending === undefined) throw device('nothing-pending');
      return this.send(pending);
    });
  }

  /** Seals and signs under the next version, and keeps the bytes before anything is sent. */
  private async fill(choice: Bytes, least: number): Promise<PendingCast> {
    const record = await this.desk.read();
    if (record?.credential === undefined) throw device('no-credential');
    const version = Math.max(record.version, least) + 1;
    const credential = await this.desk.credential(record, record.credential);
    const pendingCast = { ballot: await makeBallot(this.desk.place, credential, version, choice), version };
    await this.desk.change((kept) => ({ ...kept, version, pendingCast }));
    return pendingCast;
  }

  private async send({ ballot, version }: PendingCast): Promise<AcceptedBallot> {
    const { api, slug, place } = this.desk;
    let answer: AcceptanceAnswer;
    try {
      answer = await api.cast(slug, ballot);
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (fault.slug !== undefined && FINAL.test(fault.slug)) await this.forget(ballot);
      throw fault;
    }
    const hash = await ballotHash(ballot);
    const { inLogBy, signature } = answer;
    const isOurs = equal(answer.ballot, hash) && equal(answer.fingerprint, place.fingerprint);
    const promise = { fingerprint: place.fingerprint, ballot: hash, inLogBy };
    if (!isOurs || !(await isPromised(promise, place.rules.acceptanceKey, signature))) throw wrong('acceptance');
    // A promise for a far day would be no promise: it could be broken unseen until then.
    const isTimely = isSoon(inLogBy, place.rules, Date.now() / 1000) && (isBeforeEnd(inLogBy, place.rules) || isBeforeEnd(inLogBy, place.rules, (await api.round(slug)).closesAt));
    if (!isTimely) throw wrong('acceptance', 'the promise is for a time too far away');
    const accepted = { ballot, hash, version, inLogBy, signature };
    await this.desk.change((record) => ({
      ...(record.pendingCast && equal(record.pendingCast.ballot, ballot) ? without(record, 'pendingCast') : record),
      accepted: [...record.accepted.filter((one) => one.version !== version), accepted].sort((one, other) => one.version - other.version),
    }));
    return accepted;
  }

  private async forget(ballot: Bytes): Promise<void> {
    await this.desk.change((record) => (record.pendingCast && equal(record.pendingCast.ballot, ballot) ? without(record, 'pendingCast') : record));
  }
}
