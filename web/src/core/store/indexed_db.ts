/** A thin wrapper over IndexedDB: one database, one table, each change in one transaction. */
import { Fault, device } from '../fault.ts';
import type { RoundRecord } from './record.ts';

const DATABASE = 'veche';
const TABLE = 'rounds';
const VERSION = 1;
/** Key of the record that shows at the start that the database can be written. */
const PROBE = 'probe';

/** The open table. */
export interface IndexedDb {
  get(key: string): Promise<RoundRecord | undefined>;
  all(): Promise<readonly RoundRecord[]>;
  change(key: string, change: (record: RoundRecord | undefined) => RoundRecord): Promise<RoundRecord>;
  deleteIf(key: string, isSo: (record: RoundRecord) => boolean): Promise<void>;
  delete(key: string): Promise<void>;
  clear(): Promise<void>;
}

/** Steps inside one transaction: reads `request`, then goes on. */
type Then = <R>(request: IDBRequest<R>, next: (result: R) => void) => void;
/** What a transaction does; `give` sets what it resolves with. */
type Work<T> = (table: IDBObjectStore, give: (value: T) => void, then: Then) => void;

/** Opens the database and tries it, because some private windows refuse only the first write. */
export async function openIndexedDb(factory: IDBFactory): Promise<IndexedDb> {
  const db = await connect(factory);
  const run = <T>(mode: IDBTransactionMode, work: Work<T>) => transact(db, mode, work);
  await run<void>('readwrite', (table) => {
    table.put({ fingerprint: PROBE });
    table.delete(PROBE);
  });
  return {
    get: (key) => run('readonly', (table, give, then) => then(table.get(key), give)),
    all: () => run('readonly', (table, give, then) => then(table.getAll(), give)),
    change: (key, change) =>
      run('readwrite', (table, give, then) => {
        then<RoundRecord | undefined>(table.get(key), (record) => {
          const changed = change(record);
          table.put(changed);
          give(changed);
        });
      }),
    deleteIf: (key, isSo) =>
      run<void>('readwrite', (table, _, then) => {
        then<RoundRecord | undefined>(table.get(key), (record) => {
          if (record !== undefined && isSo(record)) table.delete(key);
        });
      }),
    delete: (key) => run<void>('readwrite', (table) => void table.delete(key)),
    clear: () => run<void>('readwrite', (table) => void table.clear()),
  };
}

function connect(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(DATABASE, VERSION);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: 'fingerprint' });
    request.onsuccess = () => {
      // Another tab with a newer page may want to change the database's form: it must not wait for this one.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(storage(request.error));
    request.onblocked = () => reject(storage('blocked by another tab'));
  });
}

/** Resolves when the transaction is complete, so that what was written is there. A fault on the way takes it back. */
function transact<T>(db: IDBDatabase, mode: IDBTransactionMode, work: Work<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let given: T;
    try {
      const transaction = db.transaction(TABLE, mode);
      let fault: unknown;
      const then: Then = (request, next) => {
        request.onsuccess = () => {
          try {
            next(request.result);
          } catch (thrown) {
            fault = thrown;
            transaction.abort();
          }
        };
      };
      transaction.oncomplete = () => resolve(given);
      transaction.onabort = () => reject(storage(fault ?? transaction.error));
      work(transaction.objectStore(TABLE), (value) => (given = value), then);
    } catch (thrown) {
      reject(storage(thrown));
    }
  });
}

function storage(cause: unknown): Fault {
  return cause instanceof Fault ? cause : device('storage', String(cause));
}
