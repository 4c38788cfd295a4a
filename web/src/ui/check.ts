/** "Check my vote": a receipt file, a QR code or a tracker, checked by the browser itself. */
import type { Api } from '../core/api.ts';
import { equal } from '../core/bytes.ts';
import { type CheckedVote, checkReceiptCode, checkReceiptFile, checkTracker } from '../core/checking.ts';
import { faultOf } from '../core/fault.ts';
import { type Place, enterPlace } from '../core/place.ts';
import { readReceiptCode } from '../core/receipt_code.ts';
import { readReceiptFile, roundOf } from '../core/receipt_file.ts';
import { countedView } from './counted.ts';
import { type Child, actions, button, el, link, markInvalid, mistake, notice, p } from './dom.ts';
import { faultNotice } from './faults.ts';
import { failedView, foundView } from './findings.ts';
import { now } from './moments.ts';
import { type Page, show } from './page.ts';
import { readQr } from './qr_reading.ts';
import { say } from './texts.ts';
import { turns } from './turns.ts';

/** Files above this size are no receipts. */
const LARGEST = 1_000_000;

/** Shows the ways to check; with a code in the address it is checked at once. */
export async function showCheck(page: Page, api: Api, fragment: string): Promise<void> {
  let place: Place;
  try {
    const { rules, fingerprint } = await api.round(page.slug);
    place = await enterPlace(page.slug, rules, fingerprint);
  } catch (thrown) {
    const again = button(say('client-try-again'), () => void showCheck(page, api, fragment), { id: 'try-again' });
    show(page, 'failed', say('client-start-failed'), faultNotice(page, faultOf(thrown), undefined, again));
    return;
  }
  const result = el('div', { id: 'result', role: 'status' });
  // Every check begins with an empty result: the verdict on one receipt must not stand there while another is checked.
  const begin = turns((...content: readonly Child[]) => {
    result.replaceChildren(...content.filter((child): child is Node => child instanceof Node));
    const title = result.querySelector<HTMLElement>('p');
    title?.setAttribute('tabindex', '-1');
    title?.focus();
  });
  const check = async (isPromised: boolean, act: () => Promise<CheckedVote>, tell = begin()) => {
    tell(p(say('client-checking')));
    try {
      const vote = await act();
      tell(foundView(page, place, vote, isPromised), vote.state === 'logged' && countedView(page, api, place, vote.receipt, vote.today));
    } catch (thrown) {
      tell(failedView(page, place, faultOf(thrown), isPromised));
    }
  };
  const byCode = (text: string, tell = begin()) => {
    const code = readReceiptCode(text.slice(text.indexOf('#') + 1));
    if (code === undefined) return tell(nothing(say('client-no-receipt')));
    if (!equal(code.fingerprint, place.fingerprint)) return tell(otherRound(page, text.split('/check#')[0] ?? ''));
    return void check(true, () => checkReceiptCode(api, place, code, now()), tell);
  };
  const byFile = async (file: File) => {
    const tell = begin();
    tell(p(say('client-checking')));
    const text = file.size > LARGEST ? '' : await file.text().catch(() => '');
    const receipt = readReceiptFile(text);
    if (receipt === undefined) return tell(nothing(say('client-no-receipt')));
    if (!equal(receipt.fingerprint, place.fingerprint)) return tell(otherRound(page, receipt.round));
    return check(true, () => checkReceiptFile(api, place, receipt, now()), tell);
  };
  const byPicture = async (picture: File) => {
    const tell = begin();
    tell(p(say('client-qr-reading')));
    const text = await readQr(picture);
    return text === undefined ? tell(nothing(say('client-no-qr'))) : byCode(text, tell);
  };
  show(page, 'check', say('client-check-heading'), p(say('client-check-lead')),
    chooser('receipt-file', say('client-check-file'), say('client-check-file-hint'), '.json,application/json', byFile),
    chooser('receipt-picture', say('client-check-picture'), say('client-check-picture-hint'), 'image/*', byPicture),
    byTracker((name) => void check(false, () => checkTracker(api, place, name, now()))),
    result);
  if (fragment !== '') byCode(fragment);
}

function chooser(id: string, label: string, hint: string, accept: string, chosen: (file: File) => unknown): HTMLElement {
  // The browser's own control speaks the browser's language, so a button in the page's stands for it.
  const input = el('input', { type: 'file', id, accept, hidden: true, 'aria-label': label });
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    if (file !== undefined) void chosen(file);
    // So that the same file can be chosen again.
    input.value = '';
  });
  const choose = button(label, () => input.click(), { id: `${id}-choose`, class: 'quiet', 'aria-describedby': `${id}-hint` });
  return el('div', { class: 'field' }, choose, input, el('small', { class: 'hint', id: `${id}-hint` }, hint));
}

function byTracker(check: (name: string) => void): HTMLElement {
  const error = mistake('tracker-error');
  const input = el('input', { type: 'text', id: 'tracker', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', 'aria-describedby': 'tracker-hint tracker-error' });
  const form = el('form', { id: 'tracker-form', novalidate: true, autocomplete: 'off' },
    el('div', { class: 'field' }, el('label', { for: 'tracker' }, say('client-check-tracker')), input, el('small', { class: 'hint', id: 'tracker-hint' }, say('client-check-tracker-hint')), error.element),
    actions(el('button', { type: 'submit', id: 'tracker-submit' }, say('client-check-submit'))));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const isName = /^(?:[0-9a-f]{16}|[0-9a-f]{64})$/i.test(input.value.replace(/[-\s]/g, ''));
    error.tell(isName ? '' : say('client-check-tracker-form'));
    markInvalid(input, !isName);
    if (isName) check(input.value);
    else input.focus();
  });
  return form;
}

function nothing(text: string): HTMLElement {
  return el('div', { id: 'found', 'data-found': 'nothing' }, notice('info', text, p(say('client-no-receipt-advice'))));
}

/** A receipt of another round: the way there, if it is on this server. */
function otherRound({ host, slug, round: here }: Page, address: string): HTMLElement {
  const round = roundOf(address);
  const isHere = round !== undefined && `${new URL(address).protocol}//${round.host}` === host;
  return el('div', { id: 'found', 'data-found': 'other-round' },
    notice('info', say('client-other-round'), isHere ? link(say('client-other-round-link'), `${here.slice(0, -slug.length)}${round.slug}/check`) : round !== undefined && p(address)));
}
