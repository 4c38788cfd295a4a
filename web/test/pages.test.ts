// What pages do around a check and an erasure, without a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IDBFactory } from 'fake-indexeddb';
import { newVault } from '../src/core/store/vault.ts';
import type { RoundRecord } from '../src/core/store/record.ts';
import { memoryStore, openStore } from '../src/core/store/store.ts';
import { clearSite, closeTabs, onErased, takeErased, tellTabs } from '../src/ui/erased.ts';
import { turns } from '../src/ui/turns.ts';

test('a late answer does not take the place of a newer one', () => {
  const told: string[] = [];
  const begin = turns((answer: string) => told.push(answer));
  const first = begin();
  first('first begins');
  const second = begin();
  second('second begins');
  second('second');
  first('first');
  assert.deepEqual(told, ['first begins', 'second begins', 'second']);
});

test('the site is cleared after the last round of the device, and only then', async () => {
  const asked: string[] = [];
  const ask = (address: RequestInfo | URL, { method, credentials }: RequestInit = {}) => {
    asked.push(`${method} ${String(address)} ${credentials}`);
    return Promise.reject(new TypeError('no such address'));
  };
  const store = await openStore(new IDBFactory());
  const record: RoundRecord = { fingerprint: 'f', slug: 'spring', vault: await newVault(), version: 0, accepted: [] };
  await store.change('f', () => record);
  await clearSite(store, ask);
  await clearSite(memoryStore(), ask);
  assert.deepEqual(asked, []);
  await store.erase('f');
  await clearSite(store, ask);
  assert.deepEqual(asked, ['POST /erased same-origin']);
});

test('that all was erased is said once, and never because of an address', (t) => {
  const kept = new Map([['veche-erased', '1']]);
  const storage = { getItem: (key: string) => kept.get(key) ?? null, removeItem: (key: string) => kept.delete(key) };
  Object.defineProperty(globalThis, 'sessionStorage', { value: storage, configurable: true });
  t.after(() => Reflect.deleteProperty(globalThis, 'sessionStorage'));
  assert.deepEqual([takeErased(), takeErased()], [true, false]);
});

test('other tabs hear of an erasure, the tab itself does not', async () => {
  let own = 0;
  onErased(() => own++);
  const other = new BroadcastChannel('veche');
  const heard = new Promise((resolve) => (other.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data)));
  tellTabs();
  assert.equal(await heard, 'erased');
  assert.equal(own, 0);
  other.postMessage('erased');
  for (let time = 0; own === 0 && time < 100; time++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(own, 1);
  other.close();
  closeTabs();
});
