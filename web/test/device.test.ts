// What a device makes on its own: the vectors, which another program wrote, hold here too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ballotHash } from '../src/core/ballot.ts';
import { isPromised } from '../src/core/acceptance.ts';
import { sha256, toHex } from '../src/core/bytes.ts';
import { checkReceipt } from '../src/core/checking.ts';
import { checkpointNote, openCheckpoint } from '../src/core/log/checkpoint.ts';
import { enterPlace } from '../src/core/place.ts';
import { printReceiptCode, readReceiptCode } from '../src/core/receipt_code.ts';
import { printReceiptFile, readReceiptFile, roundOf, trackerOf } from '../src/core/receipt_file.ts';
import { below, territoryOrder } from '../src/core/shuffle.ts';
import { hex, vectors } from './vectors.ts';

interface Vectors {
  readonly orders: readonly { fingerprint: string; credential: string; order: readonly number[] }[];
  readonly receipt: Record<'code_accepted' | 'code_logged' | 'tracker', string> & Record<'file_accepted' | 'file_logged', object>;
}

const all = vectors<Vectors>('device.json');
const place = () => {
  const { rules } = vectors<{ rules: { canonical: string; fingerprint: string } }>('protocol.json');
  return enterPlace('spring', JSON.parse(rules.canonical), rules.fingerprint);
};

test('the orders of the vectors are made again', async () => {
  assert.ok(all.orders.length >= 8);
  for (const { fingerprint, credential, order } of all.orders) {
    assert.deepEqual(await territoryOrder(hex(fingerprint), hex(credential), order.length), order);
  }
});

test('words that would favour small numbers are passed over', async () => {
  const words = [2 ** 32 - 1, 2 ** 32 - 2, 5];
  const next = () => Promise.resolve(words.shift() ?? assert.fail('no word is left'));
  // 2^32 is 1 modulo 3: of three remainders, only the last word would make one of them likelier.
  assert.equal(await below(3, next), 2);
  assert.equal(words.length, 1);
  assert.equal(await below(3, next), 2);
  words.push(2 ** 32 - 1);
  assert.equal(await below(2, next), 1);
});

test('each territory comes first as often as another', async () => {
  const first = [0, 0, 0, 0, 0];
  for (let voter = 0; voter < 2000; voter++) {
    const [at = 0] = await territoryOrder(new Uint8Array(32), await sha256(Uint8Array.of(voter >> 8, voter & 255)), 5);
    first[at] = (first[at] ?? 0) + 1;
  }
  assert.ok(first.every((times) => times > 330 && times < 470), first.join());
});

test('the receipt files of the vectors are read, printed again and hold', async () => {
  const here = await place();
  for (const [value, isLogged] of [[all.receipt.file_accepted, false], [all.receipt.file_logged, true]] as const) {
    const file = readReceiptFile(JSON.stringify(value)) ?? assert.fail('the file is read');
    assert.deepEqual(JSON.parse(printReceiptFile(file)), value);
    const hash = await ballotHash(file.ballot);
    assert.equal(trackerOf(hash), all.receipt.tracker);
    assert.deepEqual(roundOf(file.round), { host: 'vote.example', slug: 'spring' });
    assert.ok(await isPromised({ fingerprint: file.fingerprint, ballot: hash, inLogBy: file.inLogBy }, here.rules.acceptanceKey, file.signature));
    assert.equal(file.logged !== undefined, isLogged);
    if (file.logged) assert.equal((await checkReceipt(here, file.logged, file.ballot)).head.size, 5);
  }
});

test('the receipt codes of the vectors are read, printed again and hold', async () => {
  const here = await place();
  const logged = readReceiptCode(all.receipt.code_logged) ?? assert.fail('the code is read');
  const { head, ...accepted } = logged;
  assert.deepEqual(readReceiptCode(all.receipt.code_accepted), accepted);
  assert.equal(printReceiptCode(logged), all.receipt.code_logged);
  assert.equal(printReceiptCode(accepted), all.receipt.code_accepted);
  assert.equal(toHex(accepted.fingerprint), here.fingerprintHex);
  assert.ok(await isPromised(accepted, here.rules.acceptanceKey, accepted.signature));
  const note = checkpointNote(here.logKey, head?.size ?? 0, head?.root ?? assert.fail(), head?.signature ?? assert.fail());
  assert.equal((await openCheckpoint(note, here.logKey))?.size, 5);
});
