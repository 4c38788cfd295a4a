/** The step that asks for the letter code: its first half identifies, its second never leaves the browser. */
import { type IdentifyingCode, type SecretCode, linkedHalf, readIdentifying, readSecret, splitTyped } from '../core/codes.ts';
import { type Fault, faultOf } from '../core/fault.ts';
import type { Place } from '../core/place.ts';
import { codeFaultWords, codeField } from './code_field.ts';
import { actions, announce, button, el, p } from './dom.ts';
import { faultNotice, wordsOf } from './faults.ts';
import type { Page } from './page.ts';
import { say } from './texts.ts';

/** What was typed, checked. */
export interface TypedCode {
  readonly identifying: IdentifyingCode;
  readonly secret?: SecretCode;
  /** Whether others use the device too: then nothing is kept on it. */
  readonly shared: boolean;
}

/** What a code form does. */
export interface CodeFormParts {
  readonly page: Page;
  readonly place: Place;
  /** The first half, as from the QR code on the letter; of a whole code the second half is not taken, see `linkedHalf`. */
  readonly prefill: string;
  /** Whether the form asks if the device is shared. */
  readonly mayShare: boolean;
  /** Rejects with a fault, which the form shows. */
  readonly submit: (code: TypedCode) => Promise<void>;
  /** What helps when the device holds the credential of somebody else. */
  readonly somebodyElse: () => void;
}

/** Faults that belong to a field: which one they are shown at. */
const AT_FIELD: { readonly [fault: string]: 'first' | 'second' } = {
  code: 'first', 'code-mistyped': 'first', 'letter-replaced': 'first', 'already-issued': 'second', backup: 'second',
};

/** The form. */
export function codeForm({ page, place, prefill, mayShare, submit, somebodyElse }: CodeFormParts): HTMLFormElement {
  const first = codeField({ id: 'code-first', label: say('client-code-first'), hint: say('client-code-first-hint') }, readIdentifying, (text) => {
    fill(text);
  });
  const second = codeField({ id: 'code-second', label: say('client-code-second'), hint: say('client-code-second-hint'), isLong: true }, readSecret);
  const fill = (text: string): boolean => {
    const halves = splitTyped(text);
    if (halves === undefined) return false;
    [first.input.value, second.input.value] = halves;
    second.input.dispatchEvent(new Event('input'));
    announce(say('client-code-filled'));
    return true;
  };
  const shared = el('input', { type: 'checkbox', id: 'shared', 'aria-describedby': 'shared-hint' });
  const problem = el('div', { id: 'code-problem' });
  const go = el('button', { type: 'submit', id: 'code-submit', class: 'big' }, say('client-code-submit'));
  const progress = el('p', { role: 'status', id: 'code-progress' });
  const form = el('form', { id: 'code-form', autocomplete: 'off', novalidate: true },
    first.element, prefill !== '' && p(say('client-code-linked'), { id: 'code-linked', class: 'hint' }), second.element,
    mayShare && el('div', { class: 'field' }, el('label', { class: 'choice', for: 'shared' }, shared, say('client-shared')), el('small', { class: 'hint', id: 'shared-hint' }, say('client-shared-hint'))),
    problem, actions(go), progress);

  const fail = (fault: Fault) => {
    const name = fault.slug ?? (fault.what.kind === 'refused' ? '' : fault.what.reason);
    const at = AT_FIELD[name] === 'first' ? first : AT_FIELD[name] === 'second' ? second : undefined;
    const label = fault.is('taken') ? say('client-somebody-else') : fault.is('requested') ? say('client-erase-request') : undefined;
    const eraseFirst = label !== undefined && button(label, somebodyElse, { id: 'somebody-else', class: 'quiet' });
    problem.replaceChildren(faultNotice(page, fault, place, eraseFirst));
    at?.fail(wordsOf(fault, place).title);
    at?.input.focus();
  };
  const isBusy = () => go.getAttribute('aria-disabled') === 'true';
  const busy = (is: boolean) => {
    go.setAttribute('aria-disabled', String(is));
    progress.textContent = is ? say('client-code-working') : '';
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (isBusy()) return;
    problem.replaceChildren();
    const identifying = first.read() ?? readIdentifying('');
    const secret = second.read();
    if (!identifying.ok) first.fail(codeFaultWords(identifying.fault));
    if (secret?.ok === false) second.fail(codeFaultWords(secret.fault));
    if (!identifying.ok) return first.input.focus();
    if (secret?.ok === false) return second.input.focus();
    busy(true);
    const code = { identifying: identifying.value, ...(secret && { secret: secret.value }), shared: shared.checked };
    submit(code).catch((thrown: unknown) => fail(faultOf(thrown))).finally(() => busy(false));
  });
  if (prefill !== '') {
    first.input.value = linkedHalf(prefill);
    first.input.dispatchEvent(new Event('change'));
  }
  return form;
}
