// Witnesses: their cosignatures under a head are counted when they hold, and a receipt that leads to the last head they saw is no rollback.
import { getPublicKeyAsync, signAsync } from '@noble/ed25519';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from '../src/core/api.ts';
import { type Bytes, concat, i64, sha256, toBase64, toHex, utf8 } from '../src/core/bytes.ts';
import { Fault } from '../src/core/fault.ts';
import { hasQuorum, readWitnessKey, witnessed } from '../src/core/log/cosignature.ts';
import { readNote } from '../src/core/log/note.ts';
import { readTlogProof } from '../src/core/log/tlog_proof.ts';
import { Resident } from '../src/core/resident.ts';
import { memoryStore } from '../src/core/store/store.ts';
import { type Letter, SLUG, Town, json, letters } from './town.ts';
import { flipped } from './vectors.ts';

const SECRETS: readonly Bytes[] = [new Uint8Array(32).fill(201), new Uint8Array(32).fill(202)];
const NAMES = ['press.example/w', 'university.example/w'];
const AT = 1_800_000_000;

async function witnessKey(at: number, type = 4): Promise<string> {
  const bytes = concat(new Uint8Array([type]), await getPublicKeyAsync(SECRETS[at] ?? assert.fail()));
  return `${NAMES[at]}+${toHex(await keyId(NAMES[at] ?? '', bytes))}+${toBase64(bytes)}`;
}

async function keyId(name: string, key: Bytes): Promise<Bytes> {
  return (await sha256(utf8(`${name}\n`), key)).slice(0, 4);
}

/** The note with one more line: what a witness answers. */
async function cosigned(note: string, at: number, change: (signature: Bytes) => Bytes = (same) => same, time = AT): Promise<string> {
  const { text } = readNote(note) ?? assert.fail();
  const secret = SECRETS[at] ?? assert.fail();
  const key = concat(new Uint8Array([4]), await getPublicKeyAsync(secret));
  const signature = await signAsync(utf8(`cosignature/v1\ntime ${time}\n${text}`), secret);
  const bytes = concat(await keyId(NAMES[at] ?? '', key), change(concat(i64(time), new Uint8Array(signature))));
  return `${note}\u2014 ${NAMES[at]} ${toBase64(bytes)}\n`;
}

test('cosignatures count when they hold, each witness once', async () => {
  const note = await (await Town.found()).checkpoint();
  const keys = [await witnessKey(0), await witnessKey(1)];
  const none = { signed: [], forged: [], unchecked: [] };
  assert.deepEqual(await witnessed(note, keys), none);
  const one = await cosigned(note, 0);
  assert.deepEqual(await witnessed(one, keys), { ...none, signed: [{ name: NAMES[0], at: AT }] });
  const both = await witnessed(await cosigned(await cosigned(one, 1), 0), keys);
  assert.deepEqual(both.signed.map(({ name }) => name), NAMES);
  assert.ok(hasQuorum(both, 2) && !hasQuorum(both, 3));
  assert.deepEqual(await witnessed(one, []), none);
  const other = one.replace('\n1\n', '\n2\n');
  assert.notEqual(other, one);
  assert.deepEqual((await witnessed(other, keys)).signed, [], 'a cosignature of another size is none');
});

test('a false cosignature in the name of a witness spoils the quorum', async () => {
  const keys = [await witnessKey(0), await witnessKey(1)];
  const note = await cosigned(await (await Town.found()).checkpoint(), 1);
  for (const byte of [0, 7, 8, 40, 71]) {
    const spoilt = await witnessed(await cosigned(note, 0, (signature) => flipped(signature, byte)), keys);
    assert.deepEqual([spoilt.signed.map(({ name }) => name), spoilt.forged], [[NAMES[1]], [NAMES[0]]], `byte ${byte}`);
    assert.ok(!hasQuorum(spoilt, 1));
  }
  const short = await witnessed(await cosigned(note, 0, (signature) => signature.slice(0, 71)), keys);
  assert.deepEqual(short.forged, [NAMES[0]]);
  const again = await witnessed(await cosigned(await cosigned(note, 0), 0, (signature) => flipped(signature, 71)), keys);
  assert.deepEqual([again.signed.length, again.forged], [1, [NAMES[0]]], 'a true one beside it does not mend it');
});

test('a witness without a time, or with a key that browsers do not check, does not count', async () => {
  const note = await (await Town.found()).checkpoint();
  const timeless = await witnessed(await cosigned(note, 0, (same) => same, 0), [await witnessKey(0)]);
  assert.deepEqual(timeless, { signed: [], forged: [], unchecked: [] });
  const lattice = (await witnessKey(1)).replace(/[^+]+$/, toBase64(concat(new Uint8Array([6]), new Uint8Array(1312))));
  assert.deepEqual((await witnessed(note, [lattice])).unchecked, [NAMES[1]]);
});

test('keys of witnesses are read as they are printed, and those of logs are none', async () => {
  const key = await witnessKey(0);
  assert.equal((await readWitnessKey(key))?.name, NAMES[0]);
  for (const wrong of [await witnessKey(0, 1), key.replace('+', '++'), key.slice(0, -1), `${key}\n`, key.toUpperCase()]) {
    assert.equal(await readWitnessKey(wrong), undefined, wrong);
  }
});

test('a receipt tells which witnesses cosigned, and its head may be older than one seen', async () => {
  const keys = [await witnessKey(0), await witnessKey(1)];
  const town = await Town.found({ witnesses: { keys, quorum: 2 } });
  const resident = await Resident.enter(new Api({ fetch: town.fetch }), memoryStore(), SLUG);
  const [anna] = letters as [Letter];
  await resident.register(await resident.identify(anna.identifying), anna.identifying, anna.secret);
  await resident.cast([{ territory: 1 }]);
  await town.integrate();
  const [ballot] = (await resident.standing()).accepted;
  assert.ok(ballot);
  const unwitnessed = await resident.receipt(ballot);
  assert.equal(unwitnessed.state, 'logged');
  assert.ok(unwitnessed.state === 'logged' && unwitnessed.witnesses.signed.length === 0);

  // The server keeps giving the receipt with the head that both witnesses saw, while the log goes on.
  const { proof } = unwitnessed.logged;
  const checkpoint = readTlogProof(proof)?.checkpoint ?? assert.fail();
  const witnessed = proof.replace(checkpoint, await cosigned(await cosigned(checkpoint, 1), 0));
  await town.integrate();
  assert.equal((await resident.follow()).head.size, unwitnessed.head.size + 1);
  const giveOld = () => town.weather.push({ path: '/receipts', kind: async (answer) => json({ ...((await answer.json()) as object), proof: witnessed }) });
  giveOld();
  const found = await resident.receipt(ballot);
  assert.ok(found.state === 'logged' && found.head.size === unwitnessed.head.size);
  assert.deepEqual(found.witnesses.signed.map(({ name, at }) => [name, at]), NAMES.map((name) => [name, AT]));
  assert.equal((await resident.follow()).before?.size, unwitnessed.head.size + 1, 'the newest head stays remembered');

  // The same receipt from a log that was rolled back to that head is noticed: it has no proof for what this device saw.
  town.lines.length = unwitnessed.head.size;
  giveOld();
  await assert.rejects(resident.receipt(ballot), (thrown: unknown) => thrown instanceof Fault);
  await assert.rejects(resident.follow(), (thrown: unknown) => thrown instanceof Fault && thrown.is('log-changed'));
});

test('rules name at least as many witnesses as must sign', async () => {
  const keys = [await witnessKey(0)];
  for (const witnesses of [{ keys, quorum: 0 }, { keys, quorum: 2 }, { keys: [], quorum: 1 }, { keys }, { keys, quorum: 1, more: 1 }, { keys: [1], quorum: 1 }]) {
    await assert.rejects(Town.found({ witnesses }), (thrown: unknown) => thrown instanceof Fault && thrown.is('rules'), JSON.stringify(witnesses));
  }
});
