/** Answers in the order of the questions: once a new question is asked, the late answer to an older one is dropped. */

/** Begins a question; what it gives tells the answer, unless another question has begun since. */
export type Begin<Answer extends readonly unknown[]> = () => (...answer: Answer) => void;

/** Questions that share one place for their answers. */
export function turns<Answer extends readonly unknown[]>(tell: (...answer: Answer) => void): Begin<Answer> {
  let latest = 0;
  return () => {
    const mine = ++latest;
    return (...answer) => {
      if (mine === latest) tell(...answer);
    };
  };
}
