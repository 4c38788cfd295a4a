/** What tests of a resident's flows begin with: somebody who enters the town inside the test, and gets a credential. */
import { Api } from '../src/core/api.ts';
import { Fault } from '../src/core/fault.ts';
import { Resident } from '../src/core/resident.ts';
import { type Store, memoryStore } from '../src/core/store/store.ts';
import { type Letter, SLUG, type Town, letters } from './town.ts';

export const [anna, boris] = letters as [Letter, Letter];
export const MARKS = [{ territory: 2 }, { territory: 0 }];

function api(town: Town, timeout?: number): Api {
  return new Api({ fetch: town.fetch, ...(timeout !== undefined && { timeout }) });
}

/** Whoever opens the round's page. */
export function enter(town: Town, store: Store, timeout?: number): Promise<Resident> {
  return Resident.enter(api(town, timeout), store, SLUG);
}

/** Identifies, and gets the credential. */
export async function register(resident: Resident, letter: Letter, secret = true) {
  const session = await resident.identify(letter.identifying);
  return resident.register(session, letter.identifying, secret ? letter.secret : undefined);
}

/** A resident who has a credential. */
export async function voter(town: Town, store: Store = memoryStore(), letter = anna): Promise<Resident> {
  const resident = await enter(town, store);
  await register(resident, letter);
  return resident;
}

/** Whether the server refused so. */
export const refused = (slug: string) => (thrown: unknown) => thrown instanceof Fault && thrown.slug === slug;
/** Whether it failed for this reason. */
export const failed = (reason: Parameters<Fault['is']>[0]) => (thrown: unknown) => thrown instanceof Fault && thrown.is(reason);
