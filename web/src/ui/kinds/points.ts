/** Points: a number for each territory, with what is left of the whole. */
import { type Card, cardItem } from '../cards.ts';
import { button, el } from '../dom.ts';
import { say } from '../texts.ts';
import type { Marking, MarkingParts } from './marking.ts';

/** Steppers that share `total` points, at most `each` of them for one territory. */
export function points(total: number, each: number | undefined, { cards, changed, refuse }: MarkingParts): Marking {
  const most = each ?? total;
  const given = new Map<number, number>();
  const left = () => total - [...given.values()].reduce((sum, value) => sum + value, 0);

  /** Gives a territory so many points, or as many as can be, and says why not more. */
  const give = (position: number, wanted: number): number => {
    const before = given.get(position) ?? 0;
    const value = Math.max(0, Math.min(wanted, most, left() + before));
    const fits = left() + before;
    if (value === 0) given.delete(position);
    else given.set(position, value);
    items.find((item) => item.dataset['position'] === String(position))?.classList.toggle('marked', value > 0);
    changed();
    if (wanted > most && value === most) refuse(say('client-points-each', { each: most }));
    else if (wanted > value) refuse(say('client-points-left', { left: fits }));
    return value;
  };

  const items = cards.map((card) => cardItem(card, stepper(card, most, given, give)));
  return {
    element: el('ul', { class: 'ballot' }, ...items),
    marks: () => [...given].map(([territory, value]) => ({ territory, value })),
    summary: () => say('client-points-summary', { left: left(), total }),
  };
}

function stepper(card: Card, most: number, given: ReadonlyMap<number, number>, give: (position: number, wanted: number) => number): HTMLElement {
  const { position, title } = card;
  const id = `points-${position}`;
  const input = el('input', {
    type: 'text', inputmode: 'numeric', id, value: '0', autocomplete: 'off', 'aria-describedby': `${id}-hint summary`,
  });
  const set = (wanted: number) => (input.value = String(give(position, wanted)));
  const step = (by: number) => set((given.get(position) ?? 0) + by);
  const settle = () => set(/^\d{1,9}$/.test(input.value.trim()) ? Number(input.value) : 0);
  // A number that is too large is put right when the field is left, and the reason is said.
  input.addEventListener('change', settle);
  input.addEventListener('keydown', (event) => {
    const by = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    step(by);
  });
  return el('div', {},
    el('label', { for: id }, card.name()),
    el('div', { class: 'stepper' },
      button('−', () => step(-1), { class: 'quiet step', id: `${id}-less`, 'aria-label': say('client-points-less', { title }) }),
      input,
      button('+', () => step(1), { class: 'quiet step', id: `${id}-more`, 'aria-label': say('client-points-more', { title }) })),
    el('small', { class: 'hint', id: `${id}-hint` }, say('client-points-hint', { each: most })));
}
