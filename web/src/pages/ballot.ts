/** The ballot page. */
import { Api } from '../core/api.ts';
import { openStore } from '../core/store/store.ts';
import { takeErased } from '../ui/erased.ts';
import { type Page, forgetOnLeaving, knowingRound, readPage, takeFragment } from '../ui/page.ts';
import { Voting } from '../ui/voting.ts';

async function main(page: Page): Promise<void> {
  const fragment = takeFragment();
  forgetOnLeaving(page);
  await new Voting(page, new Api({ fetch: knowingRound(page) }), openStore(), fragment, takeErased()).start();
}

const page = readPage();
if (page !== undefined) void main(page);
