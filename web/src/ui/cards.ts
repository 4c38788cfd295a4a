/** The territories that the server put into the page, taken apart so that a ballot can be made of them. */
import type { Territory } from '../core/rules.ts';
import { type Child, el } from './dom.ts';
import type { Page } from './page.ts';

/** One territory as a ballot shows it. */
export interface Card {
  /** Position in the rules: what a mark names. */
  readonly position: number;
  /** Title, from the rules, whose fingerprint was checked. */
  readonly title: string;
  /** The title in the language of the town. */
  readonly name: () => HTMLElement;
  /** Picture, number, cost, and the link to its page, which opens beside this one. */
  readonly about: readonly Node[];
}

/** The cards by position. What the page lacks is made from the rules. */
export function takeCards({ townLanguage }: Page, territories: readonly Territory[]): readonly Card[] {
  return territories.map(({ title, number }, position) => {
    const found = document.querySelector(`#places [data-position="${position}"][data-number="${number}"]`);
    const about = Array.from(found?.querySelectorAll('.picture, picture, img, .place-facts, .place-more') ?? []);
    // A picture's own parts come with the picture.
    const whole = about.filter((part) => !about.some((other) => other !== part && other.contains(part)));
    return { position, title, name: () => el('span', { class: 'place-title', lang: townLanguage }, title), about: whole };
  });
}

/** A territory on the ballot: its control, and what is told of it. */
export function cardItem(card: Card, ...control: readonly Child[]): HTMLLIElement {
  return el('li', { class: 'card', 'data-position': card.position }, ...control, ...card.about);
}
