// bundle.mjs ENTRY OUT FORMAT [NAME]: TypeScript of the page as one script.

import { createRequire } from 'node:module';

const { build } = createRequire(new URL('../../../client-web/package.json', import.meta.url))('esbuild');
const [entry, outfile, format, globalName] = process.argv.slice(2);
await build({ entryPoints: [entry], outfile, format, ...(globalName ? { globalName } : {}), bundle: true, target: 'es2020', logLevel: 'warning' });
