// Builds each page's script and the style sheet into `dist/`: one self-contained file each, the same bytes on every machine.
import { build } from 'esbuild';
import { compile } from 'sass';
import './messages.mjs';
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const pages = join(root, 'src/pages');
const entries = readdirSync(pages).filter((name) => name.endsWith('.ts')).sort().map((name) => join(pages, name));
const style = join(root, 'src/style/site.scss');

// What is committed is only what is built: a page that is gone leaves no file behind.
// It is made beside, for a compiler may be reading what is there.
rmSync(join(root, 'dist.new'), { recursive: true, force: true });
mkdirSync(join(root, 'dist.new'));

const common = {
  absWorkingDir: root,
  bundle: true,
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  minify: true,
  outdir: 'dist.new',
  sourcemap: false,
  target: 'es2020',
};

if (entries.length > 0) {
  await build({ ...common, entryPoints: entries, format: 'esm', platform: 'browser', splitting: false, define: { 'process.env.NODE_ENV': '"production"' } });
}
const { css } = compile(style, { loadPaths: [join(root, 'node_modules')], quietDeps: true, sourceMap: false });
// Pico's licence wants its line to stay.
await build({ ...common, legalComments: 'inline', stdin: { contents: css, loader: 'css', sourcefile: 'site.css' }, outdir: undefined, outfile: 'dist.new/site.css' });
// The map's style sheet is its library's; the small pictures of its controls go into it.
await build({ ...common, entryPoints: [join(root, 'src/style/map.css')], loader: { '.png': 'dataurl' } });
copyFileSync(join(root, 'src/icon.svg'), join(root, 'dist.new/icon.svg'));
rmSync(join(root, 'dist'), { recursive: true, force: true });
renameSync(join(root, 'dist.new'), join(root, 'dist'));
