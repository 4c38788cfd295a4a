// Every message that browsers get is said by some page, and each problem of the service has its words.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './vectors.ts';

/** All sources under a folder but the list of messages itself. */
function sources(folder: string): string {
  return readdirSync(folder).map((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return name === 'messages.ts' ? '' : readFileSync(path, 'utf8');
  }).join('\n');
}

const ids = [...readFileSync(join(ROOT, 'web/src/ui/messages.ts'), 'utf8').matchAll(/^ {2}'([a-z-]+)':/gm)].map(([, id = '']) => id);
const code = sources(join(ROOT, 'web/src'));

test('every message of the pages is used', () => {
  const whole = new Set([...code.matchAll(/'(client-[a-z-]+)'/g)].map(([, id]) => id));
  // Ids with a part that is put in: `client-wrong-${reason}`. The part must be one that the code names in quotes, too.
  const patterns = [...code.matchAll(/`(client-[a-z-]*)\$\{[^}]+\}([a-z-]*)`/g)].map(([, head = '', tail = '']) => ({ head, tail }));
  const isUsed = (id: string) =>
    whole.has(id) ||
    patterns.some(({ head, tail }) => id.startsWith(head) && id.endsWith(tail) && code.includes(`'${id.slice(head.length, id.length - tail.length)}'`));
  const own = ids.filter((id) => id.startsWith('client-'));
  assert.ok(own.length > 100);
  assert.deepEqual(own.filter((id) => !isUsed(id)), []);
});

test('every refusal has words and advice', () => {
  const catalogue = readFileSync(join(ROOT, 'src/domain/refusal.rs'), 'utf8').match(/ALL: \[&str; \d+\] = \[([^\]]+)\]/)?.[1] ?? '';
  const slugs = [...catalogue.matchAll(/"([a-z-]+)"/g)].map(([, slug = '']) => slug);
  assert.ok(slugs.length > 20);
  for (const slug of slugs) assert.ok(ids.includes(`problem-${slug}`) && ids.includes(`problem-${slug}-advice`), slug);
});
