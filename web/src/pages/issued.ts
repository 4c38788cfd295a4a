/** The page that says whether a credential was issued in the reader's name. */
import { Api } from '../core/api.ts';
import { showIssued } from '../ui/issued.ts';
import { type Page, forgetOnLeaving, readPage } from '../ui/page.ts';

async function main(page: Page): Promise<void> {
  forgetOnLeaving(page);
  await showIssued(page, new Api());
}

const page = readPage();
if (page !== undefined) void main(page);
