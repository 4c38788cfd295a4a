// Choices, credentials, ballots and acceptances: the vectors hold, and no changed byte gets through.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { acceptanceMessage, isPromised } from '../src/core/acceptance.ts';
import { ballotHash, ballotLength, checkBallot, makeBallot, openBallot } from '../src/core/ballot.ts';
import { type Bytes, concat, toHex, utf8 } from '../src/core/bytes.ts';
import { type Ballot, type Mark, checkChoice, choiceLength, decodeChoice, encodeChoice } from '../src/core/choice.ts';
import { importSigningKey, isPublicKey, publicKeyOf, sign, useNativeEd25519, verify } from '../src/core/ed25519.ts';
import { Fault } from '../src/core/fault.ts';
import { blind, credentialMessage, finalize, importIssuerKey, verifyIssuer } from '../src/core/issuer.ts';
import { enterPlace } from '../src/core/place.ts';
import { type Kind, fingerprintOf, readRules } from '../src/core/rules.ts';
import { importOpeningKey, importSealingKey, seal } from '../src/core/seal.ts';
import { flipped, hex, vectors } from './vectors.ts';

interface Vectors {
  readonly acceptance: { in_log_by: number; message: string; secret: string; signature: string };
  readonly ballot: Record<'ballot' | 'choice' | 'credential_message' | 'credential_secret' | 'hash' | 'issuer_key' | 'issuer_signature' | 'opening_key' | 'sealed', string> & { version: number };
  readonly choices: readonly { choice: string; marks: readonly (readonly [id: string, value: number | null])[]; name: string; rules: string }[];
  readonly rules: { canonical: string; fingerprint: string };
}

const all = vectors<Vectors>('protocol.json');
const place = () => enterPlace('spring', JSON.parse(all.rules.canonical), all.rules.fingerprint);

/** Reads the voting part of a vector by putting it into whole rules. */
function ballotOf(voting: string): { ballot: Ballot; ids: readonly string[] } {
  const rules = readRules({ ...(JSON.parse(all.rules.canonical) as object), voting: JSON.parse(voting) as unknown });
  return { ballot: { kind: rules.kind, territories: rules.territories.length }, ids: rules.territories.map(({ id }) => id) };
}

test('the choices of the vectors are encoded and decoded', () => {
  assert.deepEqual(all.choices.map(({ name }) => name), ['approval', 'blank', 'ranked', 'score', 'points']);
  for (const { choice, marks, name, rules } of all.choices) {
    const { ballot, ids } = ballotOf(rules);
    const given = marks.map(([id, value]): Mark => ({ territory: ids.indexOf(id), ...(value !== null && { value }) }));
    assert.deepEqual(encodeChoice(ballot, given), hex(choice), name);
    const checked = checkChoice(ballot, given);
    assert.deepEqual(decodeChoice(ballot, hex(choice)), checked, name);
  }
});

test('bytes that are no choice are told apart, the first reason first', () => {
  const of = (kind: Kind): Ballot => ({ kind, territories: 3 });
  const reason = (ballot: Ballot, bytes: string) => {
    const read = decodeChoice(ballot, hex(bytes.padEnd(2 * choiceLength(ballot), '0')));
    return read.ok ? 'valid' : read.reason;
  };
  const approval = of({ kind: 'approval', max: 2 });
  const ranked = of({ kind: 'ranked', max: 3 });
  const score = of({ kind: 'score', max: 10 });
  const points = of({ kind: 'points', each: 6, total: 10 });
  assert.equal(decodeChoice(approval, new Uint8Array(6)).ok, false);
  for (const [ballot, bytes, expected] of [
    [approval, '01000200000002', 'valid'],
    [approval, '010000', 'valid'],
    [approval, '0100020000000200', 'length'],
    [approval, '00000200000002', 'format'],
    [approval, '02000200000002', 'format'],
    [approval, '01000300000002', 'too-many'],
    [approval, '01ffff00000002', 'too-many'],
    [approval, '01000100000002', 'padding'],
    [approval, '01000200000003', 'unknown-territory'],
    [approval, '01000200030003', 'unknown-territory'],
    [approval, '01000200010001', 'duplicate'],
    [approval, '01000200020000', 'order'],
    [ranked, '010003000200000001', 'valid'],
    [ranked, '010003000200000002', 'duplicate'],
    [score, '0100020000000000000001' + '0000000a', 'valid'],
    [score, '0100020000000000000001' + '0000000b', 'out-of-range'],
    [score, '0100020001000000000000' + '0000000b', 'out-of-range'],
    [score, '0100020001000000000000' + '00000001', 'order'],
    [points, '0100020000000000060001' + '00000004', 'valid'],
    [points, '0100020000000000060001' + '00000005', 'too-many-points'],
    [points, '0100020000000000060001' + '00000000', 'out-of-range'],
    [points, '0100020000000000070001' + '00000000', 'out-of-range'],
    [points, '0100020001000000060000' + '00000005', 'too-many-points'],
  ] as const) {
    assert.equal(reason(ballot, bytes), expected, `${ballot.kind.kind} ${bytes}`);
  }
  assert.equal(choiceLength(of({ kind: 'points', total: 2 })), 15);
  const small: Ballot = { kind: { kind: 'approval', max: 1 }, territories: 3 };
  assert.equal(encodeChoice(small, [{ territory: 0 }, { territory: 1 }]), 'too-many');
  assert.equal(encodeChoice(small, [{ territory: 0, value: 1 }]), 'value-not-expected');
  assert.equal(encodeChoice(score, [{ territory: 0 }]), 'value-missing');
  assert.equal(encodeChoice(score, [{ territory: 0, value: 1.5 }]), 'out-of-range');
  assert.equal(encodeChoice(small, [{ territory: 0.5 }]), 'unknown-territory');
});

const COUNT = 'RSABSSA-SHA384-PSS-Deterministic';

test('blinding and finalizing give the bytes of RFC 9474', async (t) => {
  const { vectors: all } = vectors<{ vectors: readonly Record<string, string>[] }>('rfc9474.json');
  for (const vector of all) {
    const [n, input, inv, blindSig, sig, salt] = ['n', 'input_msg', 'inv', 'blind_sig', 'sig', 'salt'].map((name) => hex(vector[name] ?? '')) as [Bytes, Bytes, Bytes, Bytes, Bytes, Bytes];
    const jwk = { kty: 'RSA', n: Buffer.from(n).toString('base64url'), e: 'AQAB' };
    const key = await crypto.subtle.importKey('jwk', jwk, { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);
    const issuer = { key, length: n.length };
    assert.deepEqual(await finalize(issuer, input, blindSig, inv), sig);
    // With salt and blinding factor of the vector in the place of chance, the blinded message is the vector's too.
    const modulus = BigInt(`0x${toHex(n)}`);
    const factor = hex(inverse(BigInt(`0x${toHex(inv)}`), modulus).toString(16).padStart(2 * n.length, '0'));
    const chance = t.mock.method(crypto, 'getRandomValues', (into: Uint8Array) => {
      into.set(into.length === salt.length ? salt : factor);
      return into;
    });
    const { blinded, inverse: kept } = await blind(issuer, input);
    chance.mock.restore();
    assert.equal(toHex(blinded), vector['blinded_msg'], vector['name']);
    assert.deepEqual(kept, inv);
    for (const [answer, unblinder] of [[flipped(blindSig, 7), inv], [blindSig, flipped(inv, 200)], [blindSig.slice(1), inv], [blindSig, inv.slice(1)], [new Uint8Array(n.length), inv], [n, inv]] as const) {
      await assert.rejects(finalize(issuer, input, answer, unblinder), /issuer-signature/);
    }
    await assert.rejects(finalize(issuer, flipped(input, 0), blindSig, inv), /issuer-signature/);
  }
  assert.ok(all.some(({ name }) => name === COUNT));
});

test('only keys of 2048 bits or more with exponent 65537 are issuer keys', async () => {
  assert.equal((await importIssuerKey(hex(all.ballot.issuer_key))).length, 256);
  const spki = async (modulusLength: number, publicExponent: Bytes) => {
    const { publicKey } = await crypto.subtle.generateKey({ name: 'RSA-PSS', hash: 'SHA-384', modulusLength, publicExponent }, true, ['sign', 'verify']);
    return new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
  };
  for (const der of [utf8('no key'), await spki(1024, Uint8Array.of(1, 0, 1)), await spki(2048, Uint8Array.of(3))]) {
    await assert.rejects(importIssuerKey(der), /issuer key/);
  }
});

for (const native of [true, false]) {
  const by = native ? 'WebCrypto' : 'the library';

  test(`the ballot of the vectors is made, checked and opened, Ed25519 by ${by}`, async () => {
    useNativeEd25519(native);
    const here = await place();
    const { ballot } = all;
    const seed = hex(ballot.credential_secret);
    const publicKey = await publicKeyOf(seed);
    assert.equal(toHex(credentialMessage(here.fingerprint, publicKey)), ballot.credential_message);
    assert.ok(await verifyIssuer(here.issuer, hex(ballot.credential_message), hex(ballot.issuer_signature)));

    const bytes = hex(ballot.ballot);
    assert.equal(bytes.length, ballotLength(here));
    assert.equal(toHex(await ballotHash(bytes)), ballot.hash);
    const envelope = await checkBallot(here, bytes);
    if (typeof envelope === 'string') assert.fail(envelope);
    assert.equal(envelope.version, ballot.version);
    assert.equal(toHex(envelope.sealed), ballot.sealed);
    // Ed25519 is deterministic: the same parts make the same ballot.
    const key = await importSigningKey(seed.slice());
    assert.deepEqual(concat(envelope.signed, await sign(key, concat(utf8('veche/ballot/v1\0'), envelope.signed))), bytes);

    const opening = await importOpeningKey(hex(ballot.opening_key), here.rules.sealingKey);
    const opened = await openBallot(here, opening, envelope);
    assert.deepEqual(opened, decodeChoice(here.ballot, hex(ballot.choice)));
    assert.deepEqual(await openBallot(here, opening, { ...envelope, version: 4 }), { ok: false, reason: 'not-opened' });

    const own = await makeBallot(here, { publicKey, issuerSignature: hex(ballot.issuer_signature), key }, 9, hex(ballot.choice));
    const again = await checkBallot(here, own);
    if (typeof again === 'string') assert.fail(again);
    assert.deepEqual(await openBallot(here, opening, again), opened);
  });

  test(`a ballot with any part changed is refused, Ed25519 by ${by}`, async () => {
    useNativeEd25519(native);
    const here = await place();
    const bytes = hex(all.ballot.ballot);
    const expected = new Map([[0, 'ballot-format'], [1, 'ballot-other-round'], [32, 'ballot-other-round'], [65, 'ballot-issuer-signature'], [320, 'ballot-issuer-signature']]);
    for (const at of [0, 1, 32, 65, 320, 324, 326, 400, 420, bytes.length - 64, bytes.length - 1]) {
      assert.equal(await checkBallot(here, flipped(bytes, at)), expected.get(at) ?? 'ballot-signature', `byte ${at}`);
    }
    const zero = bytes.slice();
    zero.fill(0, 321, 325);
    assert.equal(await checkBallot(here, zero), 'ballot-version');
    assert.equal(await checkBallot(here, bytes.slice(1)), 'ballot-length');
    const weak = bytes.slice();
    weak.fill(0, 33, 65);
    assert.equal(await checkBallot(here, weak), 'ballot-credential');
  });

  test(`the acceptance of the vectors is a promise, and no other, Ed25519 by ${by}`, async () => {
    useNativeEd25519(native);
    const { acceptance, ballot, rules } = all;
    const promise = { fingerprint: hex(rules.fingerprint), ballot: hex(ballot.hash), inLogBy: acceptance.in_log_by };
    const key = await publicKeyOf(hex(acceptance.secret));
    const signature = hex(acceptance.signature);
    assert.equal(toHex(acceptanceMessage(promise)), acceptance.message);
    assert.ok(await isPromised(promise, key, signature));
    for (let at = 0; at < 64; at++) assert.ok(!(await isPromised(promise, key, flipped(signature, at))), `byte ${at}`);
    assert.ok(!(await isPromised(promise, flipped(key, 3), signature)));
    assert.ok(!(await isPromised({ ...promise, inLogBy: promise.inLogBy + 3600 }, key, signature)));
    assert.ok(!(await isPromised({ ...promise, ballot: flipped(promise.ballot, 31) }, key, signature)));
    assert.ok(!(await isPromised({ ...promise, fingerprint: flipped(promise.fingerprint, 0) }, key, signature)));
    assert.ok(!(await isPromised(promise, key, signature.slice(1))));
    const late = { ...promise, inLogBy: promise.inLogBy + 1 };
    assert.ok(!(await isPromised(late, key, await sign(await importSigningKey(hex(acceptance.secret)), acceptanceMessage(late)))), 'no full hour');
  });

  test(`signatures are checked strictly, by ${by}`, async () => {
    useNativeEd25519(native);
    // Key, nonce and scalar all nought hold for every message by the bare equation: a point of order four or one.
    const identity = concat(Uint8Array.of(1), new Uint8Array(31));
    const forged = concat(identity, new Uint8Array(32));
    assert.ok(!isPublicKey(identity) && !isPublicKey(new Uint8Array(32)) && !isPublicKey(new Uint8Array(31)));
    for (const key of [identity, new Uint8Array(32)]) assert.ok(!(await verify(key, utf8('anything'), forged)));
    const seed = new Uint8Array(32).fill(5);
    const signature = await sign(await importSigningKey(seed), utf8('text'));
    const key = await publicKeyOf(seed);
    assert.ok(await verify(key, utf8('text'), signature));
    // The scalar plus the group's order is the same number to a lax reader.
    const order = (1n << 252n) + 27742317777372353535851937790883648493n;
    const scalar = BigInt(`0x${toHex(signature.slice(32).reverse())}`) + order;
    const malleable = concat(signature.slice(0, 32), hex(scalar.toString(16).padStart(64, '0')).reverse());
    assert.ok(!(await verify(key, utf8('text'), malleable)));
  });
}

test('rules that do not hold together, or are for another round, are no place', async () => {
  const rules = JSON.parse(all.rules.canonical) as Record<string, unknown>;
  const enter = async (changed: unknown) => enterPlace('spring', changed, toHex(await fingerprintOf(changed)));
  assert.equal((await enter(rules)).fingerprintHex, all.rules.fingerprint);
  await assert.rejects(enterPlace('spring', { ...rules, quorum: 1 }, all.rules.fingerprint), /fingerprint/);
  await assert.rejects(enterPlace('spring', rules, 'nothing'), /fingerprint/);
  const { title: _, ...untitled } = rules;
  const voting = rules['voting'] as object;
  for (const changed of [
    untitled,
    { ...rules, more: 1 },
    { ...rules, slug: 'autumn' },
    { ...rules, origin: 'vote.example/rounds/other' },
    { ...rules, acceptance_key: `${'A'.repeat(43)}=` },
    { ...rules, sealing_key: rules['acceptance_key'] },
    { ...rules, issuer_key: rules['acceptance_key'] },
    { ...rules, log_key: 'x' },
    { ...rules, voting: { ...voting, method: 'lots' } },
    { ...rules, voting: { ...voting, territories: [] } },
    { ...rules, voting: { ...voting, kind: { approval: { max: 0 } } } },
    { ...rules, voting: { ...voting, kind: { approval: { max: 1 }, score: { max: 1 } } } },
    { ...rules, closes_at: 2 ** 53 },
    { ...rules, closes_at: null },
    [],
    null,
  ]) {
    const isRules = (thrown: unknown) => thrown instanceof Fault && thrown.is('rules');
    await assert.rejects(enter(changed), isRules, JSON.stringify(changed));
  }
});

test('a round names its witnesses, or none', () => {
  const rules = JSON.parse(all.rules.canonical) as Record<string, unknown>;
  const keys = ['witness.example/w1+6365f966+BIqI491Ck7+9g', 'witness.example/w2+0a1b2c3d+Bnrq8w=='];
  assert.equal(readRules(rules).witnesses, undefined);
  assert.deepEqual(readRules({ ...rules, witnesses: { keys, quorum: 2 } }).witnesses, { keys, quorum: 2 });
  for (const witnesses of [
    null,
    [],
    {},
    { keys },
    { keys, quorum: 0 },
    { keys, quorum: 3 },
    { keys, quorum: 1.5 },
    { keys, quorum: '1' },
    { keys, quorum: 1, more: 1 },
    { keys: [], quorum: 1 },
    { keys: [keys[0], keys[0]], quorum: 1 },
    { keys: [1], quorum: 1 },
    { keys: ['witness.example/w1'], quorum: 1 },
    { keys: ['a b+6365f966+BIqI'], quorum: 1 },
    { keys: ['log.example+6365f966+AIqI'], quorum: 1 },
    { keys: Array.from({ length: 17 }, (_, at) => `w${at}+6365f966+BIqI`), quorum: 1 },
  ]) {
    assert.throws(() => readRules({ ...rules, witnesses }), (thrown: unknown) => thrown instanceof Fault && thrown.is('rules'), JSON.stringify(witnesses));
  }
});

test('an opening key of another round is noticed', async () => {
  const here = await place();
  for (const scalar of [flipped(hex(all.ballot.opening_key), 0), new Uint8Array(32), new Uint8Array(31).fill(7), new Uint8Array(32).fill(255)]) {
    await assert.rejects(importOpeningKey(scalar, here.rules.sealingKey), /opening-key/);
  }
  await assert.rejects(importSealingKey(new Uint8Array(65).fill(4)), /sealing key/);
  const sealed = await seal(here.sealingKey, { fingerprint: here.fingerprint, credential: here.fingerprint, version: 1 }, utf8('x'));
  assert.equal(sealed.length, 65 + 1 + 16);
});

after(() => useNativeEd25519(true));

/** Extended Euclid. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value, modulus, 1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % modulus) + modulus) % modulus;
}
