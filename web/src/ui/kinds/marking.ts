/** What each kind of ballot gives to the page that casts it. */
import type { Mark } from '../../core/choice.ts';
import type { Card } from '../cards.ts';

/** Controls for marks. */
export interface Marking {
  readonly element: HTMLElement;
  /** The marks as they stand now. */
  readonly marks: () => readonly Mark[];
  /** How many are marked, or what is left, in words. */
  readonly summary: () => string;
}

/** What a kind is made from. */
export interface MarkingParts {
  /** Territories in the voter's order. */
  readonly cards: readonly Card[];
  /** To be called after each change. */
  readonly changed: () => void;
  /** Says why something was not done; shown, and read out. */
  readonly refuse: (reason: string) => void;
}
