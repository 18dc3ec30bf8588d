// The player's own modules, as the page has them, for node: connection and reconnection, the voice (on an
// element without sound), the byte counter and the wire. What is measured is then what pupils get, not a copy of it.

import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const CLIENT = join(ROOT, 'client-web');
const require = createRequire(join(CLIENT, 'package.json'));

const ENTRY = `
export { Frames } from './src/player/assembly';
export { Link } from './src/player/socket';
export { Meter } from './src/player/meter';
export { Ear } from './test/ear';
export { writeHello, writeReport } from './src/protocol';
`;

/** Bundles them into `file`. */
export async function bundlePage(file) {
  await require('esbuild').build({
    stdin: { contents: ENTRY, resolveDir: CLIENT, loader: 'ts' }, outfile: file,
    bundle: true, format: 'esm', platform: 'node', target: 'node18', logLevel: 'warning',
  });
}

/** What each rung takes, by name, as servers said: the page has no use for it. */
export const rungKbps = {};

function noteRung(data, isBinary) {
  const m = isBinary ? {} : JSON.parse(data);
  if (m.t === 'rung') rungKbps[m.rung] = m.kbps;
}

/** Loads such a bundle, with what it expects of a browser around it. */
export async function loadPage(file) {
  const Socket = require('ws');
  globalThis.window = globalThis;
  globalThis.WebSocket = class extends Socket {
    constructor(url, protocol) {
      super(url, protocol, { perMessageDeflate: false });
      this.on('error', () => undefined); // 'close' follows and says all that a page learns
      this.on('message', noteRung);
    }
  };
  return import(pathToFileURL(resolve(file)).href);
}

export const chromium = () => require('playwright-core').chromium;
