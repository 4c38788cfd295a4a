/** Faults in the reader's words: what happened, and what to do next. No text of a program ever reaches the page. */
import type { Fault, Problem } from '../core/fault.ts';
import type { Place } from '../core/place.ts';
import { type Child, actions, notice, p } from './dom.ts';
import { MINUTE, day, momentAfter } from './moments.ts';
import type { Page } from './page.ts';
import { problemWords, say } from './texts.ts';

/** What happened, and what to do. */
export interface Words {
  readonly title: string;
  readonly advice: string;
}

/** A fault in words; the rules say the age, the district and the time zone. */
export function wordsOf(fault: Fault, place?: Place): Words {
  const { what } = fault;
  switch (what.kind) {
    case 'refused':
      return refused(what.problem, place);
    case 'no-answer':
      return { title: say(`client-no-answer-${what.reason}`), advice: say('client-no-answer-advice') };
    case 'wrong':
      return { title: say(`client-wrong-${what.reason}`), advice: say('client-wrong-advice') };
    case 'device':
      return { title: say(`client-device-${what.reason}`), advice: say(`client-device-${what.reason}-advice`) };
  }
}

/** A fault as a box that is read out, with what can be done about it. */
export function faultNotice(page: Page, fault: Fault, place: Place | undefined, ...ways: readonly Child[]): HTMLElement {
  const { title, advice } = wordsOf(fault, place);
  const made = notice('problem', title, p(advice), contactLine(page), ways.some((way) => way) && actions(...ways));
  made.setAttribute('role', 'alert');
  made.dataset['fault'] = fault.what.kind === 'refused' ? fault.what.problem.slug : fault.what.reason;
  return made;
}

/** Whom to ask, if the operator says so. */
export function contactLine({ contact }: Page): HTMLElement | undefined {
  return contact === '' ? undefined : p(say('client-contact', { contact }));
}

function refused({ slug, ofAgeOn, retryAfter }: Problem, place: Place | undefined): Words {
  const words = problemWords(slug) ?? { title: say('client-refused'), advice: say('client-refused-advice') };
  if (slug === 'under-age' && ofAgeOn !== undefined) {
    return { ...words, advice: say('client-under-age', { age: place?.rules.minimumAge ?? 0, day: day(ofAgeOn) }) };
  }
  if (slug === 'wrong-district' && place?.rules.district) return { ...words, advice: say('client-district', { district: place.rules.district }) };
  if (retryAfter === undefined) return words;
  // A time of the clock would bring all back at once who were sent away in the same minute.
  if (slug !== 'too-many' && retryAfter < MINUTE) {
    return { ...words, advice: say('client-wait-seconds', { seconds: retryAfter }) };
  }
  const zone = place?.rules.timeZone ?? 'UTC';
  return { ...words, advice: say(slug === 'too-many' ? 'client-wait' : 'client-wait-safe', { time: momentAfter(retryAfter, zone) }) };
}
