// Bundles cheated.ts and runs it.
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const out = mkdtempSync(join(tmpdir(), 'veche-cheated-'));
const file = join(out, 'cheated.mjs');
try {
  await build({
    entryPoints: [join(dirname(fileURLToPath(import.meta.url)), 'cheated.ts')],
    bundle: true,
    format: 'esm',
    outfile: file,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  await import(pathToFileURL(file).href);
} finally {
  rmSync(out, { recursive: true, force: true });
}
