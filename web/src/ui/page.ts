/** What the server says of the page in `#app`, and one step shown in it at a time. */
import { type Child, el } from './dom.ts';
import { closeTabs, onErased } from './erased.ts';

/** What stands around a step. */
export interface Page {
  readonly root: HTMLElement;
  readonly slug: string;
  /** Address of the round's pages in the reader's language, from `/`. */
  readonly round: string;
  /** Scheme and host. */
  readonly host: string;
  /** Where to ask; empty if the operator names nothing. */
  readonly contact: string;
  /** Language of what the town wrote. */
  readonly townLanguage: string;
}

/** The page, if it has the place that a script fills; a script that gets here fills it. */
export function readPage(): Page | undefined {
  const root = document.getElementById('app');
  if (root === null) return undefined;
  // What is told to readers without scripts gives way to the form.
  for (const part of document.querySelectorAll('#places, .otherwise')) part.setAttribute('hidden', '');
  const { slug = '', round = '', contact = '', townLanguage = '' } = root.dataset;
  return { root, slug, round, host: location.origin, contact, townLanguage };
}

/**
 * A fetch that answers the first question for the round with what came with the page: one way to the server and back less, on a slow
 * network half a second. Rules are checked against their fingerprint all the same, and every later question goes to the server.
 */
export function knowingRound({ slug }: Page): typeof fetch {
  let known = document.getElementById('round')?.textContent ?? undefined;
  return (question, options) => {
    const first = options?.method === 'GET' && question === `/api/v1/rounds/${slug}` ? known : undefined;
    if (first === undefined) return fetch(question, options);
    known = undefined;
    return Promise.resolve(new Response(first));
  };
}

/** Shows one step in place of the one before, and moves the focus to its heading; on arrival the page is read from its top. */
export function show({ root }: Page, state: string, heading: string, ...content: readonly Child[]): void {
  const arrived = root.dataset['state'] === undefined;
  const title = el('h2', { id: 'step', tabindex: -1 }, heading);
  root.dataset['state'] = state;
  root.replaceChildren(el('section', { 'aria-labelledby': 'step' }, title, ...content));
  if (!arrived) title.focus();
}

/**
 * Takes the code out of the address, where a QR code put it, so that it is not shown and not copied along. The browser's own list of
 * visited addresses keeps it all the same, which is why a link brings only the first half, see `linkedHalf`.
 */
export function takeFragment(): string {
  const fragment = location.hash.slice(1);
  if (isPlace(fragment)) return '';
  if (fragment !== '') history.replaceState(null, '', location.pathname + location.search);
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/**
 * Leaves nothing behind when the page is left: a page that the browser keeps for the way back is emptied, and made anew if
 * somebody comes back to it.
 */
export function forgetOnLeaving({ root }: Page): void {
  addEventListener('pagehide', () => {
    root.replaceChildren();
    closeTabs();
  });
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
  onErased(() => {
    root.dataset['state'] = 'erased';
    root.replaceChildren();
    location.reload();
  });
  // Another code in the address begins anew; a link to a place on this page, as the one to the content, does not.
  addEventListener('hashchange', () => {
    const fragment = location.hash.slice(1);
    if (fragment !== '' && !isPlace(fragment)) location.reload();
  });
}

/** Whether a fragment names a place on the page, and so is no code. */
function isPlace(fragment: string): boolean {
  return document.getElementById(fragment) !== null;
}
