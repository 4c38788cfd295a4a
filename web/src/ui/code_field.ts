/** One field for a half of the letter code: slips are said while it is being typed, before anything is sent. */
import { type CodeFault, type Read, inGroups, typedLetters } from '../core/codes.ts';
import { el, markInvalid, mistake } from './dom.ts';
import { say } from './texts.ts';

/** A field for a code of one type. */
export interface CodeField<Code> {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  /** What was typed; undefined when nothing was. */
  readonly read: () => Read<Code> | undefined;
  /** Says what is wrong beside the field; an empty text takes it away. */
  readonly fail: (reason: string) => void;
}

/** The texts around a field. */
export interface FieldWords {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  /** Whether the code is so long that narrow screens need smaller letters. */
  readonly isLong?: boolean;
}

/** A field that is read by `parse`. `typed` sees each change first, as when a whole code is pasted. */
export function codeField<Code>(words: FieldWords, parse: (text: string) => Read<Code>, typed: (text: string) => void = () => undefined): CodeField<Code> {
  const { id } = words;
  const error = mistake(`${id}-error`);
  const input = el('input', {
    type: 'text', id, class: words.isLong ? 'code long' : 'code', autocomplete: 'off', autocapitalize: 'characters', autocorrect: 'off', spellcheck: 'false',
    'aria-describedby': `${id}-hint ${id}-error`,
  });
  const fail = (reason: string) => {
    error.tell(reason);
    markInvalid(input, reason !== '');
  };
  const read = () => (typedLetters(input.value) === '' ? undefined : parse(input.value));
  input.addEventListener('input', () => {
    typed(input.value);
    const got = read();
    // While letters are still missing only those that no code has are a mistake.
    fail(got === undefined || got.ok || (got.fault.fault === 'length' && got.fault.given < got.fault.expected) ? '' : codeFaultWords(got.fault));
  });
  input.addEventListener('change', () => {
    const got = read();
    input.value = inGroups(typedLetters(input.value));
    fail(got === undefined || got.ok ? '' : codeFaultWords(got.fault));
  });
  const element = el('div', { class: 'field' }, el('label', { for: id }, words.label), input, el('small', { class: 'hint', id: `${id}-hint` }, words.hint), error.element);
  return { element, input, read, fail };
}

/** Why a text is no code, in words. */
export function codeFaultWords(fault: CodeFault): string {
  switch (fault.fault) {
    case 'length':
      return fault.given < fault.expected
        ? say('client-code-short', { given: fault.given, expected: fault.expected })
        : say('client-code-long', { given: fault.given, expected: fault.expected });
    case 'letter':
      return say('client-code-letter', { letter: fault.letter, place: fault.place });
    case 'check':
      return say('client-code-check');
  }
}
