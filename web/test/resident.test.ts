// A resident's flows over a town inside the test: lost answers, closed tabs, other devices, other people, and servers that lie.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IDBFactory } from 'fake-indexeddb';
import { checkBallot, openBallot } from '../src/core/ballot.ts';
import { equal, fromBase64, toBase64, toHex } from '../src/core/bytes.ts';
import { useNativeEd25519 } from '../src/core/ed25519.ts';
import { Fault } from '../src/core/fault.ts';
import { importOpeningKey } from '../src/core/seal.ts';
import { type Store, memoryStore, openStore } from '../src/core/store/store.ts';
import { MARKS, anna, boris, enter, failed, refused, register, voter } from './flows.ts';
import { SCALAR, SLUG, Town, json, problem } from './town.ts';
import { flipped } from './vectors.ts';

const stores: readonly (readonly [name: string, native: boolean, open: () => Promise<Store>])[] = [
  ['memory', true, () => Promise.resolve(memoryStore())],
  ['IndexedDB', true, () => openStore(new IDBFactory())],
  ['memory, without Ed25519 in the browser', false, () => Promise.resolve(memoryStore())],
  ['IndexedDB, without Ed25519 in the browser', false, () => openStore(new IDBFactory())],
];

for (const [name, native, open] of stores) {
  test(`a resident identifies, casts, casts again and gets receipts: ${name}`, async (t) => {
    useNativeEd25519(native);
    t.after(() => useNativeEd25519(true));
    const town = await Town.found();
    const store = await open();
    const resident = await enter(town, store);
    assert.equal(await resident.order(), undefined);
    await assert.rejects(resident.cast(MARKS), failed('no-credential'));
    await assert.rejects(resident.retry(), failed('nothing-pending'));
    assert.deepEqual(await register(resident, anna), { source: 'new', backup: 'saved' });
    assert.deepEqual(await register(resident, anna), { source: 'here', backup: 'saved' });
    assert.deepEqual([...((await resident.order()) ?? [])].sort(), [0, 1, 2]);

    const first = await resident.cast(MARKS);
    assert.equal(first.version, 1);
    assert.deepEqual(await resident.receipt(first), { state: 'waiting', inLogBy: first.inLogBy });
    const second = await resident.cast([]);
    assert.equal(second.version, 2);
    await town.integrate();
    for (const ballot of [first, second]) {
      const receipt = await resident.receipt(ballot);
      if (receipt.state !== 'logged') assert.fail('it is in the log');
      assert.equal(receipt.head.size, town.lines.length);
    }
    await town.integrate();
    const { head, before } = await resident.follow();
    assert.deepEqual([before?.size, head.size], [4, 5]);

    // The next visit, in a new page.
    const again = await enter(town, store);
    const { accepted, ...rest } = await again.standing();
    assert.deepEqual(rest, { credential: true, requested: false, unsaved: false, pending: false });
    assert.deepEqual(accepted.map(({ version, logged }) => [version, logged?.index]), [[1, 1], [2, 2]]);
    assert.equal((await again.cast(MARKS)).version, 3);

    // What was cast is what was chosen.
    const opening = await importOpeningKey(SCALAR, town.place.rules.sealingKey);
    const marks = await Promise.all((await again.standing()).accepted.map(async ({ ballot }) => {
      const envelope = await checkBallot(town.place, ballot);
      return typeof envelope === 'string' ? envelope : openBallot(town.place, opening, envelope);
    }));
    const sorted = { ok: true, marks: [{ territory: 0 }, { territory: 2 }] };
    assert.deepEqual(marks, [sorted, { ok: true, marks: [] }, sorted]);

    await again.erase();
    assert.deepEqual(await store.all(), []);
    await assert.rejects(again.cast(MARKS), failed('no-credential'));
  });
}

test('nothing but what is meant is sent, and ballots go without a session', async () => {
  const town = await Town.found();
  const resident = await voter(town);
  await resident.cast(MARKS);
  assert.deepEqual(town.seen.map(({ method, path }) => `${method} ${path.replace('/api/v1/rounds/spring', '')}`), ['GET ', 'POST /identification', 'PUT /credential/backup', 'POST /ballots']);
  for (const { init, path, headers, body } of town.seen) {
    const { credentials, referrerPolicy, cache, redirect } = init;
    assert.deepEqual({ credentials, referrerPolicy, cache, redirect }, { credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', redirect: 'error' });
    assert.equal(headers.has('authorization'), path.includes('/credential'), path);
    assert.ok(!body.includes(anna.secret.slice(0, 8)), 'the secret half stays on the device');
  }
});

test('a copy that was not left is left later', async () => {
  const town = await Town.found();
  const resident = await enter(town, memoryStore());
  town.weather.push({ path: '/backup', kind: 'lost' });
  const registered = await register(resident, anna);
  assert.deepEqual([registered.source, registered.backup, registered.fault?.is('network')], ['new', 'failed', true]);
  assert.equal((await resident.standing()).unsaved, true);
  await resident.cast(MARKS);
  assert.deepEqual(await register(resident, anna, false), { source: 'here', backup: 'none' });
  assert.deepEqual(await register(resident, anna), { source: 'here', backup: 'saved' });
  assert.equal((await resident.standing()).unsaved, false);
  assert.equal((await register(await enter(town, memoryStore()), anna)).source, 'restored');
});

test('a second device gets the credential with the second half, and only with the right one', async () => {
  const town = await Town.found();
  const first = await voter(town);
  await first.cast(MARKS);
  await first.cast(MARKS);
  const second = await enter(town, memoryStore());
  await assert.rejects(register(second, anna, false), refused('already-issued'));
  assert.equal((await second.standing()).requested, false);
  await assert.rejects(register(second, { ...anna, secret: boris.secret }), failed('backup'));
  assert.deepEqual(await register(second, anna), { source: 'restored', backup: 'saved' });
  assert.deepEqual(await second.order(), await first.order());
  // It does not know the version, is told, and seals anew.
  assert.equal((await second.cast([])).version, 3);
  assert.equal((await second.standing()).pending, false);
  // So does the first device, whose ballot was replaced meanwhile.
  assert.equal((await first.cast(MARKS)).version, 4);
  assert.deepEqual(town.versions, [1, 2, 3, 4]);
});

test('without a copy the second device is told so', async () => {
  const town = await Town.found();
  assert.equal((await register(await enter(town, memoryStore()), anna, false)).backup, 'none');
  await assert.rejects(register(await enter(town, memoryStore()), anna), refused('no-backup'));
});

test('two residents on one device do not get each other\u2019s credential', async () => {
  const town = await Town.found();
  const store = await openStore(new IDBFactory());
  const first = await voter(town, store);
  await first.cast(MARKS);
  const second = await enter(town, store);
  const before = town.seen.length;
  await assert.rejects(register(second, boris), failed('taken'));
  assert.equal(town.seen.length, before, 'nothing was sent');
  await second.erase();
  assert.deepEqual(await second.standing(), { credential: false, requested: false, unsaved: false, pending: false, accepted: [] });
  assert.equal((await register(second, boris)).source, 'new');
  assert.equal((await second.cast(MARKS)).version, 1);
});

test('nothing of the letters, the session, the person or the marks is kept', async () => {
  const town = await Town.found();
  const factory = new IDBFactory();
  const store = await openStore(factory);
  const resident = await voter(town, store);
  await resident.cast(MARKS);
  await town.integrate();
  const [ballot] = (await resident.standing()).accepted;
  await resident.receipt(ballot ?? assert.fail());
  const [record] = await store.all();
  if (record === undefined) assert.fail('a record is kept');
  const { credential, vault } = record;
  assert.ok(credential?.key instanceof CryptoKey && !credential.key.extractable);
  assert.ok(!vault.sealing.extractable && !vault.tagging.extractable);
  assert.deepEqual(Object.keys(record).sort(), ['accepted', 'checkpoint', 'credential', 'fingerprint', 'holder', 'slug', 'vault', 'version']);
  const [accepted] = record.accepted;
  assert.deepEqual(Object.keys(accepted ?? {}).sort(), ['ballot', 'hash', 'inLogBy', 'logged', 'signature', 'version']);
  const text = JSON.stringify(record, (_, value: unknown) => (value instanceof Uint8Array ? `${toHex(value)} ${toBase64(value)} ${Buffer.from(value).toString('latin1')}` : value));
  for (const secret of [anna.identifying, anna.secret, 'ab'.repeat(32), 'territory']) assert.ok(!text.includes(secret), secret);
});

test('a ballot without an answer waits, and the very same bytes are sent again', async () => {
  for (const kind of ['lost', 'unanswered', 'silent'] as const) {
    const town = await Town.found();
    const store = await openStore(new IDBFactory());
    await voter(town, store);
    const resident = await enter(town, store, 50);
    town.weather.push({ path: '/ballots', kind });
    await assert.rejects(resident.cast(MARKS), failed(kind === 'silent' ? 'time-out' : 'network'));
    // The tab is closed; the next page knows.
    const next = await enter(town, store);
    const { pending, accepted } = await next.standing();
    assert.deepEqual([pending, accepted.length], [true, 0]);
    assert.equal((await next.retry()).version, 1);
    assert.deepEqual(town.versions, [1]);
    const bodies = town.seen.filter(({ path }) => path.endsWith('/ballots')).map(({ body }) => body);
    assert.deepEqual([bodies.length, bodies[0]], [2, bodies[1]]);
    assert.equal((await next.standing()).pending, false);
  }
});

test('another choice may take the place of a ballot without an answer', async () => {
  const town = await Town.found();
  const resident = await voter(town);
  town.weather.push({ path: '/ballots', kind: 'unanswered' });
  await assert.rejects(resident.cast(MARKS), failed('network'));
  assert.equal((await resident.cast([])).version, 2);
  assert.equal((await resident.standing()).pending, false);
  assert.deepEqual(town.versions, [1, 2]);
});

test('a promise once made is repeated after the close; without one the ballot is not counted', async () => {
  const town = await Town.found();
  const resident = await voter(town);
  town.weather.push({ path: '/ballots', kind: 'unanswered' });
  await assert.rejects(resident.cast(MARKS), failed('network'));
  town.phase = 'closed';
  assert.equal((await resident.retry()).version, 1);
  await assert.rejects(resident.cast([]), refused('closed'));
  assert.equal((await resident.standing()).pending, false, 'it can never be accepted');
});

test('what may pass is waited for, with the same bytes', async () => {
  const town = await Town.found();
  const resident = await voter(town);
  for (const slug of ['paused', 'not-open-yet', 'overloaded', 'too-many', 'unavailable', 'timeout']) {
    town.weather.push({ path: '/ballots', kind: () => problem(slug, 503, { retry_after: 5 }) });
    await assert.rejects(slug === 'paused' ? resident.cast(MARKS) : resident.retry(), refused(slug));
    assert.equal((await resident.standing()).pending, true, slug);
  }
  assert.equal((await resident.retry()).version, 1);
});

test('a waiting ballot that another device has overtaken is given up, and that is said', async () => {
  const town = await Town.found();
  const first = await voter(town);
  const second = await enter(town, memoryStore());
  await register(second, anna);
  town.weather.push({ path: '/ballots', kind: 'lost' });
  await assert.rejects(first.cast(MARKS), failed('network'));
  assert.equal((await second.cast([])).version, 1);
  await assert.rejects(first.retry(), refused('version-not-growing'));
  assert.equal((await first.standing()).pending, false);
  assert.equal((await first.cast(MARKS)).version, 2);
});

test('no acceptance counts unless it is signed, for this ballot and this round', async () => {
  const changes: readonly ((answer: Record<string, unknown>) => unknown)[] = [
    (answer) => ({ ...answer, signature: toBase64(flipped(fromBase64(String(answer['signature'])) ?? assert.fail(), 5)) }),
    (answer) => ({ ...answer, in_log_by: Number(answer['in_log_by']) + 3600 }),
    (answer) => ({ ...answer, ballot: 'ab'.repeat(32) }),
    (answer) => ({ ...answer, fingerprint: 'ab'.repeat(32) }),
  ];
  const town = await Town.found();
  const resident = await voter(town);
  for (const change of changes) {
    town.weather.push({ path: '/ballots', kind: async (answer) => json(change((await answer.json()) as Record<string, unknown>)) });
    await assert.rejects(resident.cast(MARKS), failed('acceptance'));
    const { pending, accepted } = await resident.standing();
    assert.deepEqual([pending, accepted.length], [true, 0]);
  }
  for (const answer of [json({}), json(null), json({ ballot: 'ab'.repeat(32), fingerprint: 'ab'.repeat(32), in_log_by: 2 ** 60, signature: '' }), new Response('<html>', { status: 200 }), new Response('', { status: 404 })]) {
    town.weather.push({ path: '/ballots', kind: () => answer });
    await assert.rejects(resident.retry(), failed('form'));
  }
  town.weather.push({ path: '/ballots', kind: () => new Response('<h1>Bad gateway</h1>', { status: 502 }) });
  await assert.rejects(resident.retry(), failed('network'));
  assert.equal((await resident.retry()).version, changes.length);
});

test('rules without their fingerprint, or other rules than before, are refused', async () => {
  const town = await Town.found();
  const store = memoryStore();
  town.weather.push({ path: SLUG, kind: async (answer) => {
    const round = (await answer.json()) as { rules: object };
    return json({ ...round, rules: { ...round.rules, quorum: 1 } });
  } });
  await assert.rejects(enter(town, store), failed('fingerprint'));
  await voter(town, store);
  await assert.rejects(enter(await Town.found({ title: 'Another' }), store), failed('rules-changed'));
});

test('refusals carry what the reader must know', async () => {
  const town = await Town.found();
  const resident = await enter(town, memoryStore());
  town.weather.push({ path: '/identification', kind: () => problem('under-age', 403, { of_age_on: '2030-05-01' }) });
  town.weather.push({ path: '/identification', kind: () => problem('too-many', 429, { retry_after: 90 }) });
  for (const [slug, more] of [['under-age', { ofAgeOn: '2030-05-01' }], ['too-many', { retryAfter: 90 }]] as const) {
    await assert.rejects(resident.identify(anna.identifying), (thrown: unknown) => {
      assert.ok(thrown instanceof Fault && thrown.what.kind === 'refused');
      assert.deepEqual(thrown.what.problem, { slug, status: thrown.what.problem.status, detail: 'words', ...more });
      return true;
    });
  }
});

test('two pages of one device keep their ballots apart', async () => {
  const town = await Town.found();
  const store = await openStore(new IDBFactory());
  await voter(town, store);
  const pages = await Promise.all([enter(town, store), enter(town, store), enter(town, store)]);
  await Promise.allSettled(pages.map((page) => page.cast(MARKS)));
  const { accepted } = await (await enter(town, store)).standing();
  assert.ok(accepted.length >= 1);
  assert.equal(new Set(accepted.map(({ version }) => version)).size, accepted.length);
  for (const { ballot, version } of accepted) {
    const envelope = await checkBallot(town.place, ballot);
    assert.ok(typeof envelope !== 'string' && envelope.version === version);
  }
  assert.ok(accepted.every(({ ballot }, at) => at === 0 || !equal(ballot, accepted[at - 1]?.ballot ?? ballot)));
});
