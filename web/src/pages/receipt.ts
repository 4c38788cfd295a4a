/** The page of this device's receipts. */
import { Api } from '../core/api.ts';
import { openStore } from '../core/store/store.ts';
import { type Page, forgetOnLeaving, readPage } from '../ui/page.ts';
import { showReceipts } from '../ui/receipts.ts';

async function main(page: Page): Promise<void> {
  forgetOnLeaving(page);
  await showReceipts(page, new Api(), await openStore());
}

const page = readPage();
if (page !== undefined) void main(page);
