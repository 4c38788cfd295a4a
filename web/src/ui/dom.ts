/** Elements made in code: text is always text, and nothing is ever read as markup. */

/** What can stand inside an element; what is undefined or false is left out. */
export type Child = Node | string | undefined | false;

/** Attributes by name. `true` sets one without a value; `false` and undefined leave it out. */
export type Attributes = { readonly [name: string]: string | number | boolean | undefined };

/** An element with its attributes and what stands in it. */
export function el<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return element;
}

/** A paragraph. */
export function p(text: string, attributes: Attributes = {}): HTMLParagraphElement {
  return el('p', attributes, text);
}

/** A button that does something on this page. */
export function button(text: string, act: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = el('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', act);
  return made;
}

/** What can be done: a row of buttons and links. */
export function actions(...all: readonly Child[]): HTMLElement {
  const items = all.filter((one) => one !== undefined && one !== false);
  return el('div', { class: 'actions' }, items.length > 0 && el('ul', { class: 'plain' }, ...items.map((one) => el('li', {}, one))));
}

/** A link. `away`: opens beside this page, so that nothing marked is lost. */
export function link(text: string, address: string, away = false): HTMLAnchorElement {
  return el('a', { href: address, ...(away && { target: '_blank', rel: 'noopener' }) }, text);
}

/** What a notice tells, as docs/design.md names it; its first words say the same. */
export type NoticeKind = 'info' | 'accepted' | 'not-counted' | 'problem';

/** A box with something that must not be missed. */
export function notice(kind: NoticeKind, title: string, ...children: readonly Child[]): HTMLElement {
  return el('div', { class: 'notice', 'data-kind': kind }, title !== '' && el('p', {}, el('strong', {}, title)), ...children);
}

/** Where a mistake is told beside what it is about; hidden while there is none. */
export function mistake(id: string): { readonly element: HTMLElement; readonly tell: (text: string) => void } {
  const element = el('p', { class: 'error', id, hidden: true });
  const tell = (text: string) => {
    element.hidden = text === '';
    if (text !== '' && text !== element.textContent) announce(text);
    element.textContent = text;
  };
  return { element, tell };
}

/** Marks a field as wrong, or takes the mark away; a field that was not checked is neither. */
export function markInvalid(input: HTMLInputElement, isInvalid: boolean): void {
  if (isInvalid) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}

/** Says something to those who hear the page; nothing is seen. */
export function announce(text: string): void {
  const announcer = document.getElementById('announcer');
  if (announcer === null) return;
  // The same words twice are said twice only if something changes.
  announcer.textContent = announcer.textContent === text ? `${text}\u00a0` : text;
}
