// Runs the tests: `node test/run.mjs unit|browser`. Unit tests are TypeScript: esbuild turns them into
// plain modules first, so that Node 18 can run them.

import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, '..', '..', 'build', 'web-test', 'unit');
const kind = process.argv[2] || 'unit';
const wanted = process.argv[3] || '';

const listed = (folder, ending) => readdirSync(join(HERE, folder)).filter((f) => f.endsWith(ending) && f.includes(wanted)).sort();

async function unitFiles() {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const files = listed('unit', '.test.ts');
  await build({
    entryPoints: files.map((f) => join(HERE, 'unit', f)), outdir: OUT, outExtension: { '.js': '.mjs' },
    bundle: true, format: 'esm', platform: 'node', target: 'node18', sourcemap: 'inline', logLevel: 'warning',
  });
  return files.map((f) => join(OUT, f.replace('.ts', '.mjs')));
}

const files = kind === 'unit' ? await unitFiles() : listed('browser', '.test.mjs').map((f) => join(HERE, 'browser', f));
const flags = kind === 'browser' && Number(process.versions.node.split('.')[0]) >= 20 ? ['--test-concurrency=1'] : [];
const result = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...flags, ...files], { stdio: 'inherit', cwd: join(HERE, '..') });
process.exit(result.status ?? 1);
