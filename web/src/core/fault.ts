/** Everything that can go wrong for a resident, as values that a page can put into words. */

/** A refusal of the service: an RFC 9457 problem. */
export interface Problem {
  /** Stable name, the last part of `type`: see `src/domain/refusal.rs`. */
  readonly slug: string;
  readonly status: number;
  /** In English, for a log; pages say it in the reader's words. */
  readonly detail: string;
  /** Day on which a person under age reaches the age, YYYY-MM-DD. */
  readonly ofAgeOn?: string;
  /** Highest version of the credential that was accepted. */
  readonly acceptedVersion?: number;
  /** Seconds to wait. */
  readonly retryAfter?: number;
}

/** Why no answer came: the request may or may not have been carried out. */
export type NoAnswer =
  /** The device says that it has no network. */
  | 'offline'
  /** Nothing came in time. */
  | 'time-out'
  /** The connection broke, or a server in between answered. */
  | 'network';

/** What is wrong with an answer: the server, or somebody in between, does not keep to the protocol. */
export type WrongAnswer =
  /** It is not of the form that the protocol says. */
  | 'form'
  /** The rules do not have the fingerprint that stands beside them. */
  | 'fingerprint'
  /** The rules are others than this device saw for the round before. */
  | 'rules-changed'
  /** The rules do not hold together. */
  | 'rules'
  /** The issuer's answer is no signature of the blinded message. */
  | 'issuer-signature'
  /** The acceptance is not signed by the ballot box, or is for another ballot. */
  | 'acceptance'
  /** The receipt is for another ballot. */
  | 'receipt'
  /** The checkpoint is not signed by the log. */
  | 'checkpoint'
  /** The proof does not lead to the checkpoint. */
  | 'proof'
  /** The log is not the one that this device saw before: lines were changed or taken away. */
  | 'log-changed'
  /** The revealed opening key is not the round's. */
  | 'opening-key';

/** What is wrong on the device. */
export type DeviceFault =
  /** The device holds the credential of another person; it must be erased first. */
  | 'taken'
  /** The device waits for the answer to a request that was made with another letter. */
  | 'requested'
  /** Nobody has identified here yet. */
  | 'no-credential'
  /** There is no ballot to send again. */
  | 'nothing-pending'
  /** The saved credential does not open with this second half. */
  | 'backup'
  /** The device cannot write. */
  | 'storage'
  /** The browser lacks what is needed: WebCrypto is there on https pages only. */
  | 'unsupported';

/** What a failed step tells its caller. */
export type FaultKind =
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'no-answer'; readonly reason: NoAnswer }
  | { readonly kind: 'wrong'; readonly reason: WrongAnswer }
  | { readonly kind: 'device'; readonly reason: DeviceFault };

/** A failed step. */
export class Fault extends Error {
  override name = 'Fault';

  constructor(
    /** What went wrong. */
    readonly what: FaultKind,
    detail?: string,
  ) {
    super(detail ?? (what.kind === 'refused' ? `${what.problem.slug}: ${what.problem.detail}` : `${what.kind}: ${what.reason}`));
  }

  /** The stable name of the refusal, if it is one. */
  get slug(): string | undefined {
    return this.what.kind === 'refused' ? this.what.problem.slug : undefined;
  }

  /** Whether it is this fault of the device, of the answer, or this lack of one. */
  is(reason: NoAnswer | WrongAnswer | DeviceFault): boolean {
    return this.what.kind !== 'refused' && this.what.reason === reason;
  }
}

/** An answer that is not what the protocol says. */
export function wrong(reason: WrongAnswer, detail?: string): Fault {
  return new Fault({ kind: 'wrong', reason }, detail);
}

/** Something that the device lacks. */
export function device(reason: DeviceFault, detail?: string): Fault {
  return new Fault({ kind: 'device', reason }, detail);
}

/** Any thrown value as a fault; what nobody foresaw counts as a device that cannot do it. */
export function faultOf(thrown: unknown): Fault {
  return thrown instanceof Fault ? thrown : device('unsupported', String(thrown));
}
