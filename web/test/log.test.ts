// The log: the vectors hold, and no changed byte of a note, a proof or a line gets through.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bytes, fromUtf8, toBase64, toHex, utf8 } from '../src/core/bytes.ts';
import { checkpointNote, openCheckpoint } from '../src/core/log/checkpoint.ts';
import { leafHash, rootHash } from '../src/core/log/hash.ts';
import { ballotOf, readLine } from '../src/core/log/line.ts';
import { readLogKey, readNote } from '../src/core/log/note.ts';
import { verifyConsistency, verifyInclusion } from '../src/core/log/proof.ts';
import { checkTlogProof, readTlogProof } from '../src/core/log/tlog_proof.ts';
import { inclusionPath } from './tree.ts';
import { flipped, hex, vectors } from './vectors.ts';

interface Vectors {
  readonly checkpoint: string;
  readonly consistency: readonly { old: number; new: number; proof: readonly string[] }[];
  readonly entries: readonly string[];
  readonly leaves: readonly string[];
  readonly roots: readonly string[];
  readonly tlog_proof: string;
  readonly vkey: string;
}

const all = vectors<Vectors>('log.json');
const entries = all.entries.map(hex);
const roots = all.roots.map(hex);
const root = (size: number): Bytes => roots[size] ?? assert.fail();
const key = async () => (await readLogKey(all.vkey)) ?? assert.fail('the vkey is read');

test('leaves and roots are those of the vectors', async () => {
  const leaves = await Promise.all(entries.map(leafHash));
  assert.deepEqual(leaves.map(toHex), all.leaves);
  for (let size = 0; size <= 8; size++) assert.equal(toHex(await rootHash(leaves.slice(0, size))), all.roots[size]);
});

test('the consistency proofs of the vectors hold, and no others', async () => {
  for (const one of all.consistency) {
    const proof = one.proof.map(hex);
    assert.ok(await verifyConsistency(one.old, root(one.old), one.new, root(one.new), proof), `${one.old} to ${one.new}`);
    for (let at = 0; at < proof.length; at++) {
      const changed = proof.map((hash, place) => (place === at ? flipped(hash, 9) : hash));
      assert.ok(!(await verifyConsistency(one.old, root(one.old), one.new, root(one.new), changed)));
      assert.ok(!(await verifyConsistency(one.old, root(one.old), one.new, root(one.new), proof.slice(at + 1))));
    }
    assert.ok(!(await verifyConsistency(one.old, root(one.old), one.new, root(one.new), [...proof, root(1)])));
    assert.ok(!(await verifyConsistency(one.old, flipped(root(one.old), 0), one.new, root(one.new), proof)));
    assert.ok(!(await verifyConsistency(one.old, root(one.old), one.new, flipped(root(one.new), 0), proof)));
  }
  assert.ok(!(await verifyConsistency(0, root(0), 8, root(8), [])));
  assert.ok(!(await verifyConsistency(8, root(8), 7, root(7), [])));
});

test('every leaf of every size is included where it stands, and nowhere else', async () => {
  const leaves = await Promise.all(entries.map(leafHash));
  for (let size = 1; size <= 8; size++) {
    for (let index = 0; index < size; index++) {
      const path = await inclusionPath(leaves.slice(0, size), index);
      for (let place = 0; place <= size; place++) {
        const leaf = leaves[index] ?? assert.fail();
        assert.equal(await verifyInclusion(leaf, place, size, path, root(size)), place === index, `${index} of ${size} at ${place}`);
      }
      const leaf = leaves[index] ?? assert.fail();
      assert.ok(!(await verifyInclusion(leaf, index, size, [...path, leaf], root(size))));
      assert.ok(!(await verifyInclusion(flipped(leaf, 0), index, size, path, root(size))));
      if (path.length > 0) assert.ok(!(await verifyInclusion(leaf, index, size, path.slice(1), root(size))));
    }
  }
});

test('the checkpoint of the vectors opens; with any byte changed it does not', async () => {
  const log = await key();
  const head = (await openCheckpoint(all.checkpoint, log)) ?? assert.fail();
  assert.deepEqual([head.size, toHex(head.root)], [8, all.roots[8]]);
  assert.equal(checkpointNote(log, head.size, head.root, head.signature), all.checkpoint);
  const bytes = utf8(all.checkpoint);
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [1, 32]) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ bit;
      const text = fromUtf8(changed);
      assert.equal(text === undefined ? undefined : await openCheckpoint(text, log), undefined, `byte ${at}`);
    }
  }
});

test('notes have one spelling', async () => {
  const log = await key();
  const [text = '', signature = ''] = all.checkpoint.split('\n\n');
  const other = `— vote.example/other ${toBase64(new Uint8Array(68).fill(3))}\n`;
  assert.ok(await openCheckpoint(`${text}\n\n${signature}${other}`, log), 'signatures of other keys are passed over');
  const wrongOwn = signature.replace(/ [^ ]*$/, ` ${toBase64(new Uint8Array([...log.id, ...new Uint8Array(64)]))}\n`);
  for (const note of [
    `${text}\n\n${other}`,
    `${text}\n\n${signature}${wrongOwn}`,
    `${text}\n\n${signature}\n`,
    `${text}\n\n\n${signature}`,
    `${text}\n\n${signature.trimEnd()}`,
    `${text}\r\n\n${signature}`,
    `${text}\n\n`,
    `${text}\n\n${signature}${other.repeat(64)}`,
    ` ${text}\n\n${signature}`,
    '',
  ]) {
    assert.equal(await openCheckpoint(note, log), undefined, JSON.stringify(note));
  }
  assert.equal(readNote(`${'a'.repeat(1 << 20)}\n\n${signature}`), undefined);
});

test('verifier keys have one spelling', async () => {
  assert.ok(await readLogKey(all.vkey));
  const small = '0100000000000000000000000000000000000000000000000000000000000000';
  for (const text of ['', all.vkey.replace('+0', '+1'), `${all.vkey}=`, all.vkey.replace('vote', 'vo te'), ` ${all.vkey}`, all.vkey.slice(0, -1), `a+00000000+${toBase64(hex(`01${small}`))}`]) {
    assert.equal(await readLogKey(text), undefined, text);
  }
});

test('the receipt of the vectors holds for its line only', async () => {
  const log = await key();
  const proof = readTlogProof(all.tlog_proof) ?? assert.fail();
  for (const [index, entry] of entries.entries()) {
    // The vectors' entries are no texts, so their bytes stand for the line here.
    const leaf = await leafHash(entry);
    const head = (await openCheckpoint(proof.checkpoint, log)) ?? assert.fail();
    assert.equal(await verifyInclusion(leaf, proof.index, head.size, proof.path, head.root), index === 5, `entry ${index}`);
  }
  assert.equal(await checkTlogProof(proof, 'another line', log), 'proof');
  const cut = readTlogProof(all.tlog_proof.replace('index 5\n', 'index 5\n\n')) ?? assert.fail();
  assert.equal(await checkTlogProof(cut, 'x', log), 'checkpoint', 'the path is part of the note then');
  assert.equal(await checkTlogProof({ ...proof, checkpoint: proof.checkpoint.replace('8', '9') }, 'x', log), 'checkpoint');
});

test('receipts have one spelling', () => {
  const [header = ''] = all.tlog_proof.split('\n', 1);
  for (const text of [
    all.tlog_proof.replace('@v1', '@v2'),
    all.tlog_proof.replace('index 5', 'index 05'),
    all.tlog_proof.replace('index 5', 'index -5'),
    all.tlog_proof.replace('index 5', 'index 9007199254740993'),
    all.tlog_proof.replace('index', 'Index'),
    all.tlog_proof.replace(`${header}\n`, `${header}\nextra \n`),
    all.tlog_proof.replace(`${header}\n`, `${header}\nextra AB==\n`),
    ` ${all.tlog_proof}`,
    '',
  ]) {
    assert.equal(readTlogProof(text), undefined, JSON.stringify(text));
  }
  assert.ok(readTlogProof(all.tlog_proof.replace(`${header}\n`, `${header}\nextra AAAA\n`)));
});

test('lines have one spelling', async () => {
  const { line, ballot } = vectors<{ line: { bytes: string; leaf: string }; ballot: { ballot: string } }>('protocol.json');
  const read = readLine(line.bytes) ?? assert.fail();
  assert.equal(read.index, 7);
  assert.equal(toHex(ballotOf(read) ?? assert.fail()), ballot.ballot);
  assert.equal(toHex(await leafHash(utf8(line.bytes))), line.leaf);
  for (const text of [
    `${line.bytes}\n`,
    line.bytes.replace('"index":7', '"index": 7'),
    line.bytes.replace('"index":7', '"index":7.5'),
    line.bytes.replace('"index":7', '"index":7,"more":1'),
    line.bytes.replace('{"event"', '{"Event"'),
    line.bytes.replace('{"ballot"', '{"a":1,"ballot"'),
    line.bytes.replace('0909', '09'),
  ]) {
    assert.equal(readLine(text), undefined, text);
  }
  assert.equal(ballotOf(readLine(line.bytes.replace('"envelope"', '"envelops"')) ?? assert.fail()), undefined);
});
