/** The notice that a vote is not counted yet; if one was accepted earlier, that it stays in force meanwhile. */
import { type Child, notice, p } from './dom.ts';
import { say } from './texts.ts';

/** The words; `isAgain`: an earlier ballot of this device was accepted. */
export function notCountedTitle(isAgain: boolean): string {
  return isAgain ? say('client-not-counted-again') : say('client-not-counted');
}

/** The box. */
export function notCounted(isAgain: boolean, ...children: readonly Child[]): HTMLElement {
  return notice('not-counted', notCountedTitle(isAgain), isAgain && p(say('client-not-counted-again-text')), ...children);
}
