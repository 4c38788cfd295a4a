/** Where a device keeps its rounds: in IndexedDB, or on shared devices in memory only. */
import { type IndexedDb, openIndexedDb } from './indexed_db.ts';
import type { RoundRecord } from './record.ts';

/** How a record changes. It must not wait for anything, so that no other tab comes in between. */
export type Change = (record: RoundRecord | undefined) => RoundRecord;

/** A place for records. Every function rejects with `device: storage` when the device cannot read or write. */
export interface Store {
  /** `device`: survives a closed tab. `memory`: gone with the page, and nothing is ever written. */
  readonly kind: 'device' | 'memory';
  read(fingerprint: string): Promise<RoundRecord | undefined>;
  /** Every record. */
  all(): Promise<readonly RoundRecord[]>;
  /** Changes a record and gives what is kept now. */
  change(fingerprint: string, change: Change): Promise<RoundRecord>;
  /** Forgets one round if it is so, and no other tab comes in between. */
  eraseIf(fingerprint: string, isSo: (record: RoundRecord) => boolean): Promise<void>;
  /** Forgets one round. */
  erase(fingerprint: string): Promise<void>;
  /** Forgets everything. */
  eraseAll(): Promise<void>;
}

/** Keeps records until the page is left. */
export function memoryStore(): Store {
  const records = new Map<string, RoundRecord>();
  return {
    kind: 'memory',
    read: (fingerprint) => Promise.resolve(records.get(fingerprint)),
    all: () => Promise.resolve([...records.values()]),
    async change(fingerprint, change) {
      const changed = change(records.get(fingerprint));
      records.set(fingerprint, changed);
      return changed;
    },
    async eraseIf(fingerprint, isSo) {
      const record = records.get(fingerprint);
      if (record !== undefined && isSo(record)) records.delete(fingerprint);
    },
    async erase(fingerprint) {
      records.delete(fingerprint);
    },
    async eraseAll() {
      records.clear();
    },
  };
}

/**
 * The device's store; a store in memory when there is no IndexedDB that can be written, as in some browsers' private windows. The
 * caller tells by `kind`, and says so to the resident.
 */
export async function openStore(factory: IDBFactory | undefined = globalThis.indexedDB): Promise<Store> {
  try {
    if (factory !== undefined) return deviceStore(await openIndexedDb(factory));
  } catch {
    // Told by the kind of the store.
  }
  return memoryStore();
}

function deviceStore(db: IndexedDb): Store {
  return {
    kind: 'device',
    read: (fingerprint) => db.get(fingerprint),
    all: () => db.all(),
    change: (fingerprint, change) => db.change(fingerprint, change),
    eraseIf: (fingerprint, isSo) => db.deleteIf(fingerprint, isSo),
    erase: (fingerprint) => db.delete(fingerprint),
    eraseAll: () => db.clear(),
  };
}
