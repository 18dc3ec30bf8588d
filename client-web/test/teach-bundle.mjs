// The broadcast without a layout, for tests in browsers and over emulated links: window.Broadcast, and the files that it asks for; and
// window.Webm, which reads what recorders write.

import { build } from 'esbuild';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');
const ENTRY = `import { Broadcast } from './teach/broadcast'; import { CaptureError } from './teach/contract'; import { Webm } from './teach/webm'; Object.assign(window, { Broadcast, CaptureError, Webm });`;

async function text(options) {
  const result = await build({ bundle: true, write: false, format: 'iife', target: 'es2020', logLevel: 'warning', define: { WORKLET: '"/worklet.js"', ENGINE: '"/engine.js"' }, ...options });
  return result.outputFiles[0].text;
}

const ofFile = (name) => text({ entryPoints: [join(SRC, 'teach', name)] });

/** Texts by path. */
export async function teachBundle() {
  return {
    '/teach.js': await text({ stdin: { contents: ENTRY, resolveDir: SRC, loader: 'ts' } }),
    '/worklet.js': await ofFile('worklet.ts'),
    '/engine.js': await ofFile('engine.ts'),
  };
}

/** Answers whatever the page asks for. */
export function serveBundle(bundle, request, response) {
  response.setHeader('content-type', /\.js$/.test(request.url) ? 'text/javascript' : 'text/html');
  response.end(bundle[request.url] || '<!doctype html><title>teach</title><script src="/teach.js"></script>');
}
