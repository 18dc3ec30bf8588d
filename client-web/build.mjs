// Builds the pages into build/web: bundles with esbuild, inlines what must sound first, compresses, and
// holds the budgets. Run by scripts/build-web.

import { gzipAsync as zopfli } from '@gfx/zopfli';
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, '..', 'build', 'web');
const TARGET = ['es2017', 'chrome55', 'firefox53', 'safari11'];

const FIRST_SOUND_MAX = 12000;
const PAGE_MAX = 60000;
const TEACH_MAX = 62000;

/** Pages that Preact draws: everything in one file, with a budget of its own. */
const APPS = {
  'sign-in': { title: '登录 · 空中课堂', entry: 'door/door.tsx', css: ['base.css', 'kit.css'], max: 25000 },
  office: { title: '教务 · 空中课堂', entry: 'office/office.tsx', css: ['base.css', 'kit.css', 'office.css'], max: 66000 },
};

/** What pupils pay for before they are in a lesson, in one file each. */
const LIGHT_MAX = 15000;
const LIGHT = { enter: ['base.css', 'home.css', 'enter.css'], home: ['base.css', 'home.css', 'homes.css'] };

/** Loaded after the first sound or when needed; see src/parts.ts. */
const PARTS = {
  rest: 'rest.ts', video: 'player/video.ts', ink: 'player/ink.ts', controls: 'ui/controls.ts', device: 'ui/device.ts', english: 'i18n/page-en.ts', notice: 'ui/notice.ts', break: 'ui/break.ts',
  news: 'ui/news.ts',
};

/** 4 % less than the best of zlib: browsers ask plain http, which thin links often are, for nothing better. */
const gzip = (bytes) => zopfli(bytes, { numiterations: 30 });
const brotli = (bytes) => brotliCompressSync(bytes, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
});

/**
 * Our own names for times and claims are shortened: watch.html has 11,762 bytes gzipped, not 12,018. Alike in all bundles, whose objects meet. What
 * others read keeps its name.
 */
const SHORTENED = /(Ms|At)$|^(is|has|wants|lacks)[A-Z]/, KEPT = /^(char|codePoint|voice|target|late|kbps)\w*(Ms|At)$/;
let shortened = {};

/** The names that browsers have, of which none is ours to be shortened. */
const TYPES = join(HERE, 'node_modules/typescript/lib');
const theirs = new Set(readdirSync(TYPES).filter((name) => /^lib\..*\.d\.ts$/.test(name)).flatMap((name) => readFileSync(join(TYPES, name), 'utf8').match(/\b[a-z]\w+/g)));
const reserved = new RegExp([KEPT.source, ...[...theirs].filter((name) => SHORTENED.test(name)).map((name) => `^${name}$`)].join('|'));

/** What the build puts into scripts. */
const defines = {};

async function bundle(entry, options = {}) {
  const result = await build({
    entryPoints: [join(HERE, 'src', entry)],
    bundle: true, minify: true, write: false, format: 'iife', target: TARGET, charset: 'utf8', legalComments: 'none',
    logLevel: 'warning', mangleProps: SHORTENED, reserveProps: reserved, mangleCache: shortened, define: defines, ...options,
  });
  if (result.mangleCache) shortened = result.mangleCache;
  return result.outputFiles[0].text.trim();
}

async function css(...names) {
  const contents = names.map((name) => readFileSync(join(HERE, 'src/page', name), 'utf8')).join('\n');
  const result = await build({ stdin: { contents, loader: 'css' }, minify: true, write: false, charset: 'utf8', target: ['chrome55', 'firefox53', 'safari11'] });
  return result.outputFiles[0].text.trim();
}

function page(name, parts) {
  const html = readFileSync(join(HERE, 'src/page', name), 'utf8').replace(/>\s+</g, '><').trim();
  return html.replace(/\{\{(\w+)\}\}/g, (_, key) => parts[key].replace(/<\/(script|style)/gi, '<\\/$1'));
}

const outputs = new Map();

/** What they say to the server has names that both know: nothing is shortened. */
async function app(name, { title, entry, css: styles, max }) {
  const script = await bundle(entry, { mangleProps: undefined, mangleCache: undefined, reserveProps: undefined });
  const file = await put(name + '.html', page('app.html', { title, css: await css(...styles), script }));
  return { ...file, max };
}

async function light([name, styles]) {
  const file = await put(name + '.html', page(name + '.html', { css: await css(...styles), script: await bundle(name + '.ts') }));
  return { ...file, max: LIGHT_MAX };
}

/** Keeps a file and its compressed twins for writing; their sizes. */
async function put(name, text) {
  const bytes = Buffer.from(text), gz = await gzip(bytes), br = brotli(bytes);
  outputs.set(name, bytes).set(name + '.gz', gz).set(name + '.br', br);
  return { name, plain: bytes.length, gz: gz.length, br: br.length };
}

/** All at the end, pages last: whoever serves the folder meanwhile always finds what a page names. */
function writeOutputs() {
  mkdirSync(OUT, { recursive: true });
  for (const [name, bytes] of outputs) writeFileSync(join(OUT, name), bytes);
  for (const old of readdirSync(OUT)) if (!outputs.has(old) && !old.startsWith('.')) rmSync(join(OUT, old), { recursive: true });
}

/** File names to texts. One hash names them all: seven would be 70 bytes of the first page that nothing compresses. */
async function lazyParts() {
  const texts = { 'ui.css': await css('ui.css') };
  for (const [name, entry] of Object.entries(PARTS)) texts[name + '.js'] = await bundle(entry, { globalName: 'airclass_' + name });
  const hash = createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 10);
  return { hash, files: Object.entries(texts).map(([name, text]) => [name.replace('.', `-${hash}.`), text]) };
}

function fail(message) {
  console.error('build-web: ' + message);
  process.exit(1);
}

function checkBudgets(first, lazy, teach, apps) {
  const whole = lazy.reduce((sum, f) => sum + f.gz, first.gz);
  console.log(`  to the first sound ${first.gz} of at most ${FIRST_SOUND_MAX} bytes, whole page ${whole} of at most ${PAGE_MAX}`);
  if (first.gz > FIRST_SOUND_MAX) fail(`${first.name} is ${first.gz} bytes gzipped, ${first.gz - FIRST_SOUND_MAX} over its budget of ${FIRST_SOUND_MAX}`);
  if (whole > PAGE_MAX) fail(`the watch page loads ${whole} bytes gzipped, ${whole - PAGE_MAX} over its budget of ${PAGE_MAX}`);
  console.log(`  the teach page ${teach} of at most ${TEACH_MAX}`);
  if (teach > TEACH_MAX) fail(`the teach page loads ${teach} bytes gzipped, ${teach - TEACH_MAX} over its budget of ${TEACH_MAX}`);
  for (const { name, gz, max } of apps) if (gz > max) fail(`${name} is ${gz} bytes gzipped, ${gz - max} over its budget of ${max}`);
}

/** A script of the teach page that has to be a file of its own; its path is put into whatever is bundled next. */
async function thread(name, options = {}) {
  const text = await bundle(`teach/${name}.ts`, options), file = `${name}-${createHash('sha256').update(text).digest('hex').slice(0, 10)}.js`;
  defines[name.toUpperCase()] = JSON.stringify('/' + file);
  return [file, text];
}

const { hash, files } = await lazyParts();
const watch = await bundle('watch.ts', { define: { HASH: JSON.stringify(hash) } });
const front = await bundle('front.ts');
const threads = [await thread('worklet', { target: 'chrome66' }), await thread('engine')];
const teaching = await bundle('teach.ts');

const lazy = await Promise.all(files.map(([file, text]) => put(file, text)));
const beside = await Promise.all(threads.map(([file, text]) => put(file, text)));
const first = await put('watch.html', page('watch.html', { css: await css('base.css', 'watch.css'), script: watch }));
const teach = await put('teach.html', page('teach.html', { css: await css('base.css', 'teach.css'), script: teaching }));
const frontStyle = await css('base.css', 'front.css');
const others = await Promise.all(['index.html', '404.html'].map((name) => put(name, page(name, { css: frontStyle, script: front }))));
const apps = await Promise.all([...Object.entries(APPS).map(([name, what]) => app(name, what)), ...Object.entries(LIGHT).map(light)]);

console.log('  file                       plain     gzip   brotli');
for (const f of [first, ...lazy, teach, ...beside, ...apps, ...others]) {
  console.log(`  ${f.name.padEnd(22)} ${[f.plain, f.gz, f.br].map((n) => String(n).padStart(9)).join('')}`);
}
checkBudgets(first, lazy, [teach, ...beside].reduce((sum, f) => sum + f.gz, 0), apps);
writeOutputs();
