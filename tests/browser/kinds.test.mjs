// Each kind of ballot, cast with the keyboard alone, and counted as it was meant.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessibilityFaults, certify, device, openBrowser, overflows, smallTargets, stages } from './stage.mjs';
import { casts, comesTo, identifies, isLogged, nothingBroke } from './resident.mjs';

const [approval, score, ranked, points] = stages;
let browser;

before(async () => (browser = await openBrowser()));
after(() => browser.close());

/** Votes on a phone; `fill` marks the ballot, `summary` is what the page says of it. */
async function votes(stage, code, fill, summary) {
  const { page, faults } = await device(browser, { viewport: { width: 320, height: 640 } });
  await identifies(page, stage, code);
  await comesTo(page, 'marks');
  await fill(page);
  if (summary) assert.match(await page.locator('#summary').innerText(), summary);
  assert.equal(await overflows(page), false, 'wider than 320 px');
  assert.deepEqual(await accessibilityFaults(page), [], 'a filled ballot');
  assert.deepEqual(await smallTargets(page), [], 'a filled ballot');
  await page.locator('#cast').focus();
  await page.keyboard.press('Enter');
  await comesTo(page, 'accepted');
  await isLogged(page);
  nothingBroke(faults);
}

/** Score and votes of each territory that has any. */
const outcome = ({ outcome: { standings } }) => Object.fromEntries(standings.filter(({ votes }) => votes > 0).map(({ id, score: points, votes }) => [id, [points, votes]]));

const press = async (page, selector, ...keys) => {
  await page.locator(selector).focus();
  for (const key of keys) await page.keyboard.press(key);
};

test('approval: space marks', async () => {
  await votes(approval, approval.codes[0], async (page) => {
    await press(page, '#mark-0', 'Space');
    await press(page, '#mark-3', 'Space');
  }, /2 из 3/);
  assert.deepEqual(outcome(await certify(approval)), { t1: [1, 1], t4: [1, 1] });
});

test('approval: a blank ballot is asked about once, and counted as participation', async () => {
  const { page } = await device(browser);
  await identifies(page, score, score.codes[9]);
  await comesTo(page, 'marks');
  await page.locator('#cast').click();
  await page.locator('#blank-no').click();
  assert.equal(await page.locator('#app').getAttribute('data-state'), 'marks');
  await page.locator('#cast').click();
  await page.locator('#blank-yes').click();
  await comesTo(page, 'accepted');
});

test('score: arrows choose, and a score can be taken back', async () => {
  await votes(score, score.codes[0], async (page) => {
    // From "no score" the arrow goes to 0, 1, 2 …
    await press(page, '#score-1-none', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown');
    await press(page, '#score-2-none', 'ArrowDown');
    await press(page, '#score-5-none', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'ArrowUp');
  }, /2 из 8/);
  const result = await certify(score);
  assert.deepEqual(outcome(result), { t2: [5, 1], t3: [0, 1] });
  assert.deepEqual([result.outcome.ballots, result.outcome.blank], [2, 1]);
});

test('ranked: buttons and keys put in order', async () => {
  await votes(ranked, ranked.codes[0], async (page) => {
    for (const position of [0, 1, 2]) await press(page, `#add-${position}`, 'Enter');
    // A fourth is refused in words.
    await press(page, '#add-3', 'Enter');
    assert.match(await page.locator('#refusal').innerText(), /3/);
    await press(page, '#ranked li[data-position="2"] .up', 'Home');
    await press(page, '#ranked li[data-position="0"] .down', 'Enter');
    await press(page, '#ranked li[data-position="0"] .remove', 'Enter');
    await press(page, '#add-6', 'Enter');
  }, /3 из 3/);
  // The best first: 2, 1, 6. It is counted below, together with the dragged one.
});

test('ranked: dragging does the same', async () => {
  const { page, faults } = await device(browser);
  await identifies(page, ranked, ranked.codes[1]);
  await comesTo(page, 'marks');
  for (const position of [4, 5]) await page.locator(`#add-${position}`).click();
  await page.locator('#ranked').scrollIntoViewIfNeeded();
  const [from, to] = await Promise.all(['5', '4'].map((position) => page.locator(`#ranked li[data-position="${position}"] .handle`).boundingBox()));
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + 5, { steps: 12 });
  await page.mouse.up();
  assert.deepEqual(await page.locator('#ranked li').evaluateAll((items) => items.map((item) => item.dataset.position)), ['5', '4']);
  await casts(page);
  assert.deepEqual(outcome(await certify(ranked)), { t3: [3, 1], t2: [2, 1], t7: [1, 1], t6: [2, 1], t5: [1, 1] });
  nothingBroke(faults);
});

test('points: what is left limits what can be given', async () => {
  await votes(points, points.codes[0], async (page) => {
    await press(page, '#points-0', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp');
    assert.equal(await page.locator('#points-0').inputValue(), '4', 'at most four for one');
    assert.match(await page.locator('#refusal').innerText(), /4/);
    await press(page, '#points-7-more', 'Enter', 'Enter', 'Enter');
    assert.equal(await page.locator('#points-7').inputValue(), '2', 'at most six in all');
    await press(page, '#points-0-less', 'Enter');
    await page.locator('#points-3').fill('9');
    await page.keyboard.press('Tab');
    assert.equal(await page.locator('#points-3').inputValue(), '1', 'put right when it is left');
  }, /: 0 из 6/);
  assert.deepEqual(outcome(await certify(points)), { t1: [3, 1], t8: [2, 1], t4: [1, 1] });
});
