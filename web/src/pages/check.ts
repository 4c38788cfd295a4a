/** The page that checks a vote. */
import { Api } from '../core/api.ts';
import { showCheck } from '../ui/check.ts';
import { type Page, forgetOnLeaving, readPage, takeFragment } from '../ui/page.ts';

async function main(page: Page): Promise<void> {
  forgetOnLeaving(page);
  await showCheck(page, new Api(), takeFragment());
}

const page = readPage();
if (page !== undefined) void main(page);
