// Pictures of the pages for docs/screenshots, phone and desktop, in Russian: node tests/browser/screenshots.mjs
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveAfter, startDemo } from './demo.mjs';
import { openBrowser } from './stage.mjs';
import { comesTo, entersCode } from './resident.mjs';

const FOLDER = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));
const SCREENS = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};

const browser = await openBrowser();

/** Walks through the pages on one screen; `take` makes a picture of what is to be seen then. */
async function walk(screen, code, open, counted) {
  const context = await browser.newContext({ ...SCREENS[screen], locale: 'ru-RU', timezoneId: 'Asia/Yekaterinburg', reducedMotion: 'reduce' });
  const page = await context.newPage();
  const take = (name) => page.screenshot({ path: join(FOLDER, `${screen}-${name}.png`) });
  const round = `${open.url}/rounds/${open.slug}`;
  const visit = async (address, name) => {
    await page.goto(address, { waitUntil: 'networkidle' });
    await take(name);
  };
  await visit(open.url, 'home');
  await visit(round, 'round');
  await visit(`${round}/territories/5`, 'territory');
  await visit(`${open.url}/how`, 'how');
  await page.goto(`${round}/ballot`);
  await comesTo(page, 'code');
  await take('code');
  await entersCode(page, code);
  await comesTo(page, 'marks');
  for (const position of [0, 4]) await page.locator(`#mark-${position}`).check();
  await page.locator('#marks').evaluate((element) => element.scrollIntoView());
  await page.waitForLoadState('networkidle');
  await take('ballot');
  await page.locator('#cast').click();
  await comesTo(page, 'accepted');
  await page.locator('button.show-qr').click();
  await page.locator('figure.qr svg').waitFor();
  await page.locator('#step').evaluate((element) => element.scrollIntoView());
  await take('accepted');
  await page.goto(`${counted.url}/rounds/${counted.slug}/results`, { waitUntil: 'networkidle' });
  await take('results');
  await context.close();
}

const folder = await mkdtemp(join(tmpdir(), 'veche-'));
const [open, counted] = [await startDemo('--residents', '400'), await serveAfter(folder, 8743, '--residents', '400')];
try {
  await walk('phone', open.codes[0], open, counted);
  await walk('desktop', open.codes[1], open, counted);
} finally {
  open.stop();
  counted.stop();
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}
