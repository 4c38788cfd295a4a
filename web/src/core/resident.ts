/** A resident at one polling place: everything that happens between the page, the device's store and the server. */
import type { Api, Session } from './api.ts';
import { Casting } from './casting.ts';
import type { Mark } from './choice.ts';
import type { IdentifyingCode, SecretCode } from './codes.ts';
import { wrong } from './fault.ts';
import { type Followed, Following, type ReceiptState } from './following.ts';
import { openCheckpoint } from './log/checkpoint.ts';
import { readTlogProof } from './log/tlog_proof.ts';
import { type Phase, type Place, enterPlace } from './place.ts';
import { type ReceiptCode, receiptAddress } from './receipt_code.ts';
import { type ReceiptFile, printReceiptFile, receiptFileName } from './receipt_file.ts';
import { type Copy, type Identified, type Registered, Registrar } from './registering.ts';
import { territoryOrder } from './shuffle.ts';
import type { AcceptedBallot, RoundRecord } from './store/record.ts';
import type { Store } from './store/store.ts';

/** What the device knows of a round, for a page to show; no secret is in it. */
export interface Standing {
  /** Whether a credential is here, so that the resident can cast at once. */
  readonly credential: boolean;
  /** Whether a request for a credential was begun and has no answer yet. */
  readonly requested: boolean;
  /** Whether the credential still has no copy with the registrar. */
  readonly unsaved: boolean;
  /** Whether a ballot was sent that has no acceptance yet: it is NOT known to be counted. */
  readonly pending: boolean;
  /** Accepted ballots, the newest last. The last one counts. */
  readonly accepted: readonly AcceptedBallot[];
}

/** One resident, one round, one device. */
export class Resident {
  private readonly registrar: Registrar;
  private readonly casting: Casting;
  private readonly following: Following;

  private constructor(
    /** The round, checked. */
    readonly place: Place,
    /** Where the round was when it was entered. */
    readonly phase: Phase,
    /** Unix second of the close that was in force then, or of the end if it was over. */
    readonly closesAt: number,
    /** Whether what is kept here outlives the page. */
    readonly store: Store,
    api: Api,
  ) {
    this.registrar = new Registrar(api, store, place);
    this.casting = new Casting(api, store, place);
    this.following = new Following(api, store, place);
  }

  /**
   * Fetches a round and checks that its rules have their fingerprint, and that they are those that this device saw before.
   *
   * @throws {Fault}
   */
  static async enter(api: Api, opening: Store | Promise<Store>, slug: string): Promise<Resident> {
    const { rules, fingerprint, phase, closesAt } = await api.round(slug);
    // Side by side: each of them takes a slow phone a tenth of a second.
    const [place, store] = await Promise.all([enterPlace(slug, rules, fingerprint), opening]);
    const known = await store.all();
    if (known.some((record) => record.slug === slug && record.fingerprint !== place.fingerprintHex)) throw wrong('rules-changed');
    return new Resident(place, phase, closesAt, store, api);
  }

  /** What the device knows. */
  async standing(): Promise<Standing> {
    const record = await this.record();
    return {
      credential: record?.credential !== undefined,
      requested: record?.pendingRequest !== undefined,
      unsaved: record?.unsaved !== undefined,
      pending: record?.pendingCast !== undefined,
      accepted: record?.accepted ?? [],
    };
  }

  /**
   * Exchanges the identifying half for a session with the registrar. Where no credential is here, the same question asks for one, and
   * {@link register} finds the answer in the session.
   *
   * @throws {Fault} `device: taken` or `requested` before anything is sent, when another letter was used on this device. After a fault that
   * leaves it open whether something was signed, the request waits for the next time.
   */
  identify(code: IdentifyingCode): Promise<Identified> {
    return this.registrar.identify(code);
  }

  /**
   * Gets a credential: the one that is here, a new one, one that was begun and never answered, or with the second half the one that
   * another device left. Safe to repeat after every fault.
   *
   * @throws {Fault} `refused: already-issued` when another device has the credential and `secret` is not given;
   * `device: backup` when it does not open with this second half.
   */
  register(session: Identified, code: IdentifyingCode, secret?: SecretCode, copy: 'now' | 'later' = 'now'): Promise<Registered> {
    return this.registrar.register(session, code, secret, copy);
  }

  /** Gives what waits here for this code's answer to a store that is gone with the page; nothing where that is none of this code's. */
  handOver(code: IdentifyingCode, to: Store): Promise<void> {
    return this.registrar.handOver(code, to);
  }

  /** Leaves the copy for other devices that {@link register} was told to leave later. */
  leaveCopy(session: Session, secret: SecretCode): Promise<Copy> {
    return this.registrar.saveCopy(session, secret);
  }

  /** Positions of the territories in the order in which this resident sees them; undefined without a credential. */
  async order(): Promise<readonly number[] | undefined> {
    const credential = (await this.record())?.credential;
    return credential && territoryOrder(this.place.fingerprint, credential.publicKey, this.place.rules.territories.length);
  }

  /**
   * Seals, keeps and sends a ballot. It resolves when the ballot box's promise is there and was checked; before, the ballot is not counted.
   *
   * @throws {Fault} After `no-answer` the same bytes wait on the device, see {@link retry}.
   */
  cast(marks: readonly Mark[]): Promise<AcceptedBallot> {
    return this.casting.cast(marks);
  }

  /**
   * Sends the very bytes again that have no acceptance yet. Safe: the same bytes get the same acceptance.
   *
   * @throws {Fault} `device: nothing-pending` when there are none.
   */
  retry(): Promise<AcceptedBallot> {
    return this.casting.retry();
  }

  /** Fetches the receipt of an accepted ballot, checks it, and checks that the log only grew. */
  receipt(ballot: AcceptedBallot): Promise<ReceiptState> {
    return this.following.receipt(ballot);
  }

  /** Checks that today's log begins with the log that this device saw before. */
  follow(): Promise<Followed> {
    return this.following.follow();
  }

  /** The file that the resident keeps of a ballot: its name and its text. `host` is the page's, with its scheme. */
  file(ballot: AcceptedBallot, host: string): { readonly name: string; readonly text: string } {
    const { fingerprint, slug, rules } = this.place;
    const { ballot: bytes, inLogBy, signature, logged } = ballot;
    const file: ReceiptFile = { round: `${host}/rounds/${slug}`, fingerprint, logKey: rules.logKey, ballot: bytes, inLogBy, signature, ...(logged && { logged }) };
    return { name: receiptFileName(ballot.hash), text: printReceiptFile(file) };
  }

  /** The address that the receipt's QR code holds; with the head of the log once the receipt is there. */
  async address(ballot: AcceptedBallot, host: string): Promise<string> {
    const { fingerprint, slug, logKey } = this.place;
    const proof = ballot.logged && readTlogProof(ballot.logged.proof);
    const head = proof && (await openCheckpoint(proof.checkpoint, logKey));
    const { hash, inLogBy, signature } = ballot;
    const code: ReceiptCode = { fingerprint, ballot: hash, inLogBy, signature, ...(head && { head }) };
    return receiptAddress(`${host}/rounds/${slug}`, code);
  }

  /** Forgets everything of this round on this device. */
  erase(): Promise<void> {
    return this.store.erase(this.place.fingerprintHex);
  }

  private record(): Promise<RoundRecord | undefined> {
    return this.store.read(this.place.fingerprintHex);
  }
}
