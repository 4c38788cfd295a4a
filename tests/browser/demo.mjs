// A demo of the release program, for scripts that measure and take pictures.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BINARY = process.env.VECHE_BIN ?? fileURLToPath(new URL('../../target/release/veche', import.meta.url));

/** Starts `veche demo` and waits until its round is open. */
export async function startDemo(...options) {
  const child = spawn(BINARY, ['demo', '--json', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value } = await lines.next();
  if (value === undefined) throw new Error(`${BINARY} demo ended at once`);
  const { url, round: slug, codes, links } = JSON.parse(value);
  return { url, slug, codes, links, stop: () => child.kill('SIGKILL') };
}

/** Plays a whole demo into a folder and serves what it left. */
export async function serveAfter(folder, port, ...options) {
  await new Promise((resolve, reject) => {
    const child = spawn(BINARY, ['demo', '--json', '--to-end', '--dir', folder, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the demo ended with ${code}`))));
  });
  const child = spawn(BINARY, ['serve'], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, VECHE_DATA: folder, VECHE_LISTEN: `127.0.0.1:${port}` } });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(`${url}/readyz`).then(({ ok }) => ok, () => false)) return { url, slug: 'ozersk-2027', stop: () => child.kill('SIGKILL') };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill('SIGKILL');
  throw new Error('the service did not come up');
}
