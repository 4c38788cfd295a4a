/** What the flows share: the record of one round, changed under one lock at a time, and the credential in it. */
import type { Api } from './api.ts';
import type { Credential } from './ballot.ts';
import { type SigningKey, importSigningKey } from './ed25519.ts';
import { device } from './fault.ts';
import type { Place } from './place.ts';
import type { KeptCredential, RoundRecord } from './store/record.ts';
import type { Store } from './store/store.ts';
import { type Vault, newVault, take } from './store/vault.ts';
import { wipe } from './bytes.ts';

/** One round's record and the server it belongs to. */
export class Desk {
  constructor(
    readonly api: Api,
    readonly store: Store,
    readonly place: Place,
  ) {}

  get slug(): string {
    return this.place.slug;
  }

  /** The record, if anything is kept. */
  read(): Promise<RoundRecord | undefined> {
    return this.store.read(this.place.fingerprintHex);
  }

  /** The record, made if need be. */
  async open(): Promise<RoundRecord> {
    const found = await this.read();
    if (found !== undefined) return found;
    const fresh = this.fresh(await newVault());
    return this.store.change(this.place.fingerprintHex, (record) => record ?? fresh);
  }

  /** Changes the record that is there. */
  change(change: (record: RoundRecord) => RoundRecord): Promise<RoundRecord> {
    return this.store.change(this.place.fingerprintHex, (record) => {
      // Another tab has erased it: what belongs to an erased record must not come back.
      if (record === undefined) throw device('no-credential');
      return change(record);
    });
  }

  /** Runs a flow while no other tab runs one of this round. Browsers without locks run it all the same; the server keeps order too. */
  async alone<T>(flow: () => Promise<T>): Promise<T> {
    const locks = this.store.kind === 'device' && typeof navigator !== 'undefined' ? navigator.locks : undefined;
    if (locks === undefined) return flow();
    let result: T | undefined;
    await locks.request(`veche/${this.place.fingerprintHex}`, async () => {
      result = await flow();
    });
    return result as T;
  }

  /** The credential that casts. */
  async credential(record: RoundRecord, kept: KeptCredential): Promise<Credential> {
    const { publicKey, issuerSignature } = kept;
    return { publicKey, issuerSignature, key: await this.key(record, kept) };
  }

  private async key({ vault }: RoundRecord, { key }: KeptCredential): Promise<SigningKey> {
    if (!('iv' in key)) return key;
    const seed = await take(vault, key);
    try {
      return await importSigningKey(seed);
    } finally {
      wipe(seed);
    }
  }

  private fresh(vault: Vault): RoundRecord {
    return { fingerprint: this.place.fingerprintHex, slug: this.slug, vault, version: 0, accepted: [] };
  }
}
