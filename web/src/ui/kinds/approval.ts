/** Approval: a check box on each card, no more of them than the rules allow. */
import { el } from '../dom.ts';
import { cardItem } from '../cards.ts';
import { say } from '../texts.ts';
import type { Marking, MarkingParts } from './marking.ts';

/** Check boxes, at most `max` of them marked. */
export function approval(max: number, { cards, changed, refuse }: MarkingParts): Marking {
  const boxes = cards.map((card) => ({ card, box: el('input', { type: 'checkbox', id: `mark-${card.position}`, 'aria-describedby': 'summary' }) }));
  const marked = () => boxes.filter(({ box }) => box.checked);
  for (const { box } of boxes) {
    box.addEventListener('change', () => {
      if (marked().length > max) {
        box.checked = false;
        refuse(say('client-approval-full', { max }));
      } else {
        changed();
      }
    });
  }
  const items = boxes.map(({ card, box }) => cardItem(card, el('label', { class: 'mark', for: box.id }, box, card.name())));
  return {
    element: el('ul', { class: 'cards' }, ...items),
    marks: () => marked().map(({ card }) => ({ territory: card.position })),
    summary: () => say('client-approval-summary', { marked: marked().length, max }),
  };
}
