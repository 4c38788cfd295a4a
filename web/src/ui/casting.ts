/** From the button to the acceptance: until the signed promise is there and was checked, the page says that the vote is not counted. */
import type { Mark } from '../core/choice.ts';
import { type Fault, faultOf } from '../core/fault.ts';
import type { Resident } from '../core/resident.ts';
import type { AcceptedBallot } from '../core/store/record.ts';
import { type Child, actions, button, el, notice, p } from './dom.ts';
import { contactLine, wordsOf } from './faults.ts';
import { moment } from './moments.ts';
import { notCounted } from './not_counted.ts';
import type { Page } from './page.ts';
import { say } from './texts.ts';

/** Refusals after which another try can bring nothing: the voting is over. */
const OVER = 'closed';

/** What a ballot under way tells to the step around it. */
export interface CastingParts {
  readonly page: Page;
  readonly resident: Resident;
  /** Where it is said how far the vote is. */
  readonly status: HTMLElement;
  /** Whether the marks can be changed. */
  readonly freeze: (isFrozen: boolean) => void;
  /** Whether an earlier ballot was accepted: it stays in force until this one is. */
  readonly isAgain: boolean;
  /** The close in force, asked again; undefined when there is no answer. */
  readonly closesAt: () => Promise<number | undefined>;
  readonly accepted: (ballot: AcceptedBallot) => void;
}

/** Sends a ballot until it is accepted, or the resident leaves it. */
export async function send(parts: CastingParts, act: () => Promise<AcceptedBallot>): Promise<void> {
  const { page, status, freeze, isAgain } = parts;
  freeze(true);
  page.root.dataset['state'] = 'sending';
  tell(status, notCounted(isAgain, p(say('client-sending')), el('progress', { 'aria-label': say('client-sending') })));
  try {
    const ballot = await act();
    parts.accepted(ballot);
  } catch (thrown) {
    await failed(parts, faultOf(thrown), act);
  }
}

/** Casts these marks. */
export function sendMarks(parts: CastingParts, marks: readonly Mark[]): Promise<void> {
  return send(parts, () => parts.resident.cast(marks));
}

async function failed(parts: CastingParts, fault: Fault, act: () => Promise<AcceptedBallot>): Promise<void> {
  const { page, resident, status, freeze, isAgain } = parts;
  const { place } = resident;
  const { title, advice } = wordsOf(fault, place);
  const isOver = fault.slug === OVER;
  const [pending, closedAt] = [(await resident.standing().catch(() => undefined))?.pending ?? false, isOver ? await parts.closesAt() : undefined];
  page.root.dataset['state'] = isOver ? 'closed' : 'unsent';
  const again = () => send(parts, pending ? () => resident.retry() : act);
  const change = () => {
    freeze(false);
    page.root.dataset['state'] = 'marks';
    tell(status, notCounted(isAgain, p(say('client-not-counted-marks'))));
    page.root.querySelector<HTMLElement>('#marks input, #marks button')?.focus();
  };
  const details: Child[] = [
    closedAt !== undefined ? p(say('client-closed-at', { moment: moment(closedAt, place.rules.timeZone) })) : undefined,
    p(isOver ? say('client-closed-advice') : advice),
    pending && !isOver ? p(say('client-pending-kept')) : undefined,
    contactLine(page),
  ];
  const buttons = isOver ? [] : [
    button(say('client-retry'), () => void again(), { id: 'retry' }),
    button(say('client-change-marks'), change, { id: 'change-marks', class: 'quiet' }),
  ];
  const content = [p(title), ...details, actions(...buttons)];
  const made = isOver ? notice('problem', say('client-not-counted-over'), isAgain && p(say('client-in-force')), ...content) : notCounted(isAgain, ...content);
  made.dataset['fault'] = fault.slug ?? (fault.what.kind === 'refused' ? '' : fault.what.reason);
  tell(status, made);
}

/** Shows a notice, reads it out and brings it to where the reader looks. */
function tell(status: HTMLElement, made: HTMLElement): void {
  made.tabIndex = -1;
  made.setAttribute('role', 'alert');
  status.replaceChildren(made);
  made.focus();
}
