/** Score: for each territory one of the marks from nought up, or none; a number to type where the scale is long. */
import { type Card, cardItem } from '../cards.ts';
import { button, el, markInvalid } from '../dom.ts';
import { say } from '../texts.ts';
import type { Marking, MarkingParts } from './marking.ts';

/** The longest scale that is shown as buttons. */
const LONGEST = 10;

/** What a territory's control says; undefined without a score. */
interface Scale {
  readonly element: HTMLElement;
  readonly value: () => number | undefined;
}

/** A scale from 0 to `max` on each card. */
export function score(max: number, parts: MarkingParts): Marking {
  const make = max <= LONGEST ? radios : typed;
  const changed = () => {
    show();
    parts.changed();
  };
  const scales = parts.cards.map((card) => ({ card, scale: make(max, card, { ...parts, changed }) }));
  const given = () => scales.flatMap(({ card, scale }) => {
    const value = scale.value();
    return value === undefined ? [] : [{ territory: card.position, value }];
  });
  const items = scales.map(({ card, scale }) => cardItem(card, scale.element));
  const show = () => {
    for (const [at, item] of items.entries()) item.classList.toggle('marked', scales[at]?.scale.value() !== undefined);
  };
  return {
    element: el('ul', { class: 'ballot' }, ...items),
    marks: given,
    summary: () => say('client-score-summary', { given: given().length, all: scales.length }),
  };
}

function radios(max: number, card: Card, { changed }: MarkingParts): Scale {
  const name = `score-${card.position}`;
  const values = ['', ...Array.from({ length: max + 1 }, (_, value) => String(value))];
  const choices = values.map((value) => ({
    value,
    radio: el('input', { type: 'radio', name, id: `${name}-${value || 'none'}`, value, checked: value === '' }),
  }));
  const labels = choices.map(({ value, radio }) => {
    radio.addEventListener('change', changed);
    return el('label', { for: radio.id }, radio, value === '' ? say('client-score-none') : value);
  });
  return {
    element: el('fieldset', { class: 'scale' }, el('legend', {}, card.name()), ...labels),
    value: () => {
      const chosen = choices.find(({ radio }) => radio.checked)?.value ?? '';
      return chosen === '' ? undefined : Number(chosen);
    },
  };
}

function typed(max: number, card: Card, { changed, refuse }: MarkingParts): Scale {
  const id = `score-${card.position}`;
  const input = el('input', { type: 'text', inputmode: 'numeric', id, autocomplete: 'off', 'aria-describedby': `${id}-hint` });
  const value = () => {
    const given = /^\d{1,9}$/.test(input.value.trim()) ? Number(input.value) : undefined;
    return given !== undefined && given <= max ? given : undefined;
  };
  input.addEventListener('input', changed);
  input.addEventListener('change', () => {
    const fits = input.value.trim() === '' || value() !== undefined;
    markInvalid(input, !fits);
    changed();
    if (!fits) refuse(say('client-score-range', { max }));
  });
  const clear = () => {
    input.value = '';
    markInvalid(input, false);
    changed();
    input.focus();
  };
  const remove = button(say('client-score-clear'), clear, { class: 'quiet', 'aria-label': say('client-score-clear-of', { title: card.title }) });
  return {
    element: el('div', {},
      el('label', { for: id }, card.name()), el('div', { class: 'stepper' }, input, remove), el('small', { class: 'hint', id: `${id}-hint` }, say('client-score-hint', { max }))),
    value,
  };
}
