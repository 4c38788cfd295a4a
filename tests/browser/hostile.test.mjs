// Programs in every field that an official or a resident can fill, and requests from a page of somebody else.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { accessibilityFaults, api, certify, device, openBrowser, stages } from './stage.mjs';
import { at, casts, comesTo, identifies, isLogged, marks } from './resident.mjs';

const [stage] = stages;
let browser;

before(async () => (browser = await openBrowser()));
after(() => browser.close());

/** A device whose pages tell if a program of somebody else ran, or was stopped only at the last fence. */
async function watched() {
  const one = await device(browser);
  const ran = [];
  await one.context.exposeFunction('hacked', (what) => ran.push(what));
  one.context.on('page', (page) => page.on('dialog', (dialog) => (ran.push(`dialog: ${dialog.message()}`), dialog.dismiss())));
  one.page.on('dialog', (dialog) => (ran.push(`dialog: ${dialog.message()}`), dialog.dismiss()));
  // A refusal of the content policy means that something got into the page that should have been text.
  one.page.on('console', (message) => /Content Security Policy/.test(message.text()) && ran.push(message.text()));
  return { ...one, ran };
}

/** No element that a payload wanted, and its letters are there to be read. */
async function isText(page, where) {
  assert.equal(await page.locator('img[src="x"], svg[onload], script:not([src]):not([type="application/json"]), iframe, [onerror], [onclick], [onload], [onmouseover]').count(), 0, where);
}

const PAGES = ['', 'results', 'ballot', 'check', 'receipt', 'issued', 'territories/1', 'territories/2'];

test('what officials write stays text on every page, in both languages', async () => {
  const { page, ran, faults } = await watched();
  for (const language of ['', 'en']) {
    for (const path of PAGES) {
      await page.goto(at(stage, path, language));
      await page.waitForLoadState('networkidle');
      await isText(page, `${language}/${path}`);
    }
    await page.goto(`${stage.url}/${language}`);
    await isText(page, 'home');
    assert.ok((await page.locator('body').innerText()).includes('<img src=x'), 'the title is shown as it was written');
  }
  assert.deepEqual([ran, faults], [[], []]);
});

test('a territory with a picture is as accessible as one without', async () => {
  const { page } = await device(browser);
  for (const language of ['', 'en']) {
    await page.goto(at(stage, 'territories/1', language));
    assert.equal(await page.locator('main picture img').count(), 1, 'the picture is there');
    assert.deepEqual(await accessibilityFaults(page), [], language || 'ru');
  }
});

test('a server that takes its log back is found out by the receipt', async () => {
  const { page } = await device(browser);
  const before = await (await fetch(`${stage.url}/api/v1/rounds/${stage.slug}/log/checkpoint`)).text();
  await page.goto(at(stage, 'ballot'));
  await comesTo(page, 'code');
  await identifies(page, stage, stage.codes[1]);
  await marks(page, [2]);
  await casts(page);
  await isLogged(page);
  const download = page.waitForEvent('download');
  await page.locator('button.save').click();
  const receipt = await (await download).path();
  const other = await device(browser);
  await other.page.route('**/log/checkpoint', (route) => route.fulfill({ status: 200, contentType: 'text/plain', body: before }));
  await other.page.goto(at(stage, 'check'));
  await comesTo(other.page, 'check');
  await other.page.locator('#receipt-file').setInputFiles(receipt);
  await other.page.locator('#found').waitFor();
  assert.equal(await other.page.locator('#found').getAttribute('data-found'), 'failed');
  assert.equal(await other.page.locator('[data-step="growth"]').getAttribute('data-outcome'), 'failed');
});

test('a refusal that names the district names it as text', async () => {
  const { page, ran, faults } = await watched();
  await identifies(page, stage, stage.elsewhere);
  await page.locator('#code-problem .notice[data-fault="wrong-district"]').waitFor();
  assert.ok((await page.locator('#code-problem').innerText()).includes('<img src=x'));
  await isText(page, 'refusal');
  assert.deepEqual([ran, faults], [[], []]);
});

test('the same on the ballot, in a receipt, and in what was counted', async () => {
  const { page, ran, faults } = await watched();
  await identifies(page, stage, stage.codes[0]);
  await comesTo(page, 'marks');
  await isText(page, 'marks');
  await marks(page, [0, 1]);
  await casts(page);
  await isLogged(page);
  await isText(page, 'accepted');
  const download = page.waitForEvent('download');
  await page.locator('button.save').click();
  const receipt = await (await download).path();
  await certify(stage);
  await page.goto(at(stage, 'check'));
  await comesTo(page, 'check');
  await page.locator('#receipt-file').setInputFiles(receipt);
  await page.locator('[data-counted="opened"]').waitFor();
  await isText(page, 'counted');
  await page.goto(at(stage, 'results'));
  await isText(page, 'results');
  assert.deepEqual([ran, faults], [[], []]);
});

const PAYLOADS = ['<img src=x onerror=hacked(1)>', '"><script>hacked(2)</script>', "javascript:hacked(3)", '</script><script>hacked(4)</script>', '{{7*7}}', 'А'.repeat(5000)];

test('what residents write stays text: codes, trackers, files, addresses', async () => {
  const { page, ran, faults } = await watched();
  for (const payload of PAYLOADS) {
    await page.goto(`${at(stage, 'ballot')}#${encodeURIComponent(payload)}`);
    await page.goto(`${at(stage, 'check')}#${encodeURIComponent(payload)}`);
    await comesTo(page, 'check');
    await page.locator('#tracker').fill(payload);
    await page.locator('#tracker-submit').click();
    const buffer = Buffer.from(JSON.stringify({ format: 1, round: payload, fingerprint: payload, log_key: payload, ballot: payload, acceptance: payload }));
    await page.locator('#receipt-file').setInputFiles({ name: `${payload.slice(0, 20).replaceAll('/', '')}.json`, mimeType: 'application/json', buffer });
    await page.locator('#found').waitFor();
    await isText(page, payload);
    await page.goto(at(stage, 'issued'));
    await comesTo(page, 'issued');
    await page.locator('#code-first').fill(payload);
    await page.locator('#issued-submit').click();
    await isText(page, payload);
    await page.goto(`${stage.url}/problems/${encodeURIComponent(payload.slice(0, 200))}`);
    await isText(page, payload);
    const answer = await fetch(at(stage, 'check'), { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ tracker: payload }) });
    await page.setContent(await answer.text());
    await isText(page, payload);
  }
  assert.deepEqual(ran, []);
  assert.deepEqual(faults.filter((fault) => !fault.includes('integrity')), []);
});

test('a page of somebody else can make a resident’s browser do nothing here', async () => {
  // The stranger's page runs on another origin of this machine.
  const stranger = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<!doctype html><title>stranger</title>'));
  await new Promise((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const { page, context } = await device(browser);
  await page.goto(`http://localhost:${stranger.address().port}/`);
  const before = await api(stage, 'GET', '');
  const tries = await page.evaluate(async ({ url, slug, token }) => {
    const base = `${url}/api/v1/rounds/${slug}`;
    const send = async (path, options) => {
      try {
        const answer = await fetch(`${base}${path}`, { method: 'POST', credentials: 'include', ...options });
        return answer.type === 'opaque' ? 'opaque' : `readable ${answer.status}`;
      } catch {
        return 'refused';
      }
    };
    const json = (body) => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const simple = (body) => ({ mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body: JSON.stringify(body) });
    return {
      identify: await send('/identification', json({ code: 'AAAA-AAAA-AAAA-AAAA' })),
      cast: await send('/ballots', json({ ballot: 'AAAA' })),
      steps: await send('/steps', { headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ step: 'pause', reason: 'x' }) }),
      simple: await send('/steps', simple({ step: 'pause', reason: 'x' })),
      read: await fetch(base).then(() => 'readable', () => 'refused'),
    };
  }, { url: stage.url, slug: stage.slug, token: stage.tokens[0] });
  // A page elsewhere can read no answer and send no JSON; what it can send, as text, is refused and changes nothing.
  assert.deepEqual(tries, { identify: 'refused', cast: 'refused', steps: 'refused', simple: 'opaque', read: 'refused' });
  assert.deepEqual(await api(stage, 'GET', ''), before);
  // No page of ours can be framed, and nothing of ours rides along with requests.
  await page.setContent(`<iframe src="${at(stage, 'ballot')}"></iframe>`);
  await page.waitForTimeout(500);
  const framed = page.frames().find((frame) => frame.url().startsWith(stage.url));
  assert.equal(framed, undefined);
  assert.deepEqual(await context.cookies(), []);
  stranger.close();
});

test('every answer has the headers that fence a page in', async () => {
  for (const path of ['/', `/rounds/${stage.slug}/ballot`, '/nowhere', '/problems/code', `/api/v1/rounds/${stage.slug}`]) {
    const { headers } = await fetch(stage.url + path);
    const policy = headers.get('content-security-policy');
    for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) assert.ok(policy.includes(rule), `${path}: ${rule}`);
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('x-frame-options'), 'DENY');
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    assert.equal(headers.get('set-cookie'), null);
    assert.equal(headers.get('access-control-allow-origin'), null);
  }
});
