// The client against the real server, if its binary is there: identify, cast, cast again, another device, receipts.
import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { IDBFactory } from 'fake-indexeddb';
import { Api } from '../src/core/api.ts';
import { checkReceiptCode, checkReceiptFile, revealedKey } from '../src/core/checking.ts';
import { readLetterCode } from '../src/core/codes.ts';
import { Fault } from '../src/core/fault.ts';
import { readReceiptCode } from '../src/core/receipt_code.ts';
import { readReceiptFile } from '../src/core/receipt_file.ts';
import { Resident } from '../src/core/resident.ts';
import { memoryStore, openStore } from '../src/core/store/store.ts';
import { ROOT } from './vectors.ts';

interface Demo {
  readonly url: string;
  readonly round: string;
  readonly codes: readonly string[];
}

const BINARY = process.env['VECHE_BIN'] ?? join(ROOT, 'target/debug/veche');
const MISSING = `SKIPPED: no server at ${BINARY}; build it, or name it in VECHE_BIN`;

async function demo(): Promise<{ readonly child: ChildProcessByStdio<null, Readable, null>; readonly town: Demo }> {
  const child = spawn(BINARY, ['demo', '--json', '--residents', '25', '--letters', '22'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) return { child, town: JSON.parse(line) as Demo };
  throw new Error('the demo ended without a word');
}

test('a resident of the real server', async (t) => {
  if (!existsSync(BINARY)) {
    assert.ok(process.env['CI'] === undefined, MISSING);
    console.log(MISSING);
    t.skip(MISSING);
    return;
  }
  const { child, town } = await demo();
  t.after(() => child.kill('SIGKILL'));
  const api = new Api({ base: town.url });
  assert.ok((await api.rounds()).some(({ slug, phase }) => slug === town.round && phase === 'open'));
  const read = readLetterCode(town.codes[0] ?? '');
  assert.ok(read.ok);
  const { identifying, secret } = read.value;

  const first = await Resident.enter(api, await openStore(new IDBFactory()), town.round);
  assert.equal((await api.status(town.round, await api.identify(town.round, identifying))).issued, false, 'a code alone asks for nothing');
  const session = await first.identify(identifying);
  assert.equal((await api.status(town.round, session)).issued, true);
  assert.deepEqual(await first.register(session, identifying, secret), { source: 'new', backup: 'saved' });
  assert.deepEqual(await api.status(town.round, session), { issued: true, pseudonym: session.pseudonym });
  const one = await first.cast([{ territory: 4 }, { territory: 1 }]);
  assert.equal((await first.cast([])).version, 2);

  const second = await Resident.enter(api, memoryStore(), town.round);
  const other = await second.identify(identifying);
  await assert.rejects(second.register(other, identifying), (thrown: unknown) => thrown instanceof Fault && thrown.slug === 'already-issued');
  assert.deepEqual(await second.register(other, identifying, secret), { source: 'restored', backup: 'saved' });
  assert.deepEqual(await second.order(), await first.order());
  const last = await second.cast([{ territory: 0 }]);
  assert.equal(last.version, 3);

  await assert.rejects(second.identify('AAAAAAAAAAAAAAAA' as typeof identifying), (thrown: unknown) => thrown instanceof Fault && (thrown.slug === 'code' || thrown.is('taken')));
  const unknown = readLetterCode(town.codes[1] ?? '');
  assert.ok(unknown.ok);
  await assert.rejects(first.identify(unknown.value.identifying), (thrown: unknown) => thrown instanceof Fault && thrown.is('taken'));

  // A batch is full when ballots of twenty credentials wait, so the others of the letters cast too.
  for (const text of town.codes.slice(1)) {
    const letter = readLetterCode(text);
    assert.ok(letter.ok);
    const resident = await Resident.enter(api, memoryStore(), town.round);
    await resident.register(await resident.identify(letter.value.identifying), letter.value.identifying, letter.value.secret);
    await resident.cast([{ territory: 2 }]);
  }
  let receipt = await first.receipt(one);
  for (let time = 0; time < 300 && receipt.state === 'waiting'; time++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    receipt = await first.receipt(one);
  }
  if (receipt.state !== 'logged') assert.fail('the ballot is in the log');
  assert.ok(receipt.head.size > 25);
  await first.follow();
  const kept = (await first.standing()).accepted[0] ?? assert.fail();
  const now = Math.floor(Date.now() / 1000);
  const file = readReceiptFile(first.file(kept, town.url).text) ?? assert.fail();
  const code = readReceiptCode(new URL(await first.address(kept, town.url)).hash) ?? assert.fail();
  for (const checked of [await checkReceiptFile(api, first.place, file, now), await checkReceiptCode(api, first.place, code, now)]) {
    assert.equal(checked.state, 'logged');
  }
  assert.equal(await revealedKey(api, first.place), undefined);
});
