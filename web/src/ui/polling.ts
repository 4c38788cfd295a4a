/** Asking again and again, gently: seldomer each time, not while nobody looks, and at once when the network is back. */

const FIRST = 4_000;
const LONGEST = 5 * 60_000;

/** Asks until `look` says that there is nothing more to ask for. It must not reject. Gives a function that stops. */
export function poll(look: () => Promise<boolean>): () => void {
  let wait = FIRST;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  let isAsking = false;
  const stop = () => {
    isOver = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', wake);
    removeEventListener('online', wake);
  };
  const ask = async () => {
    if (isOver || isAsking || document.hidden) return;
    isAsking = true;
    const isDone = await look();
    isAsking = false;
    if (isOver) return;
    if (isDone) return stop();
    timer = setTimeout(() => void ask(), wait);
    wait = Math.min(wait * 2, LONGEST);
  };
  const wake = () => {
    clearTimeout(timer);
    if (!document.hidden) void ask();
  };
  document.addEventListener('visibilitychange', wake);
  addEventListener('online', wake);
  void ask();
  return stop;
}
