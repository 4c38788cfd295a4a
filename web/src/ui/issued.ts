/** Was a credential issued in my name? The first half of the code asks; nothing is kept. */
import type { Api } from '../core/api.ts';
import { readIdentifying, splitTyped } from '../core/codes.ts';
import { faultOf } from '../core/fault.ts';
import { type Place, enterPlace } from '../core/place.ts';
import { codeFaultWords, codeField } from './code_field.ts';
import { actions, button, el, notice, p } from './dom.ts';
import { contactLine, faultNotice } from './faults.ts';
import { type Page, show } from './page.ts';
import { say } from './texts.ts';

/** Shows the form. */
export async function showIssued(page: Page, api: Api): Promise<void> {
  let place: Place;
  try {
    const { rules, fingerprint } = await api.round(page.slug);
    place = await enterPlace(page.slug, rules, fingerprint);
  } catch (thrown) {
    const again = button(say('client-try-again'), () => void showIssued(page, api), { id: 'try-again' });
    show(page, 'failed', say('client-start-failed'), faultNotice(page, faultOf(thrown), undefined, again));
    return;
  }
  // Of a whole code that is pasted only the first half stays.
  const field = codeField({ id: 'code-first', label: say('client-code-first'), hint: say('client-issued-hint') }, readIdentifying, (text) => {
    field.input.value = splitTyped(text)?.[0] ?? text;
  });
  const answer = el('div', { id: 'answer' });
  const go = el('button', { type: 'submit', id: 'issued-submit' }, say('client-issued-submit'));
  const form = el('form', { autocomplete: 'off', novalidate: true, id: 'issued-form' }, field.element, actions(go));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const read = field.read() ?? readIdentifying('');
    if (!read.ok) {
      field.fail(codeFaultWords(read.fault));
      field.input.focus();
      return;
    }
    answer.replaceChildren(p(say('client-code-working'), { role: 'status' }));
    const asked = api.identify(page.slug, read.value).then((session) => api.status(page.slug, session));
    void asked.then(
      ({ issued, pseudonym }) => answer.replaceChildren(found(page, issued, pseudonym)),
      (thrown: unknown) => answer.replaceChildren(faultNotice(page, faultOf(thrown), place)),
    );
  });
  show(page, 'issued', say('client-issued-heading'), p(say('client-issued-lead')), form, answer);
}

function found(page: Page, issued: boolean, pseudonym: string): HTMLElement {
  const made = issued
    ? notice('info', say('client-issued-yes'), p(say('client-issued-yes-text')), p(say('client-issued-not-me')), contactLine(page))
    : notice('info', say('client-issued-no'), p(say('client-issued-no-text')));
  made.setAttribute('role', 'status');
  made.dataset['issued'] = String(issued);
  made.append(el('dl', {}, el('dt', {}, say('client-pseudonym')), el('dd', {}, el('code', {}, pseudonym))), p(say('client-pseudonym-text')));
  return made;
}
