/** What a check of a vote found: each step with its outcome, so that a reader sees what was checked and what was not. */
import type { CheckedVote } from '../core/checking.ts';
import type { Fault } from '../core/fault.ts';
import { type Witnessed, hasQuorum } from '../core/log/cosignature.ts';
import type { Place } from '../core/place.ts';
import { el, notice, p } from './dom.ts';
import { contactLine, wordsOf } from './faults.ts';
import { fingerprintItems } from './fingerprint.ts';
import { moment } from './moments.ts';
import type { Page } from './page.ts';
import { say } from './texts.ts';
import { witnessWords } from './witnesses.ts';

/** The steps, in the order in which they are made. */
const STEPS = ['promise', 'line', 'proof', 'head', 'growth', 'witnesses'] as const;
type Step = (typeof STEPS)[number];
type Outcome = 'held' | 'failed' | 'skipped';

/** How the style sheet marks each outcome. */
const MARKS: { readonly [outcome in Outcome]: string } = { held: 'yes', failed: 'no', skipped: 'wait' };

/** The step that each wrong answer belongs to. */
const FAILED: { readonly [reason: string]: Step } = {
  acceptance: 'promise', receipt: 'line', proof: 'proof', checkpoint: 'head', 'log-changed': 'growth',
};

/** A check that came to its end. `isPromised`: there was a promise to check, and not only a tracker. */
export function foundView(page: Page, place: Place, vote: CheckedVote, isPromised: boolean): HTMLElement {
  const promise = isPromised ? 'held' : 'skipped';
  const at = vote.state === 'logged' ? '' : moment(vote.inLogBy, place.rules.timeZone);
  const made = el('div', { id: 'found', 'data-found': vote.state === 'waiting' && vote.late ? 'late' : vote.state });
  switch (vote.state) {
    case 'logged': {
      const { receipt, today, remembered } = vote;
      const growth = remembered === undefined ? 'skipped' : 'held';
      made.append(
        notice('accepted', say('client-found-logged', { line: receipt.index, size: today.size }), p(!isPromised ? say('client-found-tracker') : remembered === undefined ? say('client-found-logged-new') : say('client-found-logged-text'))),
        steps({ promise, line: 'held', proof: 'held', head: 'held', growth, witnesses: witnessOutcome(place, receipt.witnesses) }));
      made.append(...witnessWords(place, receipt.witnesses).map((words) => p(words)));
      if (isPromised && remembered === undefined) made.append(p(say('client-growth-note')));
      break;
    }
    case 'waiting':
      made.append(
        vote.late && isPromised
          ? notice('problem', say('client-found-broken'), p(say('client-found-late', { moment: at })), p(say('client-found-broken-text')), contactLine(page))
          : notice(vote.late ? 'problem' : 'info', say('client-found-waiting', { moment: at }), p(vote.late ? say('client-found-late-unproved') : say('client-found-waiting-text'))),
        steps({ promise, line: 'skipped', proof: 'skipped', head: 'skipped', growth: 'skipped', witnesses: 'skipped' }));
      break;
    case 'denied':
      made.append(
        notice('problem', say('client-found-broken'), p(say('client-found-denied', { moment: at })), p(say('client-found-broken-text')), contactLine(page)),
        steps({ promise, line: 'failed', proof: 'skipped', head: 'skipped', growth: 'skipped', witnesses: 'skipped' }));
      break;
  }
  made.append(el('dl', {}, ...fingerprintItems(place)));
  return made;
}

/** A check that failed at some step, because an answer or the receipt itself does not hold. */
export function failedView(page: Page, place: Place, fault: Fault, isPromised: boolean): HTMLElement {
  const { title, advice } = wordsOf(fault, place);
  const failed = fault.what.kind === 'wrong' ? FAILED[fault.what.reason] : undefined;
  const made = el('div', { id: 'found', 'data-found': failed === undefined ? 'unknown' : 'failed' },
    notice(failed === undefined ? 'info' : 'problem', title, p(advice), failed !== undefined && p(say('client-found-failed-text')), contactLine(page)));
  if (failed !== undefined) {
    const at = STEPS.indexOf(failed);
    const outcome = (step: Step): Outcome => (step === failed ? 'failed' : STEPS.indexOf(step) > at || (step === 'promise' && !isPromised) ? 'skipped' : 'held');
    made.append(steps({ promise: outcome('promise'), line: outcome('line'), proof: outcome('proof'), head: outcome('head'), growth: outcome('growth'), witnesses: 'skipped' }));
  }
  made.append(el('dl', {}, ...fingerprintItems(place)));
  return made;
}

/** Too few witnesses are no failure of the receipt: they may sign later, and no witness may stop a vote. */
function witnessOutcome({ rules: { witnesses } }: Place, found: Witnessed): Outcome {
  if (witnesses === undefined) return 'skipped';
  return found.forged.length > 0 ? 'failed' : hasQuorum(found, witnesses.quorum) ? 'held' : 'skipped';
}

function steps(outcomes: { readonly [step in Step]: Outcome }): HTMLElement {
  const items = STEPS.map((step) => {
    const outcome = outcomes[step];
    return el('li', { 'data-step': step, 'data-outcome': outcome, 'data-state': MARKS[outcome] }, el('span', {}, el('strong', {}, say(`client-outcome-${outcome}`)), ' ', say(`client-step-${step}`)));
  });
  return el('div', {}, el('h3', {}, say('client-steps')), el('ol', { class: 'checks' }, ...items));
}
