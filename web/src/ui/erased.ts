/** What follows an erasure: other tabs empty themselves, the browser is asked to delete what is left, and the page begins anew. */
import type { Store } from '../core/store/store.ts';

/** Flag for the page that is made anew; an address could be given to anybody as a link. */
const FLAG = 'veche-erased';
/** What tabs tell each other. */
const MESSAGE = 'erased';
/** Address that answers with `Clear-Site-Data: "storage"`. */
const ADDRESS = '/erased';
/** Milliseconds that its answer is waited for. */
const PATIENCE = 3000;

/** One channel for the whole page: it hears the other tabs and not itself. Older browsers have none. */
let channel: BroadcastChannel | undefined;

function tabs(): BroadcastChannel | undefined {
  if (typeof BroadcastChannel !== 'undefined') channel ??= new BroadcastChannel('veche');
  return channel;
}

/** Tells the other tabs of this browser. */
export function tellTabs(): void {
  tabs()?.postMessage(MESSAGE);
}

/** Does this when another tab has erased. */
export function onErased(act: () => void): void {
  tabs()?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data === MESSAGE) act();
  });
}

/** Hears nothing any more. */
export function closeTabs(): void {
  channel?.close();
  channel = undefined;
}

/** Asks the browser, through the server, to delete all that the site keeps, if no round is left on the device. Failing does no harm: the records are deleted already. */
export async function clearSite(store: Store, ask: typeof fetch = (...question) => fetch(...question)): Promise<void> {
  try {
    if (store.kind !== 'device' || (await store.all()).length > 0) return;
    // With credentials omitted, browsers do not heed the header.
    const asked = ask(ADDRESS, { method: 'POST', cache: 'no-store', credentials: 'same-origin', referrerPolicy: 'no-referrer' });
    await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  } catch {
    // Nothing is left to do.
  }
}

/** Makes the page anew, so that its memory is empty too; the new one says once that everything was erased. */
export function beginAnew(): void {
  try {
    sessionStorage.setItem(FLAG, '1');
  } catch {
    // Then it is not said.
  }
  location.reload();
}

/** Whether this page was made anew after an erasure; true only once. */
export function takeErased(): boolean {
  try {
    const isErased = sessionStorage.getItem(FLAG) !== null;
    sessionStorage.removeItem(FLAG);
    return isErased;
  } catch {
    return false;
  }
}
