// Writes `src/ui/messages.ts`: the ids of the messages that browsers get, each with its variables, so that a page that names a message
// which is not there, or forgets a variable, does not pass the type check.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const source = readFileSync(join(root, '../src/pages/texts/ru.ftl'), 'utf8');
const target = join(root, 'src/ui/messages.ts');

/** Every message as id and text: a line that begins with an id, and the indented lines after it. */
const messages = [...source.matchAll(/^([a-z][a-z0-9-]*) =((?:.*\n)(?:(?:[ \t].*)?\n)*)/gm)].map(([, id, text]) => ({
  id,
  variables: [...new Set([...text.matchAll(/\{\s*\$([a-z][a-z0-9-]*)/g)].map(([, name]) => name))].sort(),
}));
const lines = messages
  .filter(({ id }) => /^(?:client|problem)-/.test(id))
  .map(({ id, variables }) => `  '${id}': ${variables.map((name) => `'${name}'`).join(' | ') || 'never'};\n`);
const text = `/** Messages that browsers get, each with its variables. Written by messages.mjs from src/pages/texts/ru.ftl. */
export interface Messages {
${lines.join('')}}
`;
let before = '';
try {
  before = readFileSync(target, 'utf8');
} catch {
  // The first time there is none.
}
if (before !== text) writeFileSync(target, text);
