// The broadcast without a layout, for tests in browsers and over emulated links: window.Broadcast, and the worklet's text.

import { build } from 'esbuild';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');
const ENTRY = `import { Broadcast } from './teach/broadcast'; import { CaptureError } from './teach/contract'; Object.assign(window, { Broadcast, CaptureError });`;

async function text(options) {
  const result = await build({ bundle: true, write: false, format: 'iife', target: 'es2020', logLevel: 'warning', define: { WORKLET: '"/worklet.js"' }, ...options });
  return result.outputFiles[0].text;
}

export async function teachBundle() {
  return {
    script: await text({ stdin: { contents: ENTRY, resolveDir: SRC, loader: 'ts' } }),
    worklet: await text({ entryPoints: [join(SRC, 'teach/worklet.ts')] }),
  };
}
