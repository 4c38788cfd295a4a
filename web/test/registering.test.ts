// A credential that is asked for with the code: lost answers, refusals, other tabs, and issuers that lie.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IDBFactory } from 'fake-indexeddb';
import { fromBase64, toBase64 } from '../src/core/bytes.ts';
import { memoryStore, openStore } from '../src/core/store/store.ts';
import { MARKS, anna, boris, enter, failed, refused, register } from './flows.ts';
import { Town, json, problem } from './town.ts';
import { flipped } from './vectors.ts';

test('a lost request or answer of the issuer is asked for again with the same message, also after the tab was closed', async () => {
  for (const kind of ['lost', 'unanswered', 'silent'] as const) {
    const town = await Town.found();
    const store = await openStore(new IDBFactory());
    town.weather.push({ path: '/identification', kind });
    const first = await enter(town, store, 50);
    await assert.rejects(register(first, anna), failed(kind === 'silent' ? 'time-out' : 'network'));
    const next = await enter(town, store);
    assert.equal((await next.standing()).requested, true);
    assert.deepEqual(await register(next, anna), { source: 'resumed', backup: 'saved' });
    const bodies = town.seen.filter(({ path }) => path.endsWith('/identification')).map(({ body }) => body);
    assert.equal(bodies.length, 2);
    assert.match(bodies[0] ?? '', /"blinded"/);
    assert.equal(bodies[0], bodies[1]);
    await next.cast(MARKS);
  }
});

test('whoever was certainly given nothing leaves nothing behind', async () => {
  for (const [slug, status] of [['code', 403], ['under-age', 403], ['wrong-district', 403]] as const) {
    const town = await Town.found();
    const store = await openStore(new IDBFactory());
    const resident = await enter(town, store);
    town.weather.push({ path: '/identification', kind: () => problem(slug, status) });
    await assert.rejects(resident.identify(boris.identifying), refused(slug));
    assert.deepEqual(await store.all(), []);
    assert.equal((await register(resident, anna)).source, 'new');
  }
});

test('what may have been signed waits for the same code, whatever is said of it later', async () => {
  for (const kind of ['unanswered', () => problem('unavailable', 503), () => problem('timeout', 408), () => problem('too-many', 429), () => problem('overloaded', 503)] as const) {
    const town = await Town.found();
    const resident = await enter(town, await openStore(new IDBFactory()));
    town.weather.push({ path: '/identification', kind });
    await assert.rejects(resident.identify(anna.identifying));
    assert.equal((await resident.standing()).requested, true);
    await assert.rejects(resident.identify(boris.identifying), failed('requested'));
    town.weather.push({ path: '/identification', kind: () => problem('too-many', 429) });
    await assert.rejects(resident.identify(anna.identifying), refused('too-many'));
    assert.equal((await register(resident, anna)).source, 'resumed');
    const bodies = town.seen.filter(({ path }) => path.endsWith('/identification')).map(({ body }) => body);
    assert.deepEqual(bodies, [bodies[0], bodies[0], bodies[0]]);
  }
});

test('a registrar that does not sign at once is asked for its reason', async () => {
  const town = await Town.found();
  const resident = await enter(town, memoryStore());
  town.turnsAway = 'letter-replaced';
  await assert.rejects(register(resident, anna), refused('letter-replaced'));
  assert.equal((await resident.standing()).requested, false);
  const session = await resident.identify(boris.identifying);
  town.turnsAway = '';
  town.weather.push({ path: '/credential', kind: 'unanswered' });
  await assert.rejects(resident.register(session, boris.identifying), failed('network'));
  town.turnsAway = 'letter-replaced';
  await assert.rejects(resident.register(session, boris.identifying), refused('letter-replaced'));
  assert.equal((await resident.standing()).requested, true, 'it was signed before that was said');
  town.turnsAway = '';
  assert.equal((await register(resident, boris)).source, 'resumed');
});

test('what waits for an answer moves to whoever has its code, and nothing of it stays', async () => {
  const town = await Town.found();
  const [store, other, mine] = [await openStore(new IDBFactory()), memoryStore(), memoryStore()];
  const resident = await enter(town, store);
  town.weather.push({ path: '/identification', kind: 'unanswered' });
  await assert.rejects(resident.identify(anna.identifying), failed('network'));
  await resident.handOver(boris.identifying, other);
  assert.deepEqual([(await store.all()).length, (await other.all()).length], [1, 0]);
  await resident.handOver(anna.identifying, mine);
  assert.deepEqual([(await store.all()).length, (await mine.all()).length], [0, 1]);
  assert.equal((await register(await enter(town, mine), anna)).source, 'resumed');
});

test('a request that another tab has erased is not made anew in the same session', async () => {
  const town = await Town.found();
  const resident = await enter(town, memoryStore());
  const session = await resident.identify(anna.identifying);
  await resident.erase();
  await assert.rejects(resident.register(session, anna.identifying), failed('no-credential'));
});

test('an issuer that signs something else is noticed, and can be asked again', async () => {
  const town = await Town.found();
  const resident = await enter(town, memoryStore());
  town.weather.push({ path: '/identification', kind: async (answer) => {
    const { signature, ...session } = (await answer.json()) as { signature: string };
    return json({ ...session, signature: toBase64(flipped(fromBase64(signature) ?? assert.fail(), 100)) });
  } });
  await assert.rejects(register(resident, anna), failed('issuer-signature'));
  assert.equal((await register(resident, anna)).source, 'resumed');
});
