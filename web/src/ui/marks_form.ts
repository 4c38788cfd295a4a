/** The step with the marks: controls of the round's kind, what is marked, and the one button that casts. */
import type { Mark } from '../core/choice.ts';
import type { Place } from '../core/place.ts';
import { ask } from './ask.ts';
import type { Card } from './cards.ts';
import { announce, el, mistake, p } from './dom.ts';
import { approval } from './kinds/approval.ts';
import type { Marking, MarkingParts } from './kinds/marking.ts';
import { points } from './kinds/points.ts';
import { ranked } from './kinds/ranked.ts';
import { score } from './kinds/score.ts';
import { notCounted as notCountedNotice, notCountedTitle } from './not_counted.ts';
import { say } from './texts.ts';

/** The form, and what the page does with it. */
export interface MarksForm {
  readonly element: HTMLFormElement;
  /** Where the page says how far the vote is. */
  readonly status: HTMLElement;
  readonly marks: () => readonly Mark[];
  /** While a ballot is under way, and after the close, the marks stay to be seen and cannot be changed. */
  readonly freeze: (isFrozen: boolean) => void;
}

/** Makes the form. `cast` is called once for each press of the button, with a blank ballot only after a question.
 * `isAgain`: an earlier ballot was accepted and stays in force until this one is. */
export function marksForm(place: Place, cards: readonly Card[], isAgain: boolean, cast: (marks: readonly Mark[]) => void): MarksForm {
  const refusal = mistake('refusal');
  const summary = el('output', { id: 'summary' });
  const notCounted = el('strong', { id: 'not-counted', hidden: true }, notCountedTitle(isAgain));
  const status = el('div', { id: 'status' });
  const question = el('div', { id: 'question' });
  const changed = () => {
    const words = marking.summary();
    refusal.tell('');
    question.replaceChildren();
    if (words !== summary.textContent) announce(words);
    summary.textContent = words;
    // From the first mark on, and until an acceptance is there and checked; the bar says it where the reader looks.
    notCounted.hidden = false;
    if (status.childElementCount === 0) status.append(notCountedNotice(isAgain, p(say('client-not-counted-marks'))));
  };
  const refuse = (reason: string) => {
    // Said again, and aloud, when the same thing is tried again.
    refusal.tell('');
    refusal.tell(reason);
  };
  const marking = makeMarking(place, { cards, changed, refuse });
  summary.textContent = marking.summary();
  const go = el('button', { type: 'submit', id: 'cast', class: 'big' }, say('client-cast'));
  const controls = el('fieldset', { id: 'marks', 'aria-describedby': 'summary' }, el('legend', {}, say('client-marks-legend')), marking.element);
  const element = el('form', { id: 'marks-form', autocomplete: 'off', novalidate: true },
    controls, status, question, el('div', { class: 'bar' }, el('div', {}, el('p', {}, summary, ' ', notCounted), refusal.element), go));
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    if (go.getAttribute('aria-disabled') === 'true') return;
    const marks = marking.marks();
    if (marks.length > 0) return cast(marks);
    ask(question, say('client-blank-question'), [p(say('client-blank-explanation'))],
      { id: 'blank-yes', text: say('client-blank-yes'), act: () => cast([]) },
      { id: 'blank-no', text: say('client-blank-no'), act: () => controls.querySelector<HTMLElement>('input, button')?.focus() });
  });
  const freeze = (isFrozen: boolean) => {
    controls.disabled = isFrozen;
    go.setAttribute('aria-disabled', String(isFrozen));
  };
  return { element, status, marks: marking.marks, freeze };
}

function makeMarking({ rules: { kind } }: Place, parts: MarkingParts): Marking {
  switch (kind.kind) {
    case 'approval':
      return approval(kind.max, parts);
    case 'score':
      return score(kind.max, parts);
    case 'ranked':
      return ranked(kind.max, parts);
    case 'points':
      return points(kind.total, kind.each, parts);
  }
}
