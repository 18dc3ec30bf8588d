// Runs the parts of one whole-system test and prints what scripts/run-e2e counts.

import { AssertionError } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { endProcesses } from './processes.mjs';

export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Programs under a sanitizer, and machines full of other work, take their time. */
export const PATIENCE_MS = 20000;

let passed = 0, failed = 0, skipped = 0, ownTmp = '';
const endings = [];

export const BUILD = process.env.BUILD;
export const ROOT = process.env.ROOT;
/** Of the sources that were built. */
export const VERSION = /AIRCLASS_VERSION "(.+)"/.exec(readFileSync(join(ROOT || '.', 'server/base/version.h'), 'utf8'))?.[1];
export const isSanitized = /\+(address|thread|undefined)/.test(BUILD || '');

/** A folder that is gone after the test. */
export function makeFolder() {
  if (!process.env.TEST_TMP && !ownTmp) ownTmp = mkdtempSync(join(tmpdir(), 'airclass-e2e-'));
  return mkdtempSync(join(process.env.TEST_TMP || ownTmp, 't-'));
}

/** Called when all is over, the newest first; each may fail the test. */
export const atEnd = (ending) => endings.push(ending);

function report(title, error) {
  if (!error) passed++;
  else failed++;
  console.log(`${error ? 'not ok' : 'ok'} - ${title}`);
  if (error) console.error(`${title}:`, error instanceof AssertionError ? error.message : error.stack || error);
}

/** One claim about the system. Later ones run all the same when it fails. */
export async function test(title, body, ms = 90000) {
  let timer;
  const begin = Date.now();
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`not done after ${ms} ms`)), ms)));
  try {
    await Promise.race([body(), late]);
    report(title);
  } catch (error) {
    report(title, error);
  }
  clearTimeout(timer);
  console.log(`# ${Date.now() - begin} ms`);
}

export function skip(title, reason) {
  skipped++;
  console.log(`skip - ${title}: ${reason}`);
}

/** Waits for `condition()` to be true (or any other truthy value, which is returned). */
export async function until(what, condition, ms = PATIENCE_MS) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`never within ${ms} ms: ${what}`);
    await wait(20);
  }
}

async function finish() {
  for (const ending of endings.reverse()) {
    try {
      await ending();
    } catch (error) {
      report(`${basename(process.argv[1])}: a clean end`, error);
    }
  }
  endProcesses();
  if (ownTmp) rmSync(ownTmp, { recursive: true, force: true });
  process.exit(failed || !passed && !skipped ? 1 : 0);
}

/** The whole file: `body` calls test(). Whatever happens, no process is left behind. */
export async function run(body) {
  if (!BUILD || !ROOT) throw new Error('start it by scripts/run-e2e BUILD');
  process.on('exit', endProcesses);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => process.exit(1));
  const broken = (error) => {
    report(basename(process.argv[1]), error);
    process.exit(1);
  };
  process.on('uncaughtException', broken);
  process.on('unhandledRejection', broken);
  try {
    await body();
  } catch (error) {
    report(basename(process.argv[1]), error);
  }
  await finish();
}
