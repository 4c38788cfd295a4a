/** Erasing a round from the device: first it is said what is lost. */
import { faultOf } from '../core/fault.ts';
import type { Resident } from '../core/resident.ts';
import { ask } from './ask.ts';
import { p } from './dom.ts';
import { faultNotice } from './faults.ts';
import type { Page } from './page.ts';
import { say } from './texts.ts';

/** Asks, erases, and goes on. */
export async function askToErase(page: Page, resident: Resident, host: HTMLElement, erased: () => void): Promise<void> {
  const { unsaved, requested, pending, accepted } = await resident.standing();
  const lost = [
    unsaved && say('client-erase-unsaved'),
    requested && say('client-erase-requested'),
    pending && say('client-erase-pending'),
    accepted.length > 0 && say('client-erase-receipts'),
    !unsaved && !requested && say('client-erase-saved'),
  ].filter((line): line is string => line !== false);
  const erase = () =>
    void resident.erase().then(erased, (thrown: unknown) => host.replaceChildren(faultNotice(page, faultOf(thrown), resident.place)));
  ask(host, say('client-erase-question'), lost.map((line) => p(line)),
    { id: 'erase-yes', text: say('client-erase-yes'), act: erase },
    { id: 'erase-no', text: say('client-erase-no'), act: () => document.getElementById('step')?.focus() });
}
