// Bundles each test file and runs them all with Node's test runner.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tests = dirname(fileURLToPath(import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'veche-web-'));
const wanted = process.argv.slice(2);
const names = readdirSync(tests).filter((name) => name.endsWith('.test.ts'));
const chosen = wanted.length === 0 ? names : names.filter((name) => wanted.some((word) => name.includes(word)));
try {
  await build({
    entryPoints: chosen.map((name) => join(tests, name)),
    bundle: true,
    format: 'esm',
    outdir: out,
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  const files = chosen.map((name) => join(out, name.replace(/\.ts$/, '.mjs')));
  const env = { ...process.env, VECHE_ROOT: join(tests, '../..') };
  const run = spawnSync(process.execPath, ['--no-warnings=ExperimentalWarning', '--test', '--test-reporter=spec', ...files], { env, stdio: 'inherit' });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
