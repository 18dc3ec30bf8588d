// The teach page with a stand-in for the broadcast, to look at its states: `node test/teach-page.mjs FOLDER [WORD]` takes a picture of
// each, on a phone and on a desktop, in both languages.

import { build } from 'esbuild';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from './browser.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const SRC = join(HERE, '..', 'src');

const LESSON = { id: 'demo', title: '五年级数学：分数的加法', watch: '/watch/demo#k=for-class-5b', rtmp: { port: 1935, path: 'live' }, rehearsal: undefined };
const SOURCE = { kind: 'browser', width: 640, height: 360, fps: 15, content: 'camera' };
const status = (part = {}) => ({ state: 'live', pupils: 42, voiceOnly: 7, reconnecting: 0, rungs: { R2: 20, R6: 15 }, source: SOURCE, breakMs: 0, hands: 0, ...part });
const WAITING = status({ state: 'waiting', pupils: 12, voiceOnly: 0, source: { ...SOURCE, kind: 'none' } });
const UPLINK = { mode: 'video', kbps: 310, capacityKbps: 900, unackedMs: 220, width: 640, height: 360, fps: 15, videoKbps: 280, voiceKbps: 24 };
const AIR = { phase: 'open', isTeaching: true, lesson: LESSON, status: status(), uplink: UPLINK, source: 'camera' };
const READY = { phase: 'open', lesson: LESSON, status: WAITING };

/** What the view is in each state; `act` is done to the page afterwards. */
export const STATES = {
  first: { view: READY },
  ready: { view: READY, allowed: true },
  connecting: { view: {} },
  air: { view: AIR, allowed: true, lengthMs: 754000 },
  muted: { view: { ...AIR, isMuted: true }, allowed: true, lengthMs: 754000 },
  break: { view: AIR, allowed: true, lengthMs: 2405000 },
  resting: { view: { ...AIR, status: status({ breakMs: 272000 }) }, allowed: true, lengthMs: 2405000 },
  weak: { view: { ...AIR, uplink: { ...UPLINK, mode: 'stills', kbps: 44, capacityKbps: 60 }, status: status({ reconnecting: 3 }) }, allowed: true, lengthMs: 92000 },
  away: { view: { ...AIR, phase: 'away', uplink: { ...UPLINK, unackedMs: 5200 } }, allowed: true, lengthMs: 92000 },
  voice: { view: { ...AIR, source: undefined }, allowed: true, lengthMs: 92000 },
  board: { view: { ...AIR, source: 'board' }, allowed: true, lengthMs: 92000, act: (page) => page.click('#sources button:nth-last-child(2)') },
  denied: { view: { ...READY, troubles: [{ what: 'microphone', why: 'denied' }, { what: 'camera', why: 'used' }] } },
  stopped: { view: { ...AIR, source: undefined, troubles: [{ what: 'screen', why: 'stopped' }, { what: 'microphone', why: 'lost' }] }, allowed: true, lengthMs: 92000 },
  rtmp: { view: { ...READY, status: status({ source: { ...SOURCE, kind: 'rtmp', width: 1280, height: 720, fps: 25 } }) }, lengthMs: 92000, act: (page) => page.click('#encoder summary') },
  ask: { view: AIR, allowed: true, lengthMs: 92000, act: (page) => page.click('#end') },
  over: { view: AIR, allowed: true, lengthMs: 2513000, act: async (page) => { await page.click('#end'); await page.click('#askYes'); } },
  trial: { view: READY, allowed: true, act: (page) => page.click('#rehearse') },
  found: { view: READY, allowed: true, act: (page) => page.evaluate(() => {
    document.getElementById('rehearse').click();
    document.getElementById('trialTitle').textContent = '检查结果';
    document.getElementById('trialText').textContent = '';
    document.getElementById('trialResult').innerHTML = '<ul class="verdicts"><li data-tone="bad">No sound.</li><li data-tone="weak">Too dark.</li><li data-tone="ok">All is well.</li></ul>';
  }) },
  busy: { view: { ...READY, phase: 'busy' } },
  taken: { view: { ...READY, phase: 'taken' } },
  continue: { view: { ...READY, canContinue: true, status: status({ state: 'reconnecting' }) } },
  key: { view: { phase: 'failed', failure: 'key' } },
  down: { view: { phase: 'failed', failure: 'down' } },
  insecure: { view: { phase: 'failed', failure: 'insecure' } },
  old: { view: { phase: 'failed', failure: 'incapable' } },
};

async function html() {
  const bundle = await build({
    entryPoints: [join(SRC, 'teach.ts')], bundle: true, write: false, format: 'iife', target: 'es2020', charset: 'utf8', logLevel: 'error',
    plugins: [{ name: 'stand-in', setup: (b) => b.onResolve({ filter: /teach\/broadcast$/ }, () => ({ path: join(HERE, 'fake-broadcast.ts') })) }],
  });
  const css = ['base.css', 'teach.css'].map((file) => readFileSync(join(SRC, 'page', file), 'utf8')).join('\n');
  const parts = { css, script: bundle.outputFiles[0].text.replace(/<\/script/gi, '<\\/script') };
  return readFileSync(join(SRC, 'page', 'teach.html'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, key) => parts[key]);
}

export async function serveTeachPage() {
  const text = await html();
  const ports = JSON.stringify({ tls_port: 8443, rtmp_port: 1935 });
  const http = createServer(({ url }, response) => (url === '/api/v1' ? response.writeHead(200, { 'content-type': 'application/json' }).end(ports)
    : response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text)));
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { url: `http://localhost:${http.address().port}/teach#k=a-key-to-look-with`, close: () => http.close() };
}

/** A page in that state. `options` as for a browser context. */
export async function openState(browser, url, name, options) {
  const { view, allowed, lengthMs = 0, act } = STATES[name], page = await browser.open('about:blank', options);
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  await page.goto(url);
  if (allowed) await page.click('#allow');
  if (allowed) await page.waitForSelector('#allow', { state: 'hidden' });
  await page.evaluate(([part, ms]) => {
    window.fake.lengthMs = ms;
    window.fake.set(part);
  }, [view, lengthMs]);
  await page.waitForTimeout(400);
  if (act) await act(page);
  await page.waitForTimeout(300);
  return page;
}

async function pictures(folder, word) {
  mkdirSync(folder, { recursive: true });
  const browser = await chromium(), served = await serveTeachPage();
  for (const name of Object.keys(STATES).filter((n) => !word || n === word)) {
    for (const [width, height] of [[360, 740], [740, 360], [1280, 800]]) {
      for (const locale of ['zh-CN', 'en-US']) {
        const page = await openState(browser, served.url, name, { viewport: { width, height }, locale });
        await page.screenshot({ path: join(folder, `${name}-${width}-${locale.slice(0, 2)}.png`) });
        if (page.complaints.length) console.log(name, page.complaints);
        await page.context().close();
      }
    }
  }
  await browser.close();
  served.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await pictures(process.argv[2], process.argv[3]);
