// A vote from the letter to the device check: one resident, one phone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { PHONE, accessibilityFaults, api, certify, device, openBrowser, stages, until } from './stage.mjs';
import { at, casts, comesTo, halves, isLogged, kept, marks, nothingBroke, state, titles, tracker, votes } from './resident.mjs';

const [stage] = stages;
let browser, phone, first, second, receipt, code;

before(async () => {
  browser = await openBrowser();
  phone = await device(browser, PHONE);
});
after(() => browser.close());

test('a link fills in the first half only, says so, and leaves nothing of the code in the address bar', async () => {
  const { page } = phone;
  await page.goto(`${at(stage, 'ballot')}#${encodeURIComponent(stage.codes[0])}`);
  await comesTo(page, 'code');
  const { first: one, second: two } = halves(stage.codes[0]);
  assert.equal(await page.locator('#code-first').inputValue(), one);
  assert.equal(await page.locator('#code-second').inputValue(), '', 'the second half is not taken from an address');
  assert.match(await page.locator('#code-linked').innerText(), /сверьте/);
  assert.equal(new URL(page.url()).hash, '');
  await page.locator('#code-second').fill(two);
});

test('marks are not a vote: the page says so until the acceptance is checked', async () => {
  const { page } = phone;
  await page.locator('#code-submit').click();
  await comesTo(page, 'marks');
  assert.match(await page.locator('#summary').innerText(), /0 из 3/);
  await page.locator('#mark-1').check();
  assert.match(await page.locator('#status').innerText(), /НЕ УЧТЁН/);
  assert.match(await page.locator('#summary').innerText(), /1 из 3/);
  for (const position of [4, 6]) await page.locator(`#mark-${position}`).check();
  // The fourth mark is refused in words, and not made.
  await page.locator('#mark-7').click();
  assert.equal(await page.locator('#mark-7').isChecked(), false);
  assert.match(await page.locator('#refusal').innerText(), /3/);
  const requests = [];
  page.on('request', (request) => requests.push(request));
  await casts(page);
  first = await tracker(page);
  assert.match(first, /^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/);
  const cast = requests.find((request) => request.url().endsWith('/ballots'));
  const headers = await cast.allHeaders();
  assert.equal(headers.cookie, undefined);
  assert.equal(headers.authorization, undefined);
  assert.equal(headers.referer, undefined);
  assert.ok(!requests.some((request) => request.url().includes(first.replaceAll('-', ''))), 'no address names the ballot');
});

test('the page finds the ballot in the log and checks it', async () => {
  await isLogged(phone.page);
  assert.match(await phone.page.locator('.receipt').innerText(), /строка \d+/);
});

test('nothing that is kept tells the choice or the letter', async () => {
  const { page } = phone;
  const text = await kept(page);
  assert.ok(text.length > 500, 'something is kept');
  const { first: one, second: two } = halves(stage.codes[0]);
  for (const secret of [one, two, one.replaceAll('-', ''), two.replaceAll('-', '')]) assert.ok(!text.includes(secret));
  for (const title of ['Territory 2', 'Territory 5', 'marks']) assert.ok(!text.includes(title), title);
  assert.ok(!text.includes('extractable true'), 'no key can be taken out');
});

test('the order of territories is this voter’s own, and stays', async () => {
  const { page } = phone;
  await page.locator('#cast-again').click();
  await comesTo(page, 'marks');
  const order = await titles(page);
  assert.equal(new Set(order).size, 8);
  await page.reload();
  await comesTo(page, 'greeting');
  await page.locator('#continue').click();
  await comesTo(page, 'accepted');
  await page.locator('#cast-again').click();
  await comesTo(page, 'marks');
  assert.deepEqual(await titles(page), order);
});

test('casting again shows nothing of the earlier choice, and counts instead of it', async () => {
  const { page } = phone;
  assert.equal(await page.locator('#marks input:checked').count(), 0);
  await marks(page, [2]);
  await casts(page);
  second = await tracker(page);
  assert.notEqual(second, first);
  await isLogged(page);
});

test('the receipt is saved as a file and shown as a code', async () => {
  const { page } = phone;
  const download = page.waitForEvent('download');
  await page.locator('button.save').click();
  const file = await download;
  assert.equal(file.suggestedFilename(), `veche-receipt-${second}.json`);
  receipt = await file.path();
  assert.equal(JSON.parse(await readFile(receipt, 'utf8')).format, 1);
  await page.locator('button.show-qr').click();
  await page.locator('figure.qr svg').waitFor();
  code = await page.locator('figure.qr').screenshot();
});

test('the device’s receipts are found again on a later visit', async () => {
  const { page } = phone;
  await page.goto(at(stage, 'receipt'));
  await comesTo(page, 'receipts');
  await page.locator('#log-state[data-log="holds"]').waitFor();
  const trackers = await page.locator('code.tracker').allInnerTexts();
  assert.deepEqual(trackers, [second, first]);
});

test('before the opening a check shows that the vote is in the log, and nothing of what it is', async () => {
  const { page } = await device(browser);
  await page.goto(at(stage, 'check'));
  await comesTo(page, 'check');
  await page.locator('#receipt-file').setInputFiles(receipt);
  await page.locator('#found[data-found="logged"]').waitFor();
  await page.locator('[data-counted="sealed"]').waitFor();
  for (const step of ['promise', 'line', 'proof', 'head', 'growth']) {
    assert.equal(await page.locator(`[data-step="${step}"]`).getAttribute('data-outcome'), 'held', step);
  }
});

test('a receipt that was changed is caught', async () => {
  const { page } = await device(browser);
  const changed = JSON.parse(await readFile(receipt, 'utf8'));
  const { receipt: logged } = changed;
  const tampered = { ...changed, receipt: { ...logged, index: logged.index + 1, proof: logged.proof.replace(`index ${logged.index}`, `index ${logged.index + 1}`) } };
  await page.goto(at(stage, 'check'));
  await comesTo(page, 'check');
  const buffer = Buffer.from(JSON.stringify(tampered));
  await page.locator('#receipt-file').setInputFiles({ name: 'receipt.json', mimeType: 'application/json', buffer });
  await page.locator('#found').waitFor();
  assert.equal(await page.locator('#found').getAttribute('data-found'), 'failed');
});

test('after the count anybody sees the result, and the resident what was counted for them', async () => {
  const neighbour = await device(browser);
  await votes(neighbour.page, stage, stage.codes[1], [2, 5]);
  const result = await certify(stage);
  assert.deepEqual([result.outcome.ballots, result.replaced], [2, 1]);
  assert.deepEqual(result.outcome.standings.slice(0, 2).map(({ id, votes }) => [id, votes]), [['t3', 2], ['t6', 1]]);

  const { page, faults } = await device(browser);
  await page.goto(at(stage, 'results'));
  assert.match(await page.locator('main').innerText(), /Учтено 2 бюллетеня/);
  assert.match(await page.locator('tbody tr').first().innerText(), /Territory 3/);

  await page.goto(at(stage, 'check'));
  await comesTo(page, 'check');
  await page.locator('#receipt-file').setInputFiles(receipt);
  await page.locator('[data-counted="opened"]').waitFor();
  assert.deepEqual(await page.locator('.counted li').allInnerTexts(), ['Territory 3']);
  await page.locator('#replaced-ask').click();
  assert.equal(await page.locator('#replaced[data-replaced]').getAttribute('data-replaced'), 'false');
  await page.locator('[data-step="growth"]').waitFor();
  assert.deepEqual(await accessibilityFaults(page), []);
  nothingBroke(faults);
});

test('the code in the receipt’s picture leads to the same', async () => {
  const { page } = await device(browser);
  await page.goto(at(stage, 'check'));
  await comesTo(page, 'check');
  await page.locator('#receipt-picture').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: code });
  await page.locator('[data-counted="opened"]').waitFor();
  assert.deepEqual(await page.locator('.counted li').allInnerTexts(), ['Territory 3']);
  assert.equal(await page.locator('[data-step="growth"]').getAttribute('data-outcome'), 'held');
});

test('with the tracker alone the check says what it could not check, and that a later ballot counts', async () => {
  const { page } = await device(browser);
  await page.goto(at(stage, 'check'));
  await comesTo(page, 'check');
  await page.locator('#tracker').fill(first.toUpperCase().replaceAll('-', ' '));
  await page.locator('#tracker-submit').click();
  await page.locator('[data-counted="opened"]').waitFor();
  assert.deepEqual((await page.locator('.counted li').allInnerTexts()).sort(), ['Territory 2', 'Territory 5', 'Territory 7']);
  assert.equal(await page.locator('[data-step="promise"]').getAttribute('data-outcome'), 'skipped');
  await page.locator('#replaced-ask').click();
  await page.locator('#replaced[data-replaced="true"]').waitFor();
});

test('the ballot page says that the voting is over', async () => {
  const { page, faults } = phone;
  await page.goto(at(stage, 'ballot'));
  await until(async () => ['greeting', 'over'].includes(await state(page)), 'the end');
  if ((await state(page)) === 'greeting') await page.locator('#continue').click();
  await comesTo(page, 'over');
  nothingBroke(faults);
});

test('what the phone ran is what the log names', async () => {
  const lines = (await (await fetch(`${stage.url}/api/v1/rounds/${stage.slug}/log/lines`)).text()).split('\n').filter(Boolean);
  const opened = lines.map((line) => JSON.parse(line).event['voting-opened']).find(Boolean);
  const html = await (await fetch(at(stage, 'ballot'))).text();
  const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)" integrity="sha256-([^"]+)"/g)];
  assert.ok(files.length >= 2);
  for (const [, address, integrity] of files) {
    const name = address.replace(/^\/assets\/(.+)-[0-9a-f]{16}(\.\w+)$/, '$1$2');
    assert.equal(Buffer.from(integrity, 'base64').toString('hex'), opened.client[name], name);
  }
  assert.equal((await api(stage, 'GET', '')).phase, 'certified');
});
