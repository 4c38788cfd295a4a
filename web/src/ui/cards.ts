/** The territories that the server put into the page, taken apart so that a ballot can be made of them. */
import type { Territory } from '../core/rules.ts';
import { type Child, el } from './dom.ts';
import type { Page } from './page.ts';
import { say } from './texts.ts';

/** One territory as a ballot shows it. */
export interface Card {
  /** Position in the rules: what a mark names. */
  readonly position: number;
  /** Title, from the rules, whose fingerprint was checked. */
  readonly title: string;
  /** The title in the language of the town. */
  readonly name: () => HTMLElement;
  readonly picture: Node | undefined;
  /** Number and cost, what is proposed, and the link to its page, which opens beside this one. */
  readonly about: readonly Node[];
}

/** The cards by position. What is shown beside the title comes with the page. */
export function takeCards({ townLanguage }: Page, territories: readonly Territory[]): readonly Card[] {
  return territories.map(({ title, number, description }, position) => {
    const found = document.querySelector(`#places [data-position="${position}"][data-number="${number}"]`);
    const part = (selector: string): Node | undefined => found?.querySelector(selector)?.cloneNode(true);
    const details = description !== undefined && el('details', {}, el('summary', {}, say('client-details')), el('p', { lang: townLanguage }, description));
    const about = [part('.place-facts'), details, part('.place-more')].filter((one): one is Node => one instanceof Node);
    return { position, title, name: () => el('strong', { lang: townLanguage }, title), picture: part('picture'), about };
  });
}

/** A territory on the ballot: its control, and what is told of it. */
export function cardItem(card: Card, ...control: readonly Child[]): HTMLLIElement {
  return el('li', { 'data-position': card.position }, card.picture, ...control, ...card.about);
}
