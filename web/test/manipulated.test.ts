// Whatever a server does to the bytes that the client reads (round, receipt, checkpoint, proof, lines), the client says that something is
// wrong or finds exactly what is true: never another line, another head or another ballot.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from '../src/core/api.ts';
import { type Bytes, toHex, utf8 } from '../src/core/bytes.ts';
import { checkReceiptFile } from '../src/core/checking.ts';
import { Fault } from '../src/core/fault.ts';
import { readReceiptFile } from '../src/core/receipt_file.ts';
import { replacementOf } from '../src/core/replacing.ts';
import { Resident } from '../src/core/resident.ts';
import { memoryStore } from '../src/core/store/store.ts';
import { HOUR, type Letter, SLUG, Town, letters } from './town.ts';

const [anna] = letters as [Letter];

/** How an answer is changed. */
type Change = (answer: Bytes) => Bytes;

/** Always the same draws. */
function draws(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}

const text = (change: (answer: string) => string): Change => (answer) => utf8(change(new TextDecoder().decode(answer)));
const lines = (change: (lines: string[]) => string[]): Change => text((answer) => change(answer.split('\n')).join('\n'));
const swapped = (some: string[], one: number): string[] => some.map((_, at) => some[at === one ? one + 1 : at === one + 1 ? one : at] ?? '');

/** What can be done to any answer without a key. */
const CHANGES: { readonly [name: string]: Change } = {
  'nothing of it': () => new Uint8Array(),
  'cut by a byte': (answer) => answer.slice(0, -1),
  'cut by 32 bytes': (answer) => answer.slice(0, -32),
  'its first half': (answer) => answer.slice(0, answer.length / 2),
  'a byte more': (answer) => Uint8Array.of(...answer, 0),
  'a line end more': text((answer) => `${answer}\n`),
  'twice': (answer) => Uint8Array.of(...answer, ...answer),
  'a byte order mark': text((answer) => `\ufeff${answer}`),
  'CRLF': text((answer) => answer.replace(/\n/g, '\r\n')),
  'CRLF in JSON': text((answer) => answer.replace(/\\n/g, '\\r\\n')),
  'the first line away': lines((some) => some.slice(1)),
  'the last line away': lines((some) => some.slice(0, -2).concat('')),
  'the first two lines exchanged': lines((some) => swapped(some, 0)),
  'the second line again': lines((some) => [...some.slice(0, 2), some[1] ?? '', ...some.slice(2)]),
  'a number one more': text((answer) => answer.replace(/(index"?:|\nindex )(\d+)/, (_, name: string, number: string) => `${name}${Number(number) + 1}`)),
  'a size one more': text((answer) => answer.replace(/^(.*\n)(\d+)\n/, (_, origin: string, size: string) => `${origin}${Number(size) + 1}\n`)),
  'another origin': text((answer) => answer.replace(/vote\.example/g, 'vote.evil')),
  'the signature of nobody': text((answer) => answer.replace(/(— \S+ )\S{12}/g, '$1AAAAAAAAAAAA')),
  'hashes in capitals': text((answer) => answer.replace(/[0-9a-f]{64}/g, (hash) => hash.toUpperCase())),
  'an empty list': text((answer) => answer.replace(/\[.*\]/, '[]')),
  'a list that is one shorter': text((answer) => answer.replace(/\["[^"]*",?/, '[')),
  'a list backwards': text((answer) => answer.replace(/\[("[^\]]*")\]/, (_, inner: string) => `[${inner.split(',').reverse().join(',')}]`)),
};

/** A look at everything through a server that changes the answers of one address. */
async function look(town: Town, file: string, path: RegExp, change: Change): Promise<unknown> {
  const fetch = async (address: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const answer = await town.fetch(address, init);
    if (!path.test(String(address))) return answer;
    return new Response(change(new Uint8Array(await answer.arrayBuffer())), { status: answer.status });
  };
  const api = new Api({ fetch });
  const { place } = await Resident.enter(api, memoryStore(), SLUG);
  const vote = await checkReceiptFile(api, place, readReceiptFile(file) ?? assert.fail(), HOUR);
  if (vote.state !== 'logged') return vote;
  const { receipt, today, remembered } = vote;
  const replaced = await replacementOf(api, place, today, receipt.envelope, () => undefined);
  const root = toHex(today.root);
  return { place: place.fingerprintHex, ballot: toHex(receipt.ballot), index: receipt.index, size: today.size, root, remembered: remembered?.size, replaced };
}

test('no changed answer makes the client find what is not true', async () => {
  const town = await Town.found();
  const api = new Api({ fetch: town.fetch });
  const resident = await Resident.enter(api, memoryStore(), SLUG);
  await resident.register(await resident.identify(anna.identifying), anna.identifying, anna.secret);
  const ballot = await resident.cast([{ territory: 1 }]);
  for (let line = 0; line < 3; line++) await town.integrate();
  await resident.receipt(ballot);
  const file = resident.file((await resident.standing()).accepted[0] ?? assert.fail(), 'https://vote.example').text;
  const second = await resident.cast([{ territory: 2 }]);
  for (let line = 0; line < 3; line++) await town.integrate();
  const truth = (await look(town, file, /nothing/, (answer) => answer)) as { size: number; remembered: number; replaced: unknown };
  assert.deepEqual([truth.size, truth.remembered], [9, 5]);
  assert.deepEqual(truth.replaced, { index: 5, version: second.version });

  const counts = { refused: 0, harmless: 0 };
  const draw = draws(20271126);
  for (const path of [/\/rounds\/spring$/, /\/receipts$/, /\/log\/checkpoint$/, /\/log\/consistency/, /\/log\/lines/]) {
    const before = { ...counts };
    const flips = Array.from({ length: 40 }, (): [string, Change] => {
      const [at, bit] = [draw(1 << 30), draw(8)];
      return [`bit ${bit} of byte ${at} changed`, (answer) => (answer.length === 0 ? answer : answer.map((byte, place) => (place === at % answer.length ? byte ^ (1 << bit) : byte)))];
    });
    for (const [name, change] of [...Object.entries(CHANGES), ...flips]) {
      const found = await look(town, file, path, change).catch((thrown: unknown) => {
        assert.ok(thrown instanceof Fault, `${path.source}, ${name}: ${String(thrown)}`);
        return undefined;
      });
      if (found !== undefined) assert.deepEqual(found, truth, `${path.source}, ${name}`);
      counts[found === undefined ? 'refused' : 'harmless'] += 1;
    }
    assert.ok(counts.refused - before.refused > 40, `${path.source}: most of it is refused`);
  }
  console.log(`changed answers: ${counts.refused} refused, ${counts.harmless} that change nothing of what is found`);
});
