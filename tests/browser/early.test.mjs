// Before the opening, and when a round ends without a result.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibilityFaults, act, device, openBrowser, stages } from './stage.mjs';
import { at, casts, comesTo, entersCode, identifies, marks, nothingBroke } from './resident.mjs';

const [stage] = stages;
let browser;

before(async () => (browser = await openBrowser()));
after(() => browser.close());

test('a credential is fetched in advance, and the vote is cast when the voting has opened', async () => {
  const { page, faults } = await device(browser);
  await page.goto(at(stage));
  await page.getByRole('button', { name: 'Получить удостоверение заранее' }).or(page.getByText('Получить удостоверение заранее')).first().click();
  await comesTo(page, 'code');
  assert.match(await page.locator('#app').innerText(), /Голосование начнётся/);
  await entersCode(page, stage.codes[0]);
  await comesTo(page, 'wait');
  assert.deepEqual(await accessibilityFaults(page), []);
  await act(stage, 'open');
  await page.locator('#look-again').click();
  await comesTo(page, 'greeting');
  await page.locator('#continue').click();
  await marks(page, [1]);
  await casts(page);
  nothingBroke(faults);
});

test('a copy for another device can be left later', async () => {
  const { page, faults } = await device(browser);
  await identifies(page, stage, stage.codes[1], { second: false });
  await marks(page, [1]);
  await casts(page);
  await page.goto(at(stage, 'ballot'));
  await comesTo(page, 'greeting');
  await page.locator('#leave-copy').click();
  await comesTo(page, 'code');
  await entersCode(page, stage.codes[1]);
  await comesTo(page, 'accepted');
  const other = await device(browser);
  await identifies(other.page, stage, stage.codes[1]);
  await comesTo(other.page, 'marks');
  nothingBroke([...faults, ...other.faults]);
});

test('an annulled round says so, to those who voted and to those who did not', async () => {
  const voter = await device(browser);
  await identifies(voter.page, stage, stage.codes[2]);
  await marks(voter.page, [1]);
  await act(stage, 'annul');
  await voter.page.locator('#cast').click();
  await comesTo(voter.page, 'closed');
  assert.match(await voter.page.locator('#status').innerText(), /НЕ УЧТЁН/);
  const { page, faults } = await device(browser);
  await page.goto(at(stage, 'ballot'));
  await comesTo(page, 'over');
  assert.match(await page.locator('#app').innerText(), /отменено/i);
  await page.goto(at(stage, 'results'));
  assert.match(await page.locator('main').innerText(), /отменено/i);
  assert.deepEqual(await accessibilityFaults(page), []);
  nothingBroke(faults);
});
