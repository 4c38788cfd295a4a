// What goes wrong on the way: each fault in the reader's words, nothing lost, and a retry that is safe.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { act, api, device, openBrowser, stages, step } from './stage.mjs';
import { at, casts, comesTo, entersCode, halves, identifies, isLogged, kept, marks, nothingBroke, tracker } from './resident.mjs';

const [stage] = stages;
let browser;

before(async () => (browser = await openBrowser()));
after(() => browser.close());

/** No word of a program, and no English sentence, on a Russian page. */
async function speaksRussian(page) {
  const text = await page.locator('main').innerText();
  const latin = text.replace(/Territory \d/g, '').match(/[A-Za-z]{4,}( [A-Za-z]{3,}){2,}/g);
  assert.equal(latin, null, `English on a Russian page: ${latin}`);
  assert.doesNotMatch(text, /TypeError|undefined|NaN|\[object|at .*\.js|Error:/);
}

test('a slip in the code is found before anything is sent, and what was typed stays', async () => {
  const { page, faults } = await device(browser);
  await page.goto(at(stage, 'ballot'));
  await comesTo(page, 'code');
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  const { first, second } = halves(stage.codes[0]);
  const slip = (first[0] === 'A' ? 'B' : 'A') + first.slice(1);
  await entersCode(page, `${slip} ${second}`);
  assert.match(await page.locator('#code-first-error').innerText(), /опечатка/i);
  assert.equal(await page.locator('#code-first').inputValue(), slip);
  assert.equal(await page.locator('#code-first').getAttribute('aria-invalid'), 'true');
  assert.deepEqual(requests, []);
  // Small letters, Cyrillic ones of the same shape, no dashes: all the same code.
  const typed = first.replaceAll('-', '').toLowerCase().replaceAll('a', 'а').replaceAll('c', 'с').replaceAll('e', 'е');
  await page.locator('#code-first').fill(typed);
  await page.keyboard.press('Tab');
  assert.notEqual(await page.locator('#code-first').getAttribute('aria-invalid'), 'true');
  await speaksRussian(page);
  nothingBroke(faults);
});

test('a whole code that is pasted fills both halves', async () => {
  const { page } = await device(browser);
  await page.goto(at(stage, 'ballot'));
  await comesTo(page, 'code');
  await page.locator('#code-first').fill(stage.codes[1]);
  const { first, second } = halves(stage.codes[1]);
  assert.equal(await page.locator('#code-first').inputValue(), first);
  assert.equal(await page.locator('#code-second').inputValue(), second);
});

/** What the page says after this code was given. */
async function refusalOf(code) {
  const { page, faults } = await device(browser);
  await identifies(page, stage, code);
  const said = page.locator('#code-problem .notice');
  await said.waitFor();
  await speaksRussian(page);
  nothingBroke(faults);
  assert.equal(await page.locator('#code-first').inputValue(), halves(code).first, 'what was typed stays');
  return { slug: await said.getAttribute('data-fault'), words: await said.innerText() };
}

test('a code that nobody has', async () => {
  // Valid check letters, unknown to the roll.
  const { slug, words } = await refusalOf(`AAAA-AAAA-AAAA-AAAA ${halves(stage.codes[0]).second}`);
  assert.equal(slug, 'code');
  assert.match(words, /комисси/);
});

test('somebody who is too young is told from which day', async () => {
  const { slug, words } = await refusalOf(stage.child);
  assert.equal(slug, 'under-age');
  assert.match(words, /14/);
  assert.match(words, /3 июня 2028/);
});

test('somebody from another district is told which', async () => {
  const { slug, words } = await refusalOf(stage.elsewhere);
  assert.equal(slug, 'wrong-district');
  assert.match(words, /Центр/);
});

test('an answer that is lost after the ballot was stored: the same bytes, the same acceptance', async () => {
  const { page, faults } = await device(browser);
  await identifies(page, stage, stage.codes[2]);
  await marks(page, [3]);
  const bodies = [];
  let answered;
  await page.route('**/ballots', async (route) => {
    bodies.push(route.request().postData());
    // The server takes the ballot; its answer never arrives.
    answered = await (await route.fetch()).json();
    await route.abort('connectionreset');
  });
  await page.locator('#cast').click();
  await comesTo(page, 'unsent');
  const words = await page.locator('#status').innerText();
  assert.match(words, /НЕ УЧТЁН/);
  await speaksRussian(page);
  assert.equal(await page.locator('#mark-3').isChecked(), true, 'the marks stay to be seen');
  await page.unroute('**/ballots');
  page.on('request', (request) => request.url().endsWith('/ballots') && bodies.push(request.postData()));
  await page.locator('#retry').click();
  await comesTo(page, 'accepted');
  assert.equal(bodies.length, 2);
  assert.equal(bodies[0], bodies[1], 'the very same bytes');
  assert.equal((await tracker(page)).replaceAll('-', ''), answered.ballot.slice(0, 16));
  await isLogged(page);
  nothingBroke(faults);
});

test('offline is said, and the vote goes through when the connection is back', async () => {
  const { page, context, faults } = await device(browser);
  await identifies(page, stage, stage.codes[3]);
  await marks(page, [3]);
  await context.setOffline(true);
  await page.locator('#cast').click();
  await comesTo(page, 'unsent');
  assert.match(await page.locator('#status').innerText(), /Нет связи/);
  await context.setOffline(false);
  await page.locator('#retry').click();
  await comesTo(page, 'accepted');
  nothingBroke(faults);
});

test('a tab that was closed on the way: the next visit begins with the ballot that has no answer', async () => {
  const { context, page } = await device(browser);
  await identifies(page, stage, stage.codes[4]);
  await marks(page, [3]);
  const bodies = [];
  await page.route('**/ballots', async (route) => {
    bodies.push(route.request().postData());
    await route.fetch();
    await route.abort('connectionreset');
  });
  await page.locator('#cast').click();
  await comesTo(page, 'unsent');
  await page.close();
  const again = await context.newPage();
  await again.goto(at(stage, 'ballot'));
  await comesTo(again, 'pending');
  assert.match(await again.locator('#status').innerText(), /НЕ УЧТЁН/);
  again.on('request', (request) => request.url().endsWith('/ballots') && bodies.push(request.postData()));
  await again.locator('#retry').click();
  await comesTo(again, 'accepted');
  assert.equal(bodies[0], bodies[1], 'the very same bytes');
});

test('a tab that was closed while the credential was under way: the same request again', async () => {
  const { context, page } = await device(browser);
  let first;
  await page.route('**/identification', async (route) => {
    first = route.request().postData();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await identifies(page, stage, stage.codes[5]);
  await page.locator('#code-problem .notice').waitFor();
  await page.close();
  const again = await context.newPage();
  let second;
  again.on('request', (request) => request.url().endsWith('/identification') && (second = request.postData()));
  await again.goto(at(stage, 'ballot'));
  await comesTo(again, 'greeting');
  await again.locator('#continue').click();
  await comesTo(again, 'code');
  await entersCode(again, stage.codes[5]);
  await marks(again, [3]);
  assert.equal(second, first, 'another request would have been refused');
  await casts(again);
});

test('a lost answer is asked for again with the same request, whether the device is shared or not', async () => {
  // In the order of the tries: what was ticked, and in the second whether another code was tried meanwhile.
  for (const [code, [before, after], between] of [[9, [true, true], true], [10, [true, false]], [11, [false, true]]]) {
    const { page } = await device(browser);
    const bodies = [];
    const isThis = (body) => body.includes(halves(stage.codes[code]).first);
    page.on('request', (request) => request.url().endsWith('/identification') && isThis(request.postData()) && bodies.push(request.postData()));
    const lose = async (route) => {
      await route.fetch();
      await route.abort('connectionreset');
    };
    await page.route('**/identification', lose, { times: 1 });
    await identifies(page, stage, stage.codes[code], { shared: before });
    await page.locator('#code-problem .notice').waitFor();
    if (between) {
      await page.locator('#code-first').fill('AAAA-AAAA-AAAA-AAAA');
      await page.locator('#code-submit').click();
      await page.locator('#code-problem .notice[data-fault="code"]').waitFor();
    }
    await page.locator('#shared').setChecked(after);
    await entersCode(page, stage.codes[code], { shared: after });
    await comesTo(page, 'marks');
    assert.deepEqual(bodies, [bodies[0], bodies[0]], 'another request would have been refused');
    if (before || after) assert.ok(!(await kept(page)).includes('credential'), 'nothing stays on a shared device');
  }
});

test('a server that answers nonsense is not believed', async () => {
  const { page } = await device(browser);
  await identifies(page, stage, stage.codes[6]);
  await marks(page, [3]);
  await page.route('**/ballots', async (route) => {
    const answer = await route.fetch();
    const forged = { ...(await answer.json()), signature: Buffer.alloc(64, 7).toString('base64') };
    await route.fulfill({ response: answer, json: forged });
  });
  await page.locator('#cast').click();
  await comesTo(page, 'unsent');
  assert.match(await page.locator('#status').innerText(), /НЕ УЧТЁН/);
  assert.equal(await page.locator('#status .notice').getAttribute('data-fault'), 'acceptance');
  await page.unroute('**/ballots');
  await page.locator('#retry').click();
  await comesTo(page, 'accepted');
});

test('a pause is said, and a retry after it goes through', async () => {
  const { page } = await device(browser);
  await identifies(page, stage, stage.codes[7]);
  await marks(page, [3]);
  await step(stage, 'pause');
  await page.locator('#cast').click();
  await comesTo(page, 'unsent');
  assert.match(await page.locator('#status').innerText(), /приостановлено/i);
  await speaksRussian(page);
  const other = await device(browser);
  await other.page.goto(at(stage, 'ballot'));
  await comesTo(other.page, 'code');
  assert.match(await other.page.locator('#app').innerText(), /приостановлено/i);
  await step(stage, 'resume');
  await page.locator('#retry').click();
  await comesTo(page, 'accepted');
});

test('closed a minute ago: not counted, when it closed, and the marks stay to be seen', async () => {
  const { page, faults } = await device(browser);
  await identifies(page, stage, stage.codes[8]);
  await marks(page, [3, 5]);
  await act(stage, 'close');
  await page.locator('#cast').click();
  await comesTo(page, 'closed');
  const words = await page.locator('#status').innerText();
  assert.match(words, /НЕ УЧТЁН/);
  assert.match(words, /завершилось/);
  await speaksRussian(page);
  assert.equal(await page.locator('#mark-5').isChecked(), true);
  nothingBroke(faults);
  // Votes of the tests above, each once: 2 … 7 for the fourth territory.
  assert.equal((await api(stage, 'GET', '')).ballots, 6);
});
