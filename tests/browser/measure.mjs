// How heavy the ballot page is and how long a vote takes, on a slow phone with a slow network: node tests/browser/measure.mjs
// Conditions are those of Chromium's developer tools: CPU 4 times slower, "Slow 4G". Prints the rows of docs/performance.md.
import { startDemo } from './demo.mjs';
import { openBrowser } from './stage.mjs';
import { halves } from './resident.mjs';

/** "Slow 4G" of Chromium's developer tools: 1.6 Mbit/s down and 0.75 up less a tenth, 150 ms × 3.75 to and fro. */
const SLOW_4G = { offline: false, latency: 562.5, downloadThroughput: 180_000, uploadThroughput: 84_375 };
const CPU_SLOWER = 4;
const RUNS = 5;

const median = (numbers) => [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)];
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`;
const spread = (numbers) => `${seconds(median(numbers))} (${seconds(Math.min(...numbers))} to ${seconds(Math.max(...numbers))})`;

const demo = await startDemo('--residents', '30');
const browser = await openBrowser();
const ballot = `${demo.url}/rounds/${demo.slug}/ballot`;
const loads = { 'Slow 4G, CPU 4× slower': [], 'no slow-down': [] };
const votes = { 'Slow 4G, CPU 4× slower': [], 'no slow-down': [] };
const weights = new Map();

/** A first visit: a new profile, nothing in any cache. */
async function visit(slow, code) {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, locale: 'ru-RU' });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  if (slow) {
    await session.send('Network.emulateNetworkConditions', SLOW_4G);
    await session.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWER });
  }
  const addresses = new Map();
  const weight = new Map();
  session.on('Network.responseReceived', ({ requestId, response }) => addresses.set(requestId, new URL(response.url).pathname));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => weight.set(addresses.get(requestId), encodedDataLength));
  // The page tells by its own clock, from the start of the navigation, when the form of the code can be used.
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (globalThis.usable === undefined && document.querySelector('#app[data-state="code"] #code-submit')) requestAnimationFrame(() => setTimeout(() => (globalThis.usable = performance.now())));
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  // Nothing is asked of the page while it loads: a question would be answered by the same slowed-down processor.
  await page.goto(ballot, { waitUntil: 'commit' });
  await new Promise((resolve) => setTimeout(resolve, slow ? 5000 : 2000));
  await page.waitForFunction(() => globalThis.usable !== undefined);
  const loaded = await page.evaluate(() => globalThis.usable);
  let voted;
  if (code !== undefined) {
    const { first, second } = halves(code);
    await page.locator('#code-first').fill(first);
    await page.locator('#code-second').fill(second);
    voted = await pressed(page, '#code-submit', 'marks');
    await page.locator('#mark-0').check();
    voted += await pressed(page, '#cast', 'accepted');
  }
  await context.close();
  return { loaded, voted, weight };
}

/** Milliseconds from a press of a button to a state of the page, by the page's clock. */
function pressed(page, button, state) {
  return page.evaluate(([selector, wanted]) => new Promise((resolve) => {
    const app = document.getElementById('app');
    const begun = performance.now();
    new MutationObserver(() => app.dataset.state === wanted && resolve(performance.now() - begun)).observe(app, { attributes: true });
    document.querySelector(selector).click();
  }), [button, state]);
}

for (let run = 0; run < RUNS; run += 1) {
  for (const name of Object.keys(loads)) {
    const slow = name !== 'no slow-down';
    const { loaded, voted, weight } = await visit(slow, slow ? demo.codes[run] : undefined);
    loads[name].push(loaded);
    if (voted !== undefined) votes[name].push(voted);
    for (const [address, bytes] of weight) if (!weights.has(address)) weights.set(address, bytes);
  }
}

const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
const onLoad = [...weights].filter(([address]) => address?.startsWith('/') && !address.startsWith('/pictures/') && !/\/(identification|credential|backup|ballots|receipts)/.test(address));
console.log(`Chromium ${browser.version()}, ${RUNS} first visits each; median (least to most)\n`);
console.log('| what | measured | wanted |\n|---|---:|---:|');
console.log(`| ballot page, first load without pictures, over the wire | ${kb(onLoad.reduce((sum, [, bytes]) => sum + bytes, 0))} | ≤ 150 KB |`);
for (const [address, bytes] of onLoad) console.log(`| … ${address.replace(/-[0-9a-f]{16}/, '')} | ${kb(bytes)} | |`);
for (const [name, times] of Object.entries(loads)) console.log(`| code can be entered, ${name} | ${spread(times)} | ${name === 'no slow-down' ? '' : '≤ 2 s'} |`);
for (const [name, times] of Object.entries(votes)) if (times.length > 0) console.log(`| from the code to the acceptance, machine time, ${name} | ${spread(times)} | ≤ 3 s |`);
await browser.close();
demo.stop();
