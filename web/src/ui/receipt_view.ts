/** One receipt: what it proves and how far the ballot is, with the ways to keep it. */
import { isOver } from '../core/acceptance.ts';
import { faultOf } from '../core/fault.ts';
import { trackerOf } from '../core/receipt_file.ts';
import type { Resident } from '../core/resident.ts';
import type { AcceptedBallot } from '../core/store/record.ts';
import { actions, announce, button, el } from './dom.ts';
import { wordsOf } from './faults.ts';
import { fingerprintItems } from './fingerprint.ts';
import { moment, now } from './moments.ts';
import type { Page } from './page.ts';
import { poll } from './polling.ts';
import { qrPicture } from './qr.ts';
import { say } from './texts.ts';
import { witnessWords } from './witnesses.ts';

/** A receipt in the page; it is followed into the log until `stop` is called. */
export interface ReceiptView {
  readonly element: HTMLElement;
  readonly stop: () => void;
}

/** Shows an accepted ballot and follows it into the log. */
export function receiptView(page: Page, resident: Resident, accepted: AcceptedBallot): ReceiptView {
  let ballot = accepted;
  const zone = resident.place.rules.timeZone;
  const state = el('p', { class: 'receipt-state', role: 'status' }, say('client-receipt-asking'));
  const keep = el('div', { class: 'receipt-keep' });
  const element = el('section', { class: 'receipt', 'aria-label': `${say('client-tracker')} ${trackerOf(ballot.hash)}`, 'data-receipt': 'asking', 'data-tracker': trackerOf(ballot.hash) },
    el('dl', {},
      el('dt', {}, say('client-tracker')), el('dd', {}, el('code', { class: 'tracker' }, trackerOf(ballot.hash))),
      el('dt', {}, say('client-in-log-by')), el('dd', {}, moment(ballot.inLogBy, zone)),
      ...fingerprintItems(resident.place)),
    state, ways(page, resident, () => ballot, keep), keep);
  const tell = (name: string, words: string) => {
    if (state.textContent === words) return;
    element.dataset['receipt'] = name;
    state.textContent = words;
  };
  const look = async (): Promise<boolean> => {
    try {
      const found = await resident.receipt(ballot);
      if (found.state === 'waiting') {
        const isLate = isOver(found.inLogBy, now());
        tell(isLate ? 'late' : 'waiting', isLate ? say('client-receipt-late') : say('client-receipt-waiting', { moment: moment(found.inLogBy, zone) }));
        return false;
      }
      ballot = { ...ballot, logged: found.logged };
      // A code that is shown already lacks the head of the log.
      keep.replaceChildren();
      const words = say('client-receipt-logged', { line: found.logged.index, size: found.head.size });
      tell('logged', [words, ...witnessWords(resident.place, found.witnesses)].join(' '));
      return true;
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (fault.what.kind === 'no-answer' || fault.what.kind === 'device' || (fault.what.kind === 'refused' && fault.slug !== 'unknown-ballot')) {
        tell('unknown', say('client-receipt-unknown', { reason: wordsOf(fault, resident.place).title }));
        return false;
      }
      tell('failed', fault.slug === 'unknown-ballot' ? say('client-receipt-denied') : say('client-receipt-failed', { reason: wordsOf(fault, resident.place).title }));
      return true;
    }
  };
  return { element, stop: poll(look) };
}

/** Buttons that keep the receipt elsewhere. */
function ways(page: Page, resident: Resident, ballot: () => AcceptedBallot, keep: HTMLElement): HTMLElement {
  const save = () => {
    const { name, text } = resident.file(ballot(), page.host);
    const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    el('a', { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    announce(say('client-saved', { name }));
  };
  const showCode = async () => {
    const address = await resident.address(ballot(), page.host);
    keep.replaceChildren(el('figure', { class: 'qr' }, qrPicture(address, say('client-qr-name')), el('figcaption', {}, say('client-qr-note'))));
    announce(say('client-qr-name'));
  };
  return actions(button(say('client-save'), save, { class: 'quiet save' }),
    button(say('client-qr'), () => void showCode(), { class: 'quiet show-qr' }),
    button(say('client-print'), () => void showCode().then(() => print()), { class: 'quiet print' }));
}
