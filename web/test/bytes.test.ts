// Texts of bytes have one spelling, and integers are refused rather than rounded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as bytes from '../src/core/bytes.ts';
import { canonical, parseCanonical } from '../src/core/json.ts';
import { fingerprintOf } from '../src/core/rules.ts';
import { vectors } from './vectors.ts';

test('base64 and hexadecimal read back, at every length', () => {
  for (let length = 0; length < 70; length++) {
    const some = bytes.random(length);
    assert.equal(bytes.toBase64(some), Buffer.from(some).toString('base64'));
    assert.equal(bytes.toBase64Url(some), Buffer.from(some).toString('base64url'));
    assert.deepEqual(bytes.fromBase64(bytes.toBase64(some)), some);
    assert.deepEqual(bytes.fromBase64Url(bytes.toBase64Url(some)), some);
    assert.deepEqual(bytes.fromHex(bytes.toHex(some)), some);
  }
});

test('every other spelling is refused', () => {
  for (const text of ['A', 'AA', 'AAA', 'AA=', 'AB==', 'AAB=', 'AAAA====', 'AAAA\n', ' AAAA', 'AA-_', '====', 'AAAA=AAA']) {
    assert.equal(bytes.fromBase64(text), undefined, text);
  }
  for (const text of ['A', 'AB', 'AAB', 'AA==', 'AA+/', 'AAAAA']) assert.equal(bytes.fromBase64Url(text), undefined, text);
  for (const text of ['0', 'AB', '0g', ' 00', '00\n']) assert.equal(bytes.fromHex(text), undefined, text);
  assert.equal(bytes.fromHex('0000', 3), undefined);
  assert.equal(bytes.fromBase64('AAAA', 4), undefined);
});

test('numbers are big-endian, and none beyond 2^53 is taken', () => {
  assert.equal(bytes.toHex(bytes.u16(0x1234)), '1234');
  assert.equal(bytes.toHex(bytes.u32(0xfedcba98)), 'fedcba98');
  assert.equal(bytes.toHex(bytes.i64(-2)), 'fffffffffffffffe');
  assert.equal(bytes.readI64(bytes.i64(1_800_007_200), 0), 1_800_007_200);
  assert.equal(bytes.readI64(Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 1), 0), undefined);
  assert.throws(() => bytes.i64(2 ** 53));
});

test('canonical JSON has one spelling', () => {
  assert.equal(canonical({ b: [1, -2, true], a: 'ё\u0001"\\\n', '\u20ac': {}, '1': '😀' }), '{"1":"😀","a":"ё\\u0001\\"\\\\\\n","b":[1,-2,true],"€":{}}');
  assert.deepEqual(parseCanonical('{"a":[1]}'), { a: [1] });
  for (const text of ['{"a": 1}', '{"b":1,"a":2}', '{"a":1,"a":1}', '1.0', '-0', '1e3', 'null', '{"a":null}', '"\\u0041"', '01', '{"a":1}\n']) {
    assert.equal(parseCanonical(text), undefined, text);
  }
});

test('integers beyond 2^53 are refused, not rounded', () => {
  assert.equal(canonical(JSON.parse('9007199254740991')), '9007199254740991');
  for (const text of ['9007199254740992', '9007199254740993', '18446744073709551615', '-9007199254740993', '1.5', '1e400']) {
    assert.throws(() => canonical(JSON.parse(text)), text);
  }
  assert.throws(() => canonical('\ud800'));
  assert.throws(() => canonical('a\udc00'));
});

test('the rules of the vectors have their fingerprint', async () => {
  const { rules } = vectors<{ rules: { canonical: string; fingerprint: string } }>('protocol.json');
  const value: unknown = JSON.parse(rules.canonical);
  assert.equal(canonical(value), rules.canonical);
  assert.equal(bytes.toHex(await fingerprintOf(value)), rules.fingerprint);
  assert.notEqual(bytes.toHex(await fingerprintOf({ ...(value as object), quorum: 1 })), rules.fingerprint);
});
