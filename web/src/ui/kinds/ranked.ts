/** Ranked: an order of territories, made with buttons, keys or by dragging, each with the same effect and said aloud. */
import { type Card, cardItem } from '../cards.ts';
import { announce, button, el } from '../dom.ts';
import { number } from '../moments.ts';
import { say } from '../texts.ts';
import { dragToSort } from './dragging.ts';
import type { Marking, MarkingParts } from './marking.ts';

/** A list of at most `max` territories, the best first, and the list of the others. */
export function ranked(max: number, { cards, changed, refuse }: MarkingParts): Marking {
  const chosen = el('ol', { class: 'ballot', id: 'ranked', 'aria-labelledby': 'ranked-title' });
  const others = el('ul', { class: 'ballot', id: 'unranked', 'aria-labelledby': 'unranked-title' });
  const none = el('p', { id: 'ranked-none' }, say('client-ranked-none'));
  const rows = new Map(cards.map((card) => [card.position, row(card)]));
  const items = () => Array.from(chosen.children) as HTMLElement[];

  const renew = () => {
    none.hidden = items().length > 0;
    for (const [at, item] of items().entries()) {
      const place = item.querySelector('.place');
      if (place !== null) place.textContent = number(at + 1);
      item.querySelector('.up')?.setAttribute('aria-disabled', String(at === 0));
      item.querySelector('.down')?.setAttribute('aria-disabled', String(at === items().length - 1));
    }
    changed();
  };
  const tell = (card: Card) => {
    const place = items().findIndex((item) => item === rows.get(card.position)?.item) + 1;
    announce(say('client-ranked-moved', { title: card.title, place, all: items().length }));
  };
  const move = (card: Card, item: HTMLElement, to: number) => {
    const all = items();
    const from = all.indexOf(item);
    const target = all[Math.max(0, Math.min(to, all.length - 1))];
    if (target === undefined || target === item) return;
    // The others go past this one, so that it keeps the focus and the pointer.
    if (to < from) for (const other of all.slice(Math.max(0, to), from).reverse()) item.after(other);
    else for (const other of all.slice(from + 1, to + 1)) item.before(other);
    renew();
    tell(card);
  };
  const remove = (card: Card, { item, other }: Row) => {
    const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector<HTMLElement>('.remove');
    item.remove();
    others.append(other);
    renew();
    announce(say('client-ranked-removed', { title: card.title }));
    (next ?? other.querySelector('button'))?.focus();
  };
  const add = (card: Card, { item, other }: Row) => {
    if (items().length >= max) return refuse(say('client-ranked-full', { max }));
    const next = (other.nextElementSibling ?? other.previousElementSibling)?.querySelector<HTMLElement>('button');
    other.remove();
    chosen.append(item);
    renew();
    tell(card);
    (next ?? item.querySelector<HTMLElement>('.up'))?.focus();
  };

  for (const card of cards) {
    const made = rows.get(card.position);
    if (made === undefined) continue;
    const { item, other } = made;
    const at = () => items().indexOf(item);
    const keys: { readonly [key: string]: () => void } = {
      ArrowUp: () => move(card, item, at() - 1),
      ArrowDown: () => move(card, item, at() + 1),
      Home: () => move(card, item, 0),
      End: () => move(card, item, items().length - 1),
      Delete: () => remove(card, made),
    };
    item.addEventListener('keydown', (event) => {
      const act = event.altKey || event.ctrlKey || event.metaKey ? undefined : keys[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    });
    item.querySelector('.up')?.addEventListener('click', () => move(card, item, at() - 1));
    item.querySelector('.down')?.addEventListener('click', () => move(card, item, at() + 1));
    item.querySelector('.remove')?.addEventListener('click', () => remove(card, made));
    other.querySelector('button')?.addEventListener('click', () => add(card, made));
    dragToSort(item, renew, () => tell(card));
    others.append(other);
  }
  return {
    element: el('div', {},
      el('h3', { id: 'ranked-title' }, say('client-ranked-title')), el('p', { class: 'hint', id: 'ranked-keys' }, say('client-ranked-keys')), none, chosen,
      el('h3', { id: 'unranked-title' }, say('client-unranked-title')), others),
    marks: () => items().map((item) => ({ territory: Number(item.dataset['position']) })),
    summary: () => say('client-ranked-summary', { ranked: items().length, max }),
  };
}

/** A territory in the order, and the same among the others. */
interface Row {
  readonly item: HTMLLIElement;
  readonly other: HTMLLIElement;
}

function row(card: Card): Row {
  const { position, title } = card;
  const control = (name: 'up' | 'down' | 'remove', sign: string) =>
    button(sign, () => undefined, { class: `quiet step ${name}`, 'aria-label': say(`client-ranked-${name}`, { title }), 'aria-describedby': 'ranked-keys' });
  return {
    item: el('li', { class: 'marked', 'data-position': position },
      el('p', {}, card.name()),
      el('div', { class: 'controls' },
        el('span', { class: 'place', 'aria-hidden': true }),
        // For fingers and mice alone: the buttons beside it, and keys on them, do the same.
        el('button', { type: 'button', class: 'quiet step handle', tabindex: -1, 'aria-hidden': true }, '⠿'),
        control('up', '↑'), control('down', '↓'), control('remove', '×'))),
    other: cardItem(card, el('p', {}, card.name()),
      button(say('client-ranked-add'), () => undefined, { class: 'quiet', id: `add-${position}`, 'aria-label': say('client-ranked-add-of', { title }) })),
  };
}
