// The stage of a scenario: a real browser, a server that the Rust side has started, and officials who act over the API.
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

/** The stages: url, slug, codes, child, elsewhere, tokens, opening. */
export const stages = JSON.parse(process.env.VECHE_STAGES ?? '[]');

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A phone of the smallest width that pages must fit. */
export const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

/** Starts the browser; every page is watched for faults that a reader would not see. */
export async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.VECHE_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/**
 * A device: storage of its own, and the faults that its pages had.
 * `faults` holds uncaught errors, refusals of the content policy, and errors on the console but for answers that a scenario expects.
 */
export async function device(browser, options = {}) {
  const context = await browser.newContext({ locale: 'ru-RU', timezoneId: 'Asia/Yekaterinburg', ...options });
  const faults = [];
  context.on('page', (page) => {
    page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && !/Failed to load resource|net::ERR_/.test(text)) faults.push(`console: ${text}`);
    });
  });
  return { context, faults, page: await context.newPage() };
}

/** A call to the API, as an official, a member of the commission or anybody. */
export async function api(stage, method, path, body, token) {
  const headers = { ...(body && { 'content-type': 'application/json' }), ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${stage.url}/api/v1/rounds/${stage.slug}${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** What an official proposes and a member confirms: open, close, annul. */
export async function act(stage, what) {
  await api(stage, 'POST', '/proposal', { act: what, reason: 'for the test' }, stage.tokens[0]);
  return api(stage, 'POST', '/proposal/confirmation', undefined, stage.tokens[1]);
}

/** A step that an official takes alone: pause, resume, extend. */
export async function step(stage, what, more = {}) {
  return api(stage, 'POST', '/steps', { step: what, reason: 'for the test', ...more }, stage.tokens[0]);
}

/** Closes, reveals the opening key, waits for the count, and lets both members sign it. */
export async function certify(stage) {
  await act(stage, 'close');
  return certifyClosed(stage);
}

/** The same for a round that is closed. */
export async function certifyClosed(stage) {
  const key = Buffer.from(stage.opening, 'hex').toString('base64');
  await api(stage, 'POST', '/opening-key', { key }, stage.tokens[1]);
  await until(async () => (await api(stage, 'GET', '')).phase === 'tallied', 'the count');
  const { message } = await api(stage, 'GET', '/certificate');
  for (const [at, token] of stage.tokens.slice(1).entries()) {
    const signature = sign(null, Buffer.from(message, 'base64'), memberKey(at + 1)).toString('base64');
    await api(stage, 'POST', '/signatures', { signature }, token);
  }
  return api(stage, 'GET', '/result');
}

/** The Ed25519 key of a member of the test's commission: 32 equal bytes. */
function memberKey(number) {
  const head = Buffer.from('302e020100300506032b657004220420', 'hex');
  return createPrivateKey({ key: Buffer.concat([head, Buffer.alloc(32, number)]), format: 'der', type: 'pkcs8' });
}

/** Waits until something holds, a quarter of a second between two looks. */
export async function until(holds, what, seconds = 30) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${what} did not come in ${seconds} s`);
}

/** What axe-core finds against WCAG 2.2 A and AA, and the rules of good practice, on the page as it is now. */
export async function accessibilityFaults(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}

/** Whether the page is wider than its window. */
export async function overflows(page) {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}

/** Controls whose target is smaller than 44 by 44 CSS pixels; links inside a sentence and hidden ones do not count. */
export async function smallTargets(page) {
  return page.evaluate(() => {
    const controls = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [role=button]')];
    const inText = (element) => element.tagName === 'A' && getComputedStyle(element).display === 'inline' && element.parentElement.textContent.trim() !== element.textContent.trim();
    const size = (element) => {
      const target = element.matches('input[type=checkbox], input[type=radio]') ? element.closest('label') ?? element : element;
      return target.getBoundingClientRect();
    };
    return controls
      .filter((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest('.skip') && !element.matches('.skip') && !inText(element))
      .map((element) => ({ element, box: size(element) }))
      .filter(({ box }) => box.width > 0 && (box.width < 43.5 || box.height < 43.5))
      .map(({ element, box }) => `${element.tagName} “${(element.textContent || element.getAttribute('aria-label') || element.id).trim().slice(0, 40)}” ${Math.round(box.width)}x${Math.round(box.height)}`);
  });
}

/** Letters of the other alphabet in what a reader sees: an English word on a Russian page, but for names and codes. */
export async function visibleText(page) {
  return page.evaluate(() => document.querySelector('main').innerText);
}

/** SHA-256 in hexadecimal. */
export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
