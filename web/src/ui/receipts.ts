/** The receipts of this device for one round, the newest first, each followed into the log, and the log checked to have only grown. */
import type { Api } from '../core/api.ts';
import { faultOf } from '../core/fault.ts';
import { Resident } from '../core/resident.ts';
import type { Store } from '../core/store/store.ts';
import { actions, button, el, link, notice, p } from './dom.ts';
import { takeErased } from './erased.ts';
import { askToErase } from './erasing.ts';
import { faultNotice, wordsOf } from './faults.ts';
import { notCounted } from './not_counted.ts';
import { type Page, show } from './page.ts';
import { receiptView } from './receipt_view.ts';
import { say } from './texts.ts';

/** Shows what the device holds. */
export async function showReceipts(page: Page, api: Api, store: Store): Promise<void> {
  let resident: Resident;
  try {
    resident = await Resident.enter(api, store, page.slug);
  } catch (thrown) {
    const again = button(say('client-try-again'), () => void showReceipts(page, api, store), { id: 'try-again' });
    show(page, 'failed', say('client-start-failed'), faultNotice(page, faultOf(thrown), undefined, again));
    return;
  }
  const { accepted, pending } = await resident.standing();
  const unanswered = pending && notCounted(accepted.length > 0, p(say('client-pending')), link(say('client-pending-link'), `${page.round}/ballot`));
  if (accepted.length === 0) {
    const isErased = takeErased() && notice('info', say('client-erased'), p(say('client-erased-text')));
    show(page, 'none', say('client-receipts-none'), isErased, unanswered, p(say('client-receipts-none-text')), link(say('client-check-link'), `${page.round}/check`));
    return;
  }
  const host = el('div');
  const log = el('p', { id: 'log-state', role: 'status' }, say('client-log-asking'));
  const newestFirst = [...accepted].reverse();
  const items = newestFirst.map((ballot, at) =>
    el('li', {},
      el('h3', {}, at === 0 ? say('client-receipt-last') : say('client-receipt-earlier')),
      p(at === 0 ? say('client-receipt-last-text') : say('client-receipt-earlier-text')),
      receiptView(page, resident, ballot).element));
  show(page, 'receipts', say('client-receipts'), unanswered, log, el('ol', { class: 'plain' }, ...items),
    actions(button(say('client-finish'), () => void askToErase(page, resident, host), { id: 'finish', class: 'quiet' })), host);
  try {
    const { head, before } = await resident.follow();
    log.textContent = before === undefined ? say('client-log-first', { size: head.size }) : say('client-log-grew', { size: head.size, before: before.size });
    log.dataset['log'] = 'holds';
  } catch (thrown) {
    const fault = faultOf(thrown);
    log.dataset['log'] = fault.what.kind === 'wrong' ? 'failed' : 'unknown';
    log.textContent = say('client-log-fault', { reason: wordsOf(fault, resident.place).title });
  }
}
