/** The registrar's side of a device: a letter code becomes a credential, and a copy of it is left for other devices. */
import type { Api, Session } from './api.ts';
import { openBackup, sealBackup } from './backup.ts';
import { type Bytes, concat, equal, random, wipe } from './bytes.ts';
import type { IdentifyingCode, SecretCode } from './codes.ts';
import { Desk } from './desk.ts';
import { importSigningKey, publicKeyOf } from './ed25519.ts';
import { Fault, device, faultOf, wrong } from './fault.ts';
import { blind, credentialMessage, finalize, verifyIssuer } from './issuer.ts';
import type { Place } from './place.ts';
import { type PendingRequest, type RoundRecord, isEmpty, without } from './store/record.ts';
import type { Store } from './store/store.ts';
import { holderTag, put, take } from './store/vault.ts';

/** What became of the copy for other devices. */
export interface Copy {
  /** Whether it lies with the registrar. `none`: no second half was given, so there can be none yet; `later`: it is to be left yet. */
  readonly backup: 'saved' | 'none' | 'failed' | 'later';
  /** Why the copy could not be left; the credential can be used all the same. */
  readonly fault?: Fault;
}

/** How the resident came to the credential. */
export interface Registered extends Copy {
  /** It was here; it is new; it had been begun before; another device had left it. */
  readonly source: 'here' | 'new' | 'resumed' | 'restored';
}

/** A session, and which request for a credential went along with the code. */
export interface Identified extends Session {
  /** None where the credential is here. */
  readonly request?: { readonly blinded: Bytes; readonly source: 'new' | 'resumed' };
}

/**
 * Refusals of whoever got no signature, be it that something on the way asked twice: with a right code they do not come, and whoever has
 * a credential keeps the letter.
 */
const UNSIGNED: readonly string[] = ['code', 'code-mistyped', 'under-age', 'wrong-district', 'letter-replaced'];

/** Bytes of an Ed25519 secret key. */
const SEED = 32;

/** The registrar's counter, seen from the device. */
export class Registrar {
  private readonly desk: Desk;

  constructor(api: Api, store: Store, place: Place) {
    this.desk = new Desk(api, store, place);
  }

  /** Exchanges the identifying half for a session, and asks for a credential with the same question; see `Resident.identify`. */
  identify(code: IdentifyingCode): Promise<Identified> {
    return this.desk.alone(async () => {
      const record = await this.desk.read();
      await this.refuseOthers(record, code);
      const { api, slug } = this.desk;
      if (record?.credential !== undefined) return api.identify(slug, code);
      const request = await this.ready(code);
      try {
        return { ...(await api.identify(slug, code, request.blinded)), request };
      } catch (thrown) {
        throw await this.turnedAway(faultOf(thrown), request.blinded);
      }
    });
  }

  /** Gets a credential; see `Resident.register`. */
  register(session: Identified, code: IdentifyingCode, secret?: SecretCode, copy: 'now' | 'later' = 'now'): Promise<Registered> {
    const left = async (): Promise<Copy> => {
      const isDue = secret !== undefined && (await this.desk.open()).unsaved !== undefined;
      return copy === 'later' && isDue ? { backup: 'later' } : this.saveCopy(session, secret);
    };
    return this.desk.alone(async () => {
      const record = await this.desk.open();
      await this.refuseOthers(record, code);
      if (record.credential !== undefined) return { source: 'here', ...(await left()) };
      const source = await this.obtain(session, code, secret);
      return { source, ...(await left()) };
    });
  }

  /** A device holds one person's credential for a round: another letter must not get it, nor take its place. */
  private async refuseOthers(record: RoundRecord | undefined, code: IdentifyingCode): Promise<void> {
    const isTaken = record?.credential !== undefined || record?.pendingRequest !== undefined;
    if (!isTaken || record.holder === undefined) return;
    const tag = await holderTag(record.vault, this.desk.place.fingerprint, code);
    if (!equal(tag, record.holder)) throw device(record.credential === undefined ? 'requested' : 'taken');
  }

  /** The request that waits for its answer, or a new one. */
  private async ready(code: IdentifyingCode): Promise<NonNullable<Identified['request']>> {
    const { pendingRequest } = await this.desk.open();
    if (pendingRequest === undefined) return { blinded: (await this.begin(code)).blinded, source: 'new' };
    await this.leaveOpen();
    return { blinded: pendingRequest.blinded, source: 'resumed' };
  }

  /** From now on no refusal says what became of the request before. */
  private async leaveOpen(): Promise<void> {
    await this.desk.change((record) => (record.pendingRequest === undefined ? record : { ...record, pendingRequest: { ...record.pendingRequest, isOpen: true } }));
  }

  /**
   * After a refusal that a signed message could not meet, a request that was sent this once is forgotten, and whose it was: nobody who
   * tries next is to be kept out by it. Every other one stays.
   */
  private async turnedAway(fault: Fault, blinded: Bytes): Promise<Fault> {
    if (!UNSIGNED.includes(fault.slug ?? '')) return fault;
    const isIt = ({ credential, pendingRequest }: RoundRecord) =>
      credential === undefined && pendingRequest !== undefined && pendingRequest.isOpen !== true && equal(pendingRequest.blinded, blinded);
    const forgotten = this.desk.change((record) => (isIt(record) ? without(record, 'pendingRequest', 'holder') : record));
    // Whatever goes wrong here, the reason is what the resident must hear.
    await forgotten.then(({ fingerprint }) => this.desk.store.eraseIf(fingerprint, isEmpty)).catch(() => undefined);
    return fault;
  }

  /** Gives what waits here for this code's answer to another store, and keeps none of it. */
  handOver(code: IdentifyingCode, to: Store): Promise<void> {
    return this.desk.alone(async () => {
      const record = await this.desk.read();
      if (record?.pendingRequest === undefined || record.credential !== undefined || record.holder === undefined) return;
      if (!equal(await holderTag(record.vault, this.desk.place.fingerprint, code), record.holder)) return;
      await to.change(record.fingerprint, () => record);
      await this.desk.store.erase(record.fingerprint);
    });
  }

  private async obtain(session: Identified, code: IdentifyingCode, secret: SecretCode | undefined): Promise<Registered['source']> {
    const { pendingRequest } = await this.desk.open();
    const isOurs = pendingRequest !== undefined && session.request !== undefined && equal(session.request.blinded, pendingRequest.blinded);
    // Another tab has erased what was signed for this one: a second message never will be.
    if (session.signature !== undefined && !isOurs) throw device('no-credential');
    const request = pendingRequest ?? (await this.begin(code));
    let answer: Bytes;
    try {
      answer = session.signature ?? (await this.desk.api.issue(this.desk.slug, session, request.blinded));
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (fault.slug !== 'already-issued') {
        if (isOurs || pendingRequest === undefined) await this.turnedAway(fault, request.blinded);
        await this.leaveOpen().catch(() => undefined);
        throw fault;
      }
      // The issuer signed another message for this person, so it will never sign this one.
      await this.desk.change((record) => without(record, 'pendingRequest'));
      if (secret === undefined) throw fault;
      await this.restore(session, secret);
      return 'restored';
    }
    await this.finish(request, answer);
    return pendingRequest === undefined ? 'new' : isOurs && session.request ? session.request.source : 'resumed';
  }

  /** Makes and blinds a key, and keeps it before anything is sent: the issuer signs one blinded message only. */
  private async begin(code: IdentifyingCode): Promise<PendingRequest> {
    const { place } = this.desk;
    const { vault } = await this.desk.open();
    const holder = await holderTag(vault, place.fingerprint, code);
    const seed = random(SEED);
    const publicKey = await publicKeyOf(seed);
    const { blinded, inverse } = await blind(place.issuer, credentialMessage(place.fingerprint, publicKey));
    const secrets = concat(seed, inverse);
    const request = { publicKey, blinded, secrets: await put(vault, secrets) };
    wipe(seed, inverse, secrets);
    await this.desk.change((record) => ({ ...record, holder, pendingRequest: request }));
    return request;
  }

  /** Unblinds and checks the issuer's answer, and keeps the credential. */
  private async finish(request: PendingRequest, answer: Bytes): Promise<void> {
    const { place } = this.desk;
    const secrets = await take((await this.desk.open()).vault, request.secrets);
    try {
      const message = credentialMessage(place.fingerprint, request.publicKey);
      const signature = await finalize(place.issuer, message, answer, secrets.slice(SEED));
      await this.keep(secrets.subarray(0, SEED), request.publicKey, signature, true);
    } finally {
      wipe(secrets);
    }
  }

  /** Fetches the credential that another device left. Its version is not known here: the ballot box names it when need be. */
  private async restore(session: Session, secret: SecretCode): Promise<void> {
    const { place, api, slug } = this.desk;
    const content = await openBackup(secret, place.fingerprint, await api.backup(slug, session));
    if (content?.length !== SEED + place.issuer.length) throw device('backup');
    try {
      const seed = content.slice(0, SEED);
      const signature = content.slice(SEED);
      const publicKey = await publicKeyOf(seed);
      if (!(await verifyIssuer(place.issuer, credentialMessage(place.fingerprint, publicKey), signature))) throw wrong('issuer-signature');
      await this.keep(seed, publicKey, signature, false);
      wipe(seed);
    } finally {
      wipe(content);
    }
  }

  /** Keeps a credential: its key not extractable where the browser has such and can store it, else encrypted. */
  private async keep(secretKey: Bytes, publicKey: Bytes, issuerSignature: Bytes, isUnsaved: boolean): Promise<void> {
    const { vault } = await this.desk.open();
    const seed = secretKey.slice();
    const sealed = await put(vault, seed);
    const key = await importSigningKey(seed);
    wipe(seed);
    const keepAs = (kept: CryptoKey | typeof sealed) =>
      this.desk.change((record) => ({
        ...without(record, 'pendingRequest'),
        credential: { publicKey, issuerSignature, key: kept },
        ...(isUnsaved && { unsaved: sealed }),
      }));
    if (key instanceof Uint8Array) {
      wipe(key);
      await keepAs(sealed);
      return;
    }
    // Some browsers have the key and cannot store it; then its bytes are kept, encrypted.
    await keepAs(key).catch(() => keepAs(sealed));
  }

  /** Leaves a copy for other devices, if there is none yet; a failure does not keep the resident from casting. */
  async saveCopy(session: Session, secret: SecretCode | undefined): Promise<Copy> {
    const { unsaved, credential, vault } = await this.desk.open();
    if (unsaved === undefined || credential === undefined) return { backup: 'saved' };
    if (secret === undefined) return { backup: 'none' };
    const { api, slug, place } = this.desk;
    const seed = await take(vault, unsaved);
    const content = concat(seed, credential.issuerSignature);
    try {
      await api.saveBackup(slug, session, await sealBackup(secret, place.fingerprint, content));
      await this.desk.change((record) => without(record, 'unsaved'));
      return { backup: 'saved' };
    } catch (thrown) {
      return { backup: 'failed', fault: faultOf(thrown) };
    } finally {
      wipe(seed, content);
    }
  }
}
