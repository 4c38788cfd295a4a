// Letter codes and backups: the vectors, what people type, and slips that are found before anything is sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKUP_LENGTH, openBackup, sealBackup } from '../src/core/backup.ts';
import { toHex, utf8 } from '../src/core/bytes.ts';
import * as codes from '../src/core/codes.ts';
import { flipped, hex, vectors } from './vectors.ts';

interface Vectors {
  readonly backups: readonly { blob: string; content: string; fingerprint: string; secret: string }[];
  readonly codes: readonly { code: string; identifying: string; secret: string }[];
  readonly mistyped: readonly { code: string; fault: string }[];
}

const all = vectors<Vectors>('codes.json');

test('the codes of the vectors are read', () => {
  assert.equal(all.codes.length, 4);
  for (const { code, identifying, secret } of all.codes) {
    assert.deepEqual(codes.readLetterCode(code), { ok: true, value: { identifying, secret } });
    assert.equal(`${codes.inGroups(identifying)} ${codes.inGroups(secret)}`, code);
  }
});

test('the mistyped codes of the vectors are told apart', () => {
  for (const { code, fault } of all.mistyped) {
    const read = codes.readLetterCode(code);
    assert.equal(read.ok ? 'none' : read.fault.fault, fault, code);
  }
});

test('what people type is read as it was meant', () => {
  const { identifying, secret } = all.codes[2] ?? assert.fail();
  const cyrillic = Array.from(identifying, (letter) => 'АВЕКМНРСТУХ'.charAt('ABEKMHPCTYX'.indexOf(letter)) || letter).join('');
  for (const typed of [identifying.toLowerCase(), cyrillic, cyrillic.toLowerCase(), ` ${identifying.slice(0, 5)}\u2014${identifying.slice(5)}\u00a0\u00ad\n`, codes.inGroups(identifying).replace(/-/g, ' – ')]) {
    assert.deepEqual(codes.readIdentifying(typed), { ok: true, value: identifying }, typed);
  }
  const whole = `${identifying.toLowerCase()}  ${secret}`;
  assert.deepEqual(codes.splitTyped(whole), [codes.inGroups(identifying), codes.inGroups(secret)]);
  assert.equal(codes.splitTyped(identifying), undefined);
  assert.equal(codes.typedLetters('abЖ-0 х'), 'ABЖ0X');
});

test('a link fills in the first half only', () => {
  const { identifying, secret } = all.codes[2] ?? assert.fail();
  for (const text of [`${identifying}${secret}`, `${codes.inGroups(identifying)} ${codes.inGroups(secret)}`, identifying.toLowerCase(), `${identifying}${secret}more`]) {
    assert.equal(codes.linkedHalf(text), codes.inGroups(identifying), text);
  }
  assert.equal(codes.linkedHalf(''), '');
});

test('faults name what is wrong, and where', () => {
  const fault = (text: string) => {
    const read = codes.readIdentifying(text);
    return read.ok ? undefined : read.fault;
  };
  assert.deepEqual(fault(''), { fault: 'length', given: 0, expected: 16 });
  assert.deepEqual(fault('A'.repeat(1000)), { fault: 'length', given: 1000, expected: 16 });
  assert.deepEqual(fault('ABCD-OFGH'), { fault: 'letter', letter: 'O', place: 5 });
  assert.deepEqual(fault('ABCD ЖFGH'), { fault: 'letter', letter: 'Ж', place: 5 });
  assert.deepEqual(fault('ß'), { fault: 'letter', letter: 'ß', place: 1 });
  assert.deepEqual(fault('ABCD-EFGH-JKLM-NPRS'), { fault: 'check', half: 'identifying' });
  const { identifying } = all.codes[0] ?? assert.fail();
  const read = codes.readLetterCode(`${identifying}${'A'.repeat(19)}B`);
  assert.deepEqual(read.ok ? undefined : read.fault, { fault: 'check', half: 'secret' });
});

test('any wrong letter and any two that changed places are noticed', () => {
  const { identifying } = all.codes[2] ?? assert.fail();
  for (let at = 0; at < 16; at++) {
    for (const letter of codes.ALPHABET) {
      const typed = identifying.slice(0, at) + letter + identifying.slice(at + 1);
      assert.equal(codes.readIdentifying(typed).ok, letter === identifying[at], typed);
    }
    for (let other = at + 1; other < 16; other++) {
      const letters = Array.from(identifying);
      [letters[at], letters[other]] = [letters[other] ?? '', letters[at] ?? ''];
      assert.equal(codes.readIdentifying(letters.join('')).ok, letters[at] === letters[other]);
    }
  }
});

test('the backups of the vectors open', async () => {
  assert.equal(all.backups.length, 2);
  for (const { blob, content, fingerprint, secret } of all.backups) {
    const opened = await openBackup(secret as codes.SecretCode, hex(fingerprint), hex(blob));
    assert.equal(opened && toHex(opened), content);
  }
});

test('a backup opens with its code in its round only, unchanged', async () => {
  const [secret, other] = [all.codes[0]?.secret, all.codes[1]?.secret] as [codes.SecretCode, codes.SecretCode];
  const round = new Uint8Array(32);
  for (const content of [utf8('credential'), new Uint8Array(), new Uint8Array(1022).fill(7)]) {
    const backup = await sealBackup(secret, round, content);
    assert.equal(backup.length, BACKUP_LENGTH);
    assert.deepEqual(await openBackup(secret, round, backup), content);
    assert.equal(await openBackup(other, round, backup), undefined);
    assert.equal(await openBackup(secret, flipped(round, 3), backup), undefined);
    for (const at of [0, 20, 1051]) assert.equal(await openBackup(secret, round, flipped(backup, at)), undefined);
    assert.equal(await openBackup(secret, round, backup.slice(1)), undefined);
  }
  await assert.rejects(sealBackup(secret, round, new Uint8Array(1023)), RangeError);
});
