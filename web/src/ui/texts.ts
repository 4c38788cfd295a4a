/** Words of the page's language: the server puts the messages into the page, Fluent puts numbers and plural forms into them. */
import { FluentBundle, FluentResource } from '@fluent/bundle';
import type { Messages } from './messages.ts';

/** Id of a message that browsers get. */
export type MessageId = keyof Messages;
/** What a message needs: nothing, or a value for each of its variables. */
type Values<Id extends MessageId> = [Messages[Id]] extends [never] ? [] : [values: { readonly [name in Messages[Id]]: string | number }];

/** Code of the page's language. */
export const language = document.documentElement.lang || 'ru';

const bundle = read();

/** The message in the page's language. */
export function say<Id extends MessageId>(id: Id, ...[values]: Values<Id>): string {
  return format(id, values) ?? '';
}

/** Title of a kind of problem and what to do; undefined for a kind that this page does not know. */
export function problemWords(slug: string): { readonly title: string; readonly advice: string } | undefined {
  const title = format(`problem-${slug}`);
  const advice = format(`problem-${slug}-advice`);
  return title === undefined || advice === undefined ? undefined : { title, advice };
}

function format(id: string, values?: { readonly [name: string]: string | number }): string | undefined {
  const pattern = bundle.getMessage(id)?.value;
  // Faults of formatting go into the list, so that a reader gets the text with a gap and not an empty page.
  return pattern ? bundle.formatPattern(pattern, values ?? null, []) : undefined;
}

function read(): FluentBundle {
  const made = new FluentBundle(language, { useIsolating: false });
  const source: unknown = JSON.parse(document.getElementById('texts')?.textContent ?? '""');
  if (typeof source === 'string') made.addResource(new FluentResource(source));
  return made;
}
