/** Approval: a check box on each card, no more of them than the rules allow. */
import { el } from '../dom.ts';
import { cardItem } from '../cards.ts';
import { say } from '../texts.ts';
import type { Marking, MarkingParts } from './marking.ts';

/** Check boxes, at most `max` of them marked. */
export function approval(max: number, { cards, changed, refuse }: MarkingParts): Marking {
  const boxes = cards.map((card) => ({ card, box: el('input', { type: 'checkbox', id: `mark-${card.position}`, 'aria-describedby': 'summary' }) }));
  const marked = () => boxes.filter(({ box }) => box.checked);
  const items = boxes.map(({ card, box }) => cardItem(card, el('label', { class: 'choice', for: box.id }, box, card.name())));
  for (const { box } of boxes) {
    box.addEventListener('change', () => {
      if (marked().length > max) {
        box.checked = false;
        return refuse(say('client-approval-full', { max }));
      }
      for (const [at, item] of items.entries()) {
        const isMarked = boxes[at]?.box.checked ?? false;
        item.classList.toggle('marked', isMarked);
        item.classList.toggle('full', !isMarked && marked().length === max);
      }
      changed();
    });
  }
  return {
    element: el('ul', { class: 'ballot' }, ...items),
    marks: () => marked().map(({ card }) => ({ territory: card.position })),
    summary: () => say('client-approval-summary', { marked: marked().length, max }),
  };
}
