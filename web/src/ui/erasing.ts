/** Erasing a round from the device: first it is said what is lost. */
import { faultOf } from '../core/fault.ts';
import type { Resident } from '../core/resident.ts';
import { ask } from './ask.ts';
import { p } from './dom.ts';
import { beginAnew, clearSite, tellTabs } from './erased.ts';
import { faultNotice } from './faults.ts';
import type { Page } from './page.ts';
import { say } from './texts.ts';

/**
 * Asks, erases, and makes the page anew. With `goOn` this page goes on instead, so that what was typed is not lost; the site's storage
 * stays open for it then, empty of this round.
 */
export async function askToErase(page: Page, resident: Resident, host: HTMLElement, goOn?: () => void): Promise<void> {
  const { unsaved, requested, pending, accepted } = await resident.standing();
  const lost = [
    unsaved && say('client-erase-unsaved'),
    requested && say('client-erase-requested'),
    pending && say('client-erase-pending'),
    accepted.length > 0 && say('client-erase-receipts'),
    !unsaved && !requested && say('client-erase-saved'),
  ].filter((line): line is string => line !== false);
  const erased = async () => {
    // What was kept in this page's memory only, no other tab has seen.
    if (resident.store.kind === 'device') tellTabs();
    if (goOn !== undefined) return goOn();
    await clearSite(resident.store);
    beginAnew();
  };
  const erase = () =>
    void resident.erase().then(erased).catch((thrown: unknown) => host.replaceChildren(faultNotice(page, faultOf(thrown), resident.place)));
  ask(host, say('client-erase-question'), lost.map((line) => p(line)),
    { id: 'erase-yes', text: say('client-erase-yes'), act: erase },
    { id: 'erase-no', text: say('client-erase-no'), act: () => document.getElementById('step')?.focus() });
}
