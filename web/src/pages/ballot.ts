/** The ballot page. */
import { Api } from '../core/api.ts';
import { openStore } from '../core/store/store.ts';
import { type Page, forgetOnLeaving, knowingRound, readPage, takeFragment } from '../ui/page.ts';
import { ERASED, Voting } from '../ui/voting.ts';

async function main(page: Page): Promise<void> {
  const fragment = takeFragment();
  const isErased = fragment === ERASED;
  forgetOnLeaving(page);
  const store = await openStore();
  await new Voting(page, new Api({ fetch: knowingRound(page) }), store, isErased ? '' : fragment, isErased).start();
}

const page = readPage();
if (page !== undefined) void main(page);
