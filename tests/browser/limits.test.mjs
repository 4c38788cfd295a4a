// Too many tries: the page says until when to wait.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { device, openBrowser, stages } from './stage.mjs';
import { comesTo, halves, identifies, at } from './resident.mjs';

const [stage] = stages;
let browser;

before(async () => (browser = await openBrowser()));
after(() => browser.close());

test('after too many tries with one code the page names the time from which to try again', async () => {
  const { page } = await device(browser);
  await page.goto(at(stage, 'issued'));
  await comesTo(page, 'issued');
  await page.locator('#code-first').fill(halves(stage.codes[0]).first);
  for (let tries = 0; tries < 3; tries += 1) {
    const answer = page.waitForResponse((response) => response.url().endsWith('/identification'));
    await page.locator('#issued-submit').click();
    assert.equal((await answer).status(), 200);
  }
  await identifies(page, stage, stage.codes[0]);
  const said = page.locator('#code-problem .notice[data-fault="too-many"]');
  await said.waitFor();
  const [, hours, minutes] = (await said.innerText()).match(/(\d{1,2}):(\d{2})/) ?? [];
  const shown = Number(hours) * 60 + Number(minutes);
  const now = await page.evaluate(() => new Date().getHours() * 60 + new Date().getMinutes());
  const ahead = (shown - now + 1440) % 1440;
  assert.ok(ahead <= 2, `in ${ahead} minutes`);
});
