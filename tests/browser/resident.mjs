// A resident at a browser: what they do on the pages, and what they read there.
import assert from 'node:assert/strict';

/** Address of a page of the round. */
export const at = (stage, page = '', language = '') => `${stage.url}${language && `/${language}`}/rounds/${stage.slug}${page && `/${page}`}`;

/** The state that the page's program is in. */
export const state = (page) => page.locator('#app').getAttribute('data-state');

/** Waits for a state. */
export async function comesTo(page, wanted) {
  await page.locator(`#app[data-state="${wanted}"]`).waitFor({ timeout: 20_000 }).catch(async () => {
    throw new Error(`the page is in state ${await state(page)}, not ${wanted}: ${await page.locator('main').innerText()}`);
  });
}

/** Both halves of a letter code. */
export function halves(code) {
  const [first, second] = code.split(' ');
  return { first, second };
}

/** Opens the ballot and gives the code, as typed from the letter. */
export async function identifies(page, stage, code, { shared = false, second = true, language = '' } = {}) {
  await page.goto(at(stage, 'ballot', language));
  await comesTo(page, 'code');
  await entersCode(page, code, { shared, second });
}

export async function entersCode(page, code, { shared = false, second = true } = {}) {
  const typed = halves(code);
  await page.locator('#code-first').fill(typed.first);
  await page.locator('#code-second').fill(second ? typed.second : '');
  if (shared) await page.locator('#shared').check();
  await page.locator('#code-submit').click();
}

/** Marks territories of an approval ballot by their positions in the rules. */
export async function marks(page, positions) {
  await comesTo(page, 'marks');
  for (const position of positions) await page.locator(`#mark-${position}`).check();
}

/** Casts, and waits for the acceptance. */
export async function casts(page) {
  await page.locator('#cast').click();
  await comesTo(page, 'accepted');
}

/** Identifies, marks and casts. Returns the tracker. */
export async function votes(page, stage, code, positions, options) {
  await identifies(page, stage, code, options);
  await marks(page, positions);
  await casts(page);
  return tracker(page);
}

/** The tracker of the receipt that is shown. */
export const tracker = (page) => page.locator('.receipt code.tracker').first().innerText();

/** Waits until the receipt that is shown is in the log and was checked. */
export const isLogged = (page) => page.locator('.receipt[data-receipt="logged"]').first().waitFor({ timeout: 30_000 });

/** Titles of territories in the order of the page. */
export const titles = (page) => page.locator('#marks .ballot > li strong').allInnerTexts();

/** Everything that the page's origin keeps on the device, as one text. */
export async function kept(page) {
  return page.evaluate(async () => {
    const found = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (const store of database.objectStoreNames) {
        const rows = await new Promise((resolve, reject) => {
          const request = database.transaction(store).objectStore(store).getAll();
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
        const shown = (key, value) => (value instanceof Uint8Array ? [...value].map((byte) => byte.toString(16).padStart(2, '0')).join('') : value instanceof CryptoKey ? `key, extractable ${value.extractable}` : value);
        found.push(...rows.map((row) => JSON.stringify(row, shown)));
      }
      database.close();
    }
    return [...found, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie].join('\n');
  });
}

/** No page had a fault that the reader would not see. */
export function nothingBroke(faults) {
  assert.deepEqual(faults, []);
}
