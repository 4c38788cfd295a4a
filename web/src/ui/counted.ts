/** The "device check": after the opening a ballot of the log is opened with the key of the log, and what it says is shown. */
import type { Api } from '../core/api.ts';
import { type CheckedReceipt, openReceipt, revealedKey } from '../core/checking.ts';
import type { Mark } from '../core/choice.ts';
import { faultOf } from '../core/fault.ts';
import type { Checkpoint } from '../core/log/checkpoint.ts';
import type { Place } from '../core/place.ts';
import { replacementOf } from '../core/replacing.ts';
import { actions, button, el, notice, p } from './dom.ts';
import { contactLine, faultNotice } from './faults.ts';
import { number } from './moments.ts';
import type { Page } from './page.ts';
import { say } from './texts.ts';

/** What was counted, and on demand whether a later ballot counts in its place. */
export function countedView(page: Page, api: Api, place: Place, receipt: CheckedReceipt, today: Checkpoint): HTMLElement {
  const counted = el('div', { id: 'counted' }, p(say('client-counted-asking'), { role: 'status' }));
  const replaced = el('div', { id: 'replaced' });
  const progress = el('p', { role: 'status', id: 'replaced-progress' });
  const ask = button(say('client-replaced-ask'), () => {
    ask.disabled = true;
    const told = (read: number) => (progress.textContent = say('client-replaced-reading', { read, size: today.size }));
    replacementOf(api, place, today, receipt.envelope, told).then(
      (found) => {
        progress.textContent = '';
        replaced.dataset['replaced'] = String(found !== undefined);
        replaced.replaceChildren(found === undefined
          ? notice('accepted', say('client-replaced-no'), p(say('client-replaced-no-text')))
          : notice('info', say('client-replaced-yes', { line: found.index }), p(say('client-replaced-yes-text'))));
      },
      (thrown: unknown) => {
        ask.disabled = false;
        progress.textContent = '';
        replaced.replaceChildren(faultNotice(page, faultOf(thrown), place));
      });
  }, { id: 'replaced-ask', class: 'quiet' });
  void open(page, api, place, receipt).then(
    (made) => counted.replaceChildren(made),
    (thrown: unknown) => counted.replaceChildren(faultNotice(page, faultOf(thrown), place)));
  return el('div', {},
    el('h3', {}, say('client-counted-heading')), counted,
    el('h3', {}, say('client-replaced-heading')), p(say('client-replaced-lead')), actions(ask), progress, replaced);
}

async function open(page: Page, api: Api, place: Place, receipt: CheckedReceipt): Promise<HTMLElement> {
  const key = await revealedKey(api, place);
  if (key === undefined) return el('div', { 'data-counted': 'sealed' }, p(say('client-counted-sealed')));
  const opened = await openReceipt(place, key, receipt);
  if (!opened.ok) {
    return el('div', { 'data-counted': 'invalid' }, notice('problem', say('client-counted-invalid'), p(say('client-counted-differs')), contactLine(page)));
  }
  const list = opened.marks.length === 0 ? p(say('client-counted-blank')) : el(place.rules.kind.kind === 'ranked' ? 'ol' : 'ul', { class: 'counted' }, ...opened.marks.map((mark) => item(page, place, mark)));
  return el('div', { 'data-counted': 'opened' }, p(say('client-counted-lead')), list, p(say('client-counted-differs')), contactLine(page));
}

function item({ townLanguage }: Page, place: Place, { territory, value }: Mark): HTMLElement {
  const title = place.rules.territories[territory]?.title ?? '';
  return el('li', {}, el('span', { lang: townLanguage }, title), value !== undefined && `: ${number(value)}`);
}
