/** A question in the page itself: what happens is said, and two buttons answer. */
import { type Child, actions, button, el } from './dom.ts';

/** One answer. */
export interface Answer {
  readonly id: string;
  readonly text: string;
  readonly act: () => void;
}

/** A question that takes the place of `host`'s content; the focus goes to the question. */
export function ask(host: HTMLElement, question: string, explanation: readonly Child[], yes: Answer, no: Answer): void {
  const title = el('h3', { id: `${yes.id}-question`, tabindex: -1 }, question);
  const reply = ({ id, text, act }: Answer, attributes: { readonly class?: string }) =>
    button(text, () => {
      host.replaceChildren();
      act();
    }, { id, ...attributes });
  host.replaceChildren(
    el('div', { class: 'notice', 'data-kind': 'info', role: 'group', 'aria-labelledby': title.id },
      title, ...explanation, actions(reply(yes, {}), reply(no, { class: 'quiet' }))),
  );
  title.focus();
}
