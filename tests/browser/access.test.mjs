// Every page and state in both languages: axe-core, a window of 320 px, targets as large as a finger, the keyboard, no scripts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PHONE, accessibilityFaults, certify, device, openBrowser, overflows, smallTargets, stages } from './stage.mjs';
import { at, comesTo, entersCode, halves, identifies, isLogged, marks, nothingBroke, tracker } from './resident.mjs';

const [stage] = stages;
const LANGUAGES = { ru: '', en: 'en' };
const SCHEMES = ['light', 'dark'];
let browser;
/** Faults of all states together, so that one run tells them all. */
const found = [];

before(async () => (browser = await openBrowser()));
after(() => browser.close());

/** Looks at a page as it is now, in light and dark. */
async function look(page, name) {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    found.push(...(await accessibilityFaults(page)).map((fault) => `${name}, ${colorScheme}: ${fault}`));
  }
  if (await overflows(page)) found.push(`${name}: wider than its window`);
  found.push(...(await smallTargets(page)).map((target) => `${name}: small target: ${target}`));
  const headings = await page.locator('h1').count();
  if (headings !== 1) found.push(`${name}: ${headings} headings of the first level`);
}

/** What was found since the last look, as the failure of this test. */
function nothingFound() {
  const faults = found.splice(0);
  assert.deepEqual(faults, []);
}

for (const [language, prefix] of Object.entries(LANGUAGES)) {
  test(`${language}: pages that only read`, async () => {
    const { page, faults } = await device(browser, PHONE);
    const pages = ['', 'how', 'accessibility', 'problems', 'problems/code', 'problems/closed', 'nowhere', `rounds/${stage.slug}`, `rounds/${stage.slug}/territories/1`, `rounds/${stage.slug}/results`];
    for (const path of pages) {
      await page.goto(`${stage.url}/${[prefix, path].filter((part) => part !== '').join('/')}`);
      assert.equal(await page.locator('html').getAttribute('lang'), language, path);
      await look(page, path || 'home');
    }
    nothingFound();
    nothingBroke(faults);
  });
}

for (const [at_, [language, prefix]] of Object.entries(LANGUAGES).entries()) {
  test(`${language}: every state of voting`, async () => {
    const [code, spare] = [stage.codes[2 * at_], stage.codes[2 * at_ + 1]];
    const { page, faults } = await device(browser, { ...PHONE, locale: language });
    await page.goto(at(stage, 'ballot', prefix));
    await comesTo(page, 'code');
    await look(page, 'ballot: code');
    await entersCode(page, `BAAA-AAAA-AAAA-AAAA ${halves(code).second}`);
    await look(page, 'ballot: a slip in the code');
    await entersCode(page, stage.child);
    await page.locator('#code-problem .notice').waitFor();
    await look(page, 'ballot: refused');
    await entersCode(page, code);
    await comesTo(page, 'marks');
    await look(page, 'ballot: marks');
    await page.locator('#cast').click();
    await page.locator('#blank-yes').waitFor();
    await look(page, 'ballot: blank?');
    await page.locator('#blank-no').click();
    await marks(page, [0, 1, 2]);
    await page.locator('#mark-3').click();
    await look(page, 'ballot: one mark too many');
    await page.route('**/ballots', (route) => route.abort('connectionreset'));
    await page.locator('#cast').click();
    await comesTo(page, 'unsent');
    await look(page, 'ballot: unsent');
    await page.reload();
    await comesTo(page, 'pending');
    await look(page, 'ballot: pending');
    await page.unroute('**/ballots');
    await page.locator('#retry').click();
    await comesTo(page, 'accepted');
    await isLogged(page);
    await page.locator('button.show-qr').click();
    await page.locator('figure.qr svg').waitFor();
    await look(page, 'ballot: accepted');
    const name = await tracker(page);
    await page.locator('#finish').click();
    await page.locator('#erase-yes').waitFor();
    await look(page, 'ballot: erase?');
    await page.goto(at(stage, 'ballot', prefix));
    await comesTo(page, 'greeting');
    await look(page, 'ballot: greeting');
    await page.goto(at(stage, 'receipt', prefix));
    await comesTo(page, 'receipts');
    await look(page, 'receipts');
    await page.goto(at(stage, 'check', prefix));
    await comesTo(page, 'check');
    await look(page, 'check');
    await page.locator('#tracker').fill('nonsense');
    await page.locator('#tracker-submit').click();
    await look(page, 'check: no tracker');
    await page.locator('#tracker').fill(name);
    await page.locator('#tracker-submit').click();
    await page.locator('#found').waitFor();
    await look(page, 'check: found');
    await page.goto(at(stage, 'issued', prefix));
    await comesTo(page, 'issued');
    await page.locator('#code-first').fill(halves(spare).first);
    await page.locator('#issued-submit').click();
    await page.locator('#answer [data-issued]').waitFor();
    await look(page, 'issued');
    nothingFound();
    nothingBroke(faults);
  });
}

test('the keyboard alone reaches and does everything, and the focus is seen', async () => {
  const { page } = await device(browser);
  await page.goto(at(stage, 'ballot'));
  await comesTo(page, 'code');
  const focused = () => page.evaluate(() => ({ id: document.activeElement.id, text: document.activeElement.textContent.trim().slice(0, 40), outline: getComputedStyle(document.activeElement).outlineStyle !== 'none' || getComputedStyle(document.activeElement).boxShadow !== 'none' }));
  await page.keyboard.press('Tab');
  assert.match((await focused()).text, /содержанию/, 'first comes the link to the content');
  await page.keyboard.press('Enter');
  assert.equal((await focused()).id, 'main');
  const order = [];
  for (let presses = 0; presses < 12 && order.at(-1) !== 'code-submit'; presses += 1) {
    await page.keyboard.press('Tab');
    const { id, outline } = await focused();
    assert.ok(outline, `the focus on ${id} is not seen`);
    order.push(id);
  }
  assert.deepEqual(order.filter((id) => ['code-first', 'code-second', 'shared', 'code-submit'].includes(id)), ['code-first', 'code-second', 'shared', 'code-submit']);
  await page.locator('#code-first').focus();
  await page.keyboard.insertText(stage.codes[6]);
  await page.keyboard.press('Enter');
  await comesTo(page, 'marks');
  assert.equal((await focused()).id, 'step', 'the focus is at the head of the new step');
});

test('at twice the size, and with wide spacing, nothing is cut', async () => {
  const { page } = await device(browser, { viewport: { width: 640, height: 800 } });
  for (const path of [at(stage), at(stage, 'ballot'), at(stage, 'results'), `${stage.url}/how`]) {
    await page.goto(path);
    // 640 px at 200 % are 320 px; text spacing of WCAG 1.4.12, set as a reader's own style sheet would.
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('html { zoom: 2 } * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }');
      document.adoptedStyleSheets = [sheet];
    });
    assert.equal(await overflows(page), false, path);
  }
});

test('the display panel changes the page, is kept, and takes everything back', async () => {
  const { page, faults } = await device(browser, PHONE);
  const chosen = () => page.evaluate(() => ({ ...document.documentElement.dataset }));
  const paper = () => page.evaluate(() => getComputedStyle(document.body.parentElement).backgroundColor);
  const letters = () => page.evaluate(() => parseFloat(getComputedStyle(document.querySelector('main')).fontSize));
  await page.goto(at(stage));
  const [usual, before] = [await letters(), await paper()];
  await page.locator('#display summary').click();
  await page.locator('#display input[name="size"][value="largest"]').check();
  await page.locator('#display input[name="colours"][value="white-on-black"]').check();
  await look(page, 'display panel: largest, white on black');
  assert.ok((await letters()) > usual * 1.4, 'the letters are larger');
  assert.equal(await paper(), 'rgb(0, 0, 0)');
  await page.reload();
  assert.deepEqual([(await chosen()).size, (await chosen()).colours], ['largest', 'white-on-black'], 'kept');
  assert.equal(await paper(), 'rgb(0, 0, 0)');
  await page.locator('#display summary').click();
  assert.equal(await page.locator('#display input[name="size"][value="largest"]').isChecked(), true, 'the panel says what is chosen');
  await page.locator('#display button[type="reset"]').click();
  assert.deepEqual([(await chosen()).size, (await chosen()).colours, await letters()], [undefined, undefined, usual]);
  await page.emulateMedia({ colorScheme: 'light' });
  await look(page, 'display panel: as it was');
  await page.reload();
  await page.emulateMedia({ colorScheme: 'light' });
  assert.deepEqual([(await chosen()).size, await paper()], [undefined, before], 'nothing is kept of it');
  nothingFound();
  nothingBroke(faults);
});

test('forced colours: what is chosen is told by more than colour', async () => {
  const { page } = await device(browser, { forcedColors: 'active' });
  await identifies(page, stage, stage.codes[7]);
  await marks(page, [0]);
  assert.deepEqual(await accessibilityFaults(page), []);
});

test('without scripts every page reads well, and says what needs them and what to do instead', async () => {
  const { page } = await device(browser, { javaScriptEnabled: false });
  const instead = { ballot: /комисси/i, receipt: /Проверить свой голос/, check: /Номер бюллетеня/, issued: /комисси/i };
  for (const [path, way] of Object.entries(instead)) {
    await page.goto(at(stage, path));
    const text = await page.locator('main').innerText();
    assert.match(text, /JavaScript/, path);
    assert.match(text, way, path);
  }
  await page.goto(at(stage, 'ballot'));
  const text = await page.locator('main').innerText();
  for (const territory of ['Territory 1', 'Territory 8', 'veche vote', 'Отметьте не больше 3 территорий']) assert.ok(text.includes(territory), territory);
  await page.goto(`${at(stage)}`);
  assert.match(await page.locator('main').innerText(), /Отпечаток правил/);
});

test('without scripts a ballot is found by its tracker, which stands in no address', async () => {
  const voter = await device(browser);
  await identifies(voter.page, stage, stage.codes[8]);
  await marks(voter.page, [0]);
  await voter.page.locator('#cast').click();
  await comesTo(voter.page, 'accepted');
  await isLogged(voter.page);
  const name = await tracker(voter.page);
  const { page } = await device(browser, { javaScriptEnabled: false });
  await page.goto(at(stage, 'check'));
  await page.locator('#by-form-tracker').fill(name);
  await page.locator('form[method="post"] button').click();
  assert.match(await page.locator('#by-form-found').innerText(), new RegExp(name));
  assert.match(await page.locator('#by-form-found').innerText(), /\d/);
  assert.ok(!page.url().includes(name.slice(0, 4)));
  await page.goto(at(stage, 'check', 'en'));
  await page.locator('#by-form-tracker').fill('0000-0000-0000-0000');
  await page.locator('form[method="post"] button').click();
  assert.match(await page.locator('#by-form-found').innerText(), /does not know/);
});

test('after the count: results and the checked vote', async () => {
  await certify(stage);
  for (const prefix of Object.values(LANGUAGES)) {
    const { page } = await device(browser, PHONE);
    await page.goto(at(stage, 'results', prefix));
    await look(page, `results ${prefix}`);
    await page.goto(at(stage, 'ballot', prefix));
    await comesTo(page, 'over');
    await look(page, `over ${prefix}`);
  }
  nothingFound();
});
