// Several devices of one person, and several people at one device.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { api, certify, device, openBrowser, stages } from './stage.mjs';
import { at, casts, comesTo, entersCode, halves, identifies, isLogged, kept, marks, nothingBroke, tracker, votes } from './resident.mjs';

const [stage] = stages;
let browser;

before(async () => (browser = await openBrowser()));
after(() => browser.close());

test('the same letter votes from a second device, and the later vote counts', async () => {
  const phone = await device(browser);
  const first = await votes(phone.page, stage, stage.codes[0], [0]);
  const laptop = await device(browser);
  await identifies(laptop.page, stage, stage.codes[0]);
  await marks(laptop.page, [1]);
  assert.match(await laptop.page.locator('#app').innerText(), /перенесено с другого устройства/);
  await casts(laptop.page);
  assert.notEqual(await tracker(laptop.page), first);
  // And back on the first device, which does not know of the second's vote.
  await phone.page.locator('#cast-again').click();
  await marks(phone.page, [2]);
  await casts(phone.page);
  await isLogged(phone.page);
  nothingBroke([...phone.faults, ...laptop.faults]);
});

test('without the second half another device is told what it needs', async () => {
  const phone = await device(browser);
  await identifies(phone.page, stage, stage.codes[1], { second: false });
  await marks(phone.page, [4]);
  assert.match(await phone.page.locator('#app').innerText(), /только с этого устройства/);
  await casts(phone.page);
  const laptop = await device(browser);
  await identifies(laptop.page, stage, stage.codes[1], { second: false });
  const said = laptop.page.locator('#code-problem .notice');
  await said.waitFor();
  assert.equal(await said.getAttribute('data-fault'), 'already-issued');
  // Nothing was saved under this letter, so the second half does not help; that is said too.
  await laptop.page.locator('#code-second').fill(halves(stage.codes[1]).second);
  await laptop.page.locator('#code-submit').click();
  await laptop.page.locator('#code-problem .notice[data-fault="no-backup"]').waitFor();
});

test('two people, one device: after "finish and erase" nothing of the first is left', async () => {
  const { page, context, faults } = await device(browser);
  const first = await votes(page, stage, stage.codes[2], [5]);
  await isLogged(page);
  await page.locator('#finish').click();
  await page.locator('#erase-yes').click();
  await comesTo(page, 'code');
  const left = await kept(page);
  for (const trace of [first, first.replaceAll('-', ''), halves(stage.codes[2]).first, 'credential', 'ballot']) assert.ok(!left.includes(trace), `${trace} is still there: ${left}`);
  assert.equal(await page.locator('#code-first').inputValue(), '');
  assert.equal(await page.locator('#code-second').inputValue(), '');
  await page.goBack().catch(() => undefined);
  const text = await page.locator('body').innerText();
  assert.ok(!text.includes(first), 'not by going back either');
  await page.goto(at(stage, 'receipt'));
  await comesTo(page, 'none');
  const second = await votes(page, stage, stage.codes[3], [6]);
  assert.notEqual(second, first);
  await page.goto(at(stage, 'receipt'));
  await comesTo(page, 'receipts');
  assert.deepEqual(await page.locator('code.tracker').allInnerTexts(), [second]);
  nothingBroke(faults);
  await context.close();
});

test('a second person finds the first one’s credential, erases it, and votes', async () => {
  const { page, faults } = await device(browser);
  await votes(page, stage, stage.codes[4], [5]);
  await page.goto(at(stage, 'ballot'));
  await comesTo(page, 'greeting');
  assert.doesNotMatch(await page.locator('#app').innerText(), /Territory/);
  await page.locator('#somebody-else').click();
  await page.locator('#erase-yes').click();
  await comesTo(page, 'code');
  await entersCode(page, stage.codes[5]);
  await marks(page, [7]);
  assert.equal(await page.locator('#marks input:checked').count(), 1);
  await casts(page);
  // The first one's vote was not touched, and their letter works again on their own phone.
  const phone = await device(browser);
  await identifies(phone.page, stage, stage.codes[4]);
  await comesTo(phone.page, 'marks');
  nothingBroke([...faults, ...phone.faults]);
});

test('on a shared device nothing is ever written', async () => {
  const { page, context, faults } = await device(browser);
  await identifies(page, stage, stage.codes[6], { shared: true });
  await marks(page, [7]);
  await casts(page);
  const shown = await tracker(page);
  await isLogged(page);
  const left = await kept(page);
  for (const trace of [shown.replaceAll('-', ''), 'credential', 'ballot', halves(stage.codes[6]).first]) assert.ok(!left.includes(trace), trace);
  await page.close();
  const next = await context.newPage();
  await next.goto(at(stage, 'ballot'));
  await comesTo(next, 'code');
  nothingBroke(faults);
});

test('was a credential issued in my name? The page says so without giving one', async () => {
  const { page, faults } = await device(browser);
  const ask = async (code) => {
    await page.goto(at(stage, 'issued'));
    await comesTo(page, 'issued');
    await page.locator('#code-first').fill(halves(code).first);
    await page.locator('#issued-submit').click();
    return page.locator('#answer [data-issued]').getAttribute('data-issued');
  };
  assert.equal(await ask(stage.codes[0]), 'true');
  assert.equal(await ask(stage.codes[9]), 'false');
  assert.equal(await ask(stage.codes[9]), 'false', 'asking gives no credential');
  nothingBroke(faults);
});

test('each person counts once, whatever the devices', async () => {
  const result = await certify(stage);
  const votes = Object.fromEntries(result.outcome.standings.filter(({ votes }) => votes > 0).map(({ id, votes }) => [id, votes]));
  assert.deepEqual(votes, { t3: 1, t5: 1, t6: 2, t7: 1, t8: 2 });
  assert.deepEqual([result.outcome.ballots, result.replaced], [7, 2]);
  assert.equal((await api(stage, 'GET', '')).issued, 7);
});
