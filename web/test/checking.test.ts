// "Check my vote": files and codes read back strictly, and a log that changed or a vote that was altered is seen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from '../src/core/api.ts';
import { makeBallot } from '../src/core/ballot.ts';
import { type Bytes, fromUtf8, toBase64, toHex, utf8 } from '../src/core/bytes.ts';
import * as checking from '../src/core/checking.ts';
import { Fault } from '../src/core/fault.ts';
import { openCheckpoint } from '../src/core/log/checkpoint.ts';
import { readReceiptCode } from '../src/core/receipt_code.ts';
import { printReceiptCode } from '../src/core/receipt_code.ts';
import { type ReceiptFile, printReceiptFile, readReceiptFile, receiptFileName, roundOf, trackerOf } from '../src/core/receipt_file.ts';
import { replacementOf } from '../src/core/replacing.ts';
import { Resident } from '../src/core/resident.ts';
import { type Store, memoryStore } from '../src/core/store/store.ts';
import { HOUR, type Letter, SCALAR, SLUG, Town, json, letters, problem } from './town.ts';
import { flipped } from './vectors.ts';

const [anna] = letters as [Letter];
const NOW = HOUR;
const HOST = 'https://vote.example';
const failed = (reason: Parameters<Fault['is']>[0]) => (thrown: unknown) => thrown instanceof Fault && thrown.is(reason);

interface Voted {
  readonly town: Town;
  readonly api: Api;
  readonly store: Store;
  readonly resident: Resident;
}

async function voted(): Promise<Voted> {
  const town = await Town.found();
  const api = new Api({ fetch: town.fetch });
  const store = memoryStore();
  const resident = await Resident.enter(api, store, SLUG);
  await resident.register(await resident.identify(anna.identifying), anna.identifying, anna.secret);
  await resident.cast([{ territory: 1 }]);
  return { town, api, store, resident };
}

/** File and code of the one ballot, as they are now. */
async function receipts({ resident }: Voted) {
  const [ballot] = (await resident.standing()).accepted;
  if (ballot === undefined) assert.fail('a ballot was accepted');
  const file = resident.file(ballot, HOST);
  const address = await resident.address(ballot, HOST);
  return { ballot, name: file.name, text: file.text, address, file: readReceiptFile(file.text) ?? assert.fail(), code: readReceiptCode(new URL(address).hash) ?? assert.fail() };
}

async function logged(voted: Voted) {
  await voted.town.integrate();
  const [ballot] = (await voted.resident.standing()).accepted;
  await voted.resident.receipt(ballot ?? assert.fail());
  return receipts(voted);
}

test('a receipt is told apart before and after the log has the ballot', async () => {
  const all = await voted();
  const { api, town, resident } = all;
  const early = await receipts(all);
  assert.match(early.name, /^veche-receipt-([0-9a-f]{4}-){3}[0-9a-f]{4}\.json$/);
  assert.equal(early.name, receiptFileName(early.ballot.hash));
  assert.equal(early.file.logged, undefined);
  assert.equal(early.code.head, undefined);
  assert.match(early.address, /^https:\/\/vote\.example\/rounds\/spring\/check#[A-Za-z0-9_-]{183}$/);
  for (const [now, late] of [[NOW, false], [NOW + 600, false], [NOW + 601, true]] as const) {
    const waiting = { state: 'waiting', inLogBy: NOW, late };
    assert.deepEqual(await checking.checkReceiptFile(api, resident.place, early.file, now), waiting);
    assert.deepEqual(await checking.checkReceiptCode(api, resident.place, early.code, now), waiting);
    assert.deepEqual(await checking.checkTracker(api, resident.place, trackerOf(early.ballot.hash), now), waiting);
  }
  const late = await logged(all);
  assert.equal(late.code.head?.size, 3);
  await town.integrate();
  for (const [file, code, remembered] of [[early.file, early.code, undefined], [late.file, late.code, 3]] as const) {
    for (const checked of [await checking.checkReceiptFile(api, resident.place, file, NOW), await checking.checkReceiptCode(api, resident.place, code, NOW)]) {
      if (checked.state !== 'logged') assert.fail(checked.state);
      assert.deepEqual([checked.receipt.index, checked.today.size, checked.remembered?.size], [1, 4, remembered]);
      assert.deepEqual(checked.receipt.ballot, early.ballot.ballot);
    }
  }
});

test('a ballot box that denies its promise is told from one that keeps waiting', async () => {
  const all = await voted();
  const { code, file } = await receipts(all);
  const check = async () => [await checking.checkReceiptCode(all.api, all.resident.place, code, NOW), await checking.checkReceiptFile(all.api, all.resident.place, file, NOW)];
  for (const _ of [1, 2]) all.town.weather.push({ path: '/receipts', kind: () => problem('unknown-ballot', 404) });
  assert.deepEqual(await check(), [{ state: 'denied', inLogBy: NOW }, { state: 'denied', inLogBy: NOW }]);
  all.town.weather.push({ path: '/receipts', kind: () => problem('overloaded', 503) });
  await assert.rejects(check(), (thrown: unknown) => thrown instanceof Fault && thrown.slug === 'overloaded');
});

test('a log that was rewritten is noticed: by the device, by the file and by the code', async () => {
  const all = await voted();
  const { api, town, resident } = all;
  await town.log({ 'voting-paused': { at: 1, by: 'official-1', reason: 'y' } });
  const { file, code, ballot } = await logged(all);
  await town.rewrite(1);
  await town.integrate();
  assert.ok(town.lines.length > 4);
  await assert.rejects(resident.receipt(ballot), failed('log-changed'));
  await assert.rejects(resident.follow(), failed('log-changed'));
  await assert.rejects(checking.checkReceiptFile(api, resident.place, file, NOW), failed('log-changed'));
  await assert.rejects(checking.checkReceiptCode(api, resident.place, code, NOW), failed('log-changed'));
});

test('a log that was rolled back is noticed, even to an honest older head', async () => {
  const all = await voted();
  const { api, town, resident } = all;
  const early = await town.checkpoint();
  const { ballot, file, code } = await logged(all);
  const old = await town.checkpoint();
  await town.integrate();
  await resident.follow();
  const rolledBack = (head: string) => town.weather.push({ path: '/log/checkpoint', kind: () => new Response(head) });
  rolledBack(old);
  await assert.rejects(resident.follow(), failed('log-changed'));
  assert.equal((await resident.follow()).before?.size, 4, 'the newer head is remembered');
  // Smaller than the head of the receipt that the server gives today, and than the one that the receipt remembers.
  rolledBack(old);
  await assert.rejects(checking.checkReceiptFile(api, resident.place, file, NOW), failed('log-changed'));
  rolledBack(early);
  await assert.rejects(checking.checkReceiptCode(api, resident.place, code, NOW), failed('log-changed'));
  const answer = await api.receipt(SLUG, ballot.hash);
  town.lines.length = 2;
  await assert.rejects(resident.follow(), failed('log-changed'));
  await assert.rejects(resident.receipt(ballot), failed('log-changed'));
  await town.log({ 'voting-paused': { at: 1, by: 'official-1', reason: 'z' } });
  assert.equal(answer.state, 'logged');
  await assert.rejects(resident.receipt(ballot), failed('log-changed'));
});

test('of two heads only the later one may be the larger', async () => {
  const all = await voted();
  const { api, town, resident } = all;
  const head = async () => (await openCheckpoint(await town.checkpoint(), resident.place.logKey)) ?? assert.fail('a head');
  const small = await head();
  await town.integrate();
  const large = await head();
  await checking.consistentHead(api, resident.place, small, large);
  await checking.consistentHead(api, resident.place, large, large);
  await assert.rejects(checking.consistentHead(api, resident.place, large, small), failed('log-changed'));
});

test('a ballot that was in the log cannot wait again', async () => {
  const all = await voted();
  const { file, code } = await logged(all);
  const waiting = { path: '/receipts', kind: () => json({ ballot: toHex(code.ballot), in_log_by: NOW, tracker: 'x' }) };
  all.town.weather.push(waiting, waiting);
  await assert.rejects(checking.checkReceiptFile(all.api, all.resident.place, file, NOW), failed('log-changed'));
  await assert.rejects(checking.checkReceiptCode(all.api, all.resident.place, code, NOW), failed('log-changed'));
});

test('no changed receipt holds', async () => {
  const all = await voted();
  const { ballot } = await logged(all);
  const { town, resident } = all;
  const answer = await new Api({ fetch: town.fetch }).receipt(SLUG, ballot.hash);
  if (answer.state !== 'logged') assert.fail();
  const check = (changed: object) => checking.checkReceipt(resident.place, { ...answer, ...changed }, ballot.ballot);
  assert.equal((await check({})).index, 1);
  await town.integrate();
  const other = JSON.parse(JSON.stringify(answer)) as typeof answer;
  for (const changed of [
    { index: 2 },
    { index: 0 },
    { line: town.lines[0] },
    { line: answer.line.replace('"index":1', '"index":2') },
    { line: `${answer.line} ` },
    { line: answer.line.replace(/"previous":"./, '"previous":"0') === answer.line ? answer.line.replace(/"previous":"./, '"previous":"1') : answer.line.replace(/"previous":"./, '"previous":"0') },
    { proof: '' },
    { proof: other.proof.replace('index 1', 'index 2') },
    { proof: other.proof.replace('\n3\n', '\n4\n') },
  ]) {
    await assert.rejects(check(changed), Fault, JSON.stringify(changed));
  }
  const proof = utf8(answer.proof);
  for (let at = 0; at < proof.length; at += 3) {
    const text = fromUtf8(flipped(proof, at));
    if (text !== undefined) await assert.rejects(check({ proof: text }), Fault, `byte ${at} of the proof`);
  }
  await assert.rejects(checking.checkReceipt(resident.place, answer, flipped(ballot.hash, 0)), failed('receipt'));
  assert.equal((await checking.checkReceipt(resident.place, answer, ballot.hash)).index, 1);
});

test('files and codes are read strictly, and what is changed in them does not hold', async () => {
  const all = await voted();
  const { file, text, code, ballot } = await logged(all);
  const { api, resident } = all;
  assert.equal(printReceiptFile(file), text);
  assert.deepEqual(readReceiptFile(text.replace(/\n */g, '\r\n\t')), file, 'white space may change on the way');
  const value = JSON.parse(text) as Record<string, unknown>;
  for (const changed of [
    '', '[]', 'null', '{}', text.slice(1),
    ...[{ format: 2 }, { more: 1 }, { round: 5 }, { fingerprint: 'AB'.repeat(32) }, { ballot: 'AB=' }, { acceptance: {} }, { receipt: null }, { receipt: { index: -1, line: '', proof: '' } }, { acceptance: { in_log_by: 1.5, signature: '' } }]
      .map((change) => JSON.stringify({ ...value, ...change })),
  ]) {
    assert.equal(readReceiptFile(changed), undefined, changed.slice(0, 100));
  }
  const checkFile = (change: Partial<ReceiptFile>) => checking.checkReceiptFile(api, resident.place, { ...file, ...change }, NOW);
  await checkFile({});
  await assert.rejects(checkFile({ ballot: flipped(file.ballot, 9) }), failed('acceptance'));
  await assert.rejects(checkFile({ signature: flipped(file.signature, 9) }), failed('acceptance'));
  await assert.rejects(checkFile({ inLogBy: NOW + 3600 }), failed('acceptance'));
  await assert.rejects(checkFile({ fingerprint: flipped(file.fingerprint, 0) }), failed('receipt'));
  await assert.rejects(checkFile({ logKey: `${file.logKey}x` }), failed('receipt'));
  await assert.rejects(checkFile({ logged: { ...(file.logged ?? assert.fail()), index: 2 } }), failed('receipt'));

  const printed = printReceiptCode(code);
  assert.equal(printed.length, 322);
  assert.deepEqual(readReceiptCode(`#${printed}`), code);
  for (const changed of ['', '#', printed.slice(1), `${printed}A`, `${printed}AAA`, `B${printed.slice(1)}`, `${printed}=`]) {
    assert.equal(readReceiptCode(changed), undefined, changed.slice(0, 8));
  }
  const bytes = Buffer.from(printed, 'base64url');
  for (let at = 1; at < bytes.length; at++) {
    const changed = readReceiptCode(Buffer.from(flipped(new Uint8Array(bytes), at)).toString('base64url'));
    if (changed !== undefined) await assert.rejects(checking.checkReceiptCode(api, resident.place, changed, NOW), Fault, `byte ${at}`);
  }
  assert.equal(trackerOf(ballot.hash), toHex(ballot.hash).slice(0, 16).replace(/(....)(?=.)/g, '$1-'));
  assert.deepEqual(roundOf(file.round), { host: 'vote.example', slug: SLUG });
  for (const address of ['javascript:alert(1)', 'https://vote.example/rounds/', 'https://a@b/rounds/spring', 'https://vote.example/rounds/spring?x', 'https://vote.example/rounds/Spring', 'https://[/rounds/spring', 'https://a:b/rounds/spring', 'https://%/rounds/spring']) {
    assert.equal(roundOf(address), undefined, address);
  }
});

test('after the opening a vote that the device altered is seen', async () => {
  const all = await voted();
  const { api, town, resident, store } = all;
  // A hostile page seals another choice than the one that was shown; and one seals bytes that are no choice at all.
  const record = (await store.all())[0] ?? assert.fail();
  const { credential } = record;
  if (credential === undefined || !(credential.key instanceof CryptoKey)) assert.fail('a credential is kept');
  const cast = async (version: number, choice: Bytes) => {
    const ballot = await makeBallot(town.place, { ...credential, key: credential.key as CryptoKey }, version, choice);
    await api.cast(SLUG, ballot);
    return ballot;
  };
  const altered = await cast(2, Uint8Array.of(1, 0, 1, 0, 2, 0, 0));
  const broken = await cast(3, Uint8Array.of(1, 0, 1, 0, 9, 0, 0));
  const { ballot } = await logged(all);
  assert.equal(await checking.revealedKey(api, resident.place), undefined);
  await town.log({ 'voting-closed': { at: 9, by: 'schedule' } });
  await town.log({ 'key-revealed': { at: 9, by: 'member-1', key: Buffer.from(SCALAR).toString('base64') } });
  await town.log({ tallied: { at: 9, outcome: {}, replaced: 0 } });
  const key = (await checking.revealedKey(api, resident.place)) ?? assert.fail('the key is revealed');
  const says = async (bytes: Bytes) => {
    const answer = await api.receipt(SLUG, new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
    if (answer.state !== 'logged') assert.fail();
    return checking.openReceipt(resident.place, key, await checking.checkReceipt(resident.place, answer, bytes));
  };
  assert.deepEqual(await says(ballot.ballot), { ok: true, marks: [{ territory: 1 }] });
  assert.deepEqual(await says(altered), { ok: true, marks: [{ territory: 2 }] });
  assert.deepEqual(await says(broken), { ok: false, reason: 'unknown-territory' });
  await town.log({ 'key-revealed': { at: 9, by: 'member-1', key: Buffer.from(flipped(SCALAR, 0)).toString('base64') } });
  town.lines.splice(-3, 1);
  await assert.rejects(checking.revealedKey(api, resident.place), failed('opening-key'));
});

test('with a tracker the log is checked, and no promise', async () => {
  const all = await voted();
  const { ballot } = await logged(all);
  const { place } = all.resident;
  const tracker = trackerOf(ballot.hash);
  for (const name of [tracker, tracker.toUpperCase(), toHex(ballot.hash)]) {
    const vote = await checking.checkTracker(all.api, place, name, NOW);
    if (vote.state !== 'logged') assert.fail(vote.state);
    assert.deepEqual([vote.receipt.index, vote.remembered], [1, undefined]);
  }
  await assert.rejects(checking.checkTracker(all.api, place, '0'.repeat(16), NOW), (thrown: unknown) => thrown instanceof Fault && thrown.slug === 'unknown-ballot');
  const other = { path: '/receipts', kind: () => json({ ballot: '0'.repeat(64), in_log_by: NOW, tracker: 'x' }) };
  all.town.weather.push(other);
  await assert.rejects(checking.checkTracker(all.api, place, tracker, NOW), failed('receipt'));
});

test('a later ballot of the same credential is found in the whole log, and a log that is not whole is seen', async () => {
  const all = await voted();
  const { ballot } = await logged(all);
  const { place } = all.resident;
  const find = async (hash: Bytes) => {
    const vote = await checking.checkTracker(all.api, place, toHex(hash), NOW);
    if (vote.state !== 'logged') assert.fail(vote.state);
    const read: number[] = [];
    const found = await replacementOf(all.api, place, vote.today, vote.receipt.envelope, (lines) => read.push(lines));
    assert.equal(read.at(-1), vote.today.size);
    return found;
  };
  assert.equal(await find(ballot.hash), undefined);
  const later = await all.resident.cast([]);
  await all.town.integrate();
  const at = all.town.lines.findIndex((line) => line.includes(toBase64(later.ballot)));
  assert.deepEqual(await find(ballot.hash), { index: at, version: later.version });
  assert.equal(await find(later.hash), undefined);
  const honest = all.town.lines.map((line) => `${line}\n`);
  const without = honest.filter((_, index) => index !== at).join('');
  all.town.weather.push({ path: '/log/lines', kind: () => new Response(without) }, { path: '/log/lines', kind: () => new Response(honest[0]) });
  await assert.rejects(find(ballot.hash), failed('log-changed'));
});

test('a promise for a far day is none; one after an extended close is', async () => {
  const all = await voted();
  const { town, api, resident } = all;
  const far = HOUR + 2 * 86_400;
  const promise = { fingerprint: resident.place.fingerprint, ballot: (await receipts(all)).ballot.hash, inLogBy: far };
  const code = { ...promise, signature: await town.promise(promise) };
  await assert.rejects(checking.checkReceiptCode(api, resident.place, code, NOW), failed('acceptance'));
  await assert.rejects(checking.checkReceiptFile(api, resident.place, { ...(await receipts(all)).file, ...code, ballot: (await receipts(all)).file.ballot }, NOW), failed('acceptance'));
  town.closesAt = far;
  assert.equal((await checking.checkReceiptCode(api, resident.place, code, NOW)).state, 'waiting');
  // Whoever casts now gets no promise for the day after tomorrow, whenever the voting closes.
  town.inLogBy = far;
  await assert.rejects(resident.cast([]), failed('acceptance'));
  assert.equal((await resident.standing()).pending, true, 'the ballot is not counted');
  town.inLogBy = HOUR + 7200;
  assert.equal((await resident.retry()).inLogBy, HOUR + 7200);
});

test('the opening key is found before a long end of the log, and not sought before the close', async () => {
  const { town, api, resident } = await voted();
  for (let line = 0; line < 300; line++) await town.log({ register: { count: 1, hash: '00'.repeat(32), hour: HOUR } });
  await town.log({ 'voting-closed': { at: 9, by: 'schedule' } });
  for (let line = 0; line < 300; line++) await town.log({ register: { count: 1, hash: '00'.repeat(32), hour: HOUR } });
  town.seen.length = 0;
  assert.equal(await checking.revealedKey(api, resident.place), undefined);
  assert.equal(town.seen.filter(({ path }) => path.includes('/log/lines')).length, 2);
  await town.log({ 'key-revealed': { at: 9, by: 'member-1', key: Buffer.from(SCALAR).toString('base64') } });
  for (let line = 0; line < 600; line++) await town.log({ register: { count: 1, hash: '00'.repeat(32), hour: HOUR } });
  assert.ok(await checking.revealedKey(api, resident.place));
});
