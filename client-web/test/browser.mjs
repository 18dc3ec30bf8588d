// Starts Debian's browsers, headless, with a profile of their own.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHROMIUM = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

export const browserPath = { chromium: '/usr/bin/chromium', firefox: '/usr/bin/firefox-esr' };

export const isInstalled = (kind) => existsSync(browserPath[kind]);

/** A camera and a microphone that beeps; who is asked for them, or for the screen, says yes. */
export const TEACHER = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** Chromium; `options` are those of a playwright context (viewport, locale, ...), `flags` more of the command line. */
export async function chromium(options = {}, flags = []) {
  const { chromium: engine } = await import('playwright-core');
  const browser = await engine.launch({ executablePath: browserPath.chromium, args: [...CHROMIUM, ...flags], ignoreDefaultArgs: ['--mute-audio'] });
  return {
    async open(url, more = {}) {
      const context = await browser.newContext({ locale: 'zh-CN', ...options, ...more });
      const page = await context.newPage();
      await page.goto(url);
      return page;
    },
    close: () => browser.close(),
  };
}

/** Chromium with one window, whose tabs hide each other and are slowed down for it as a pupil's are. */
export async function chromiumTabs() {
  const puppeteer = await import('puppeteer-core');
  const browser = await puppeteer.launch({
    executablePath: browserPath.chromium, headless: true, args: [...CHROMIUM, '--lang=zh-CN'],
    ignoreDefaultArgs: ['--mute-audio', '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding'],
  });
  return {
    async open(url) {
      const page = await browser.newPage();
      await page.goto(url);
      return page;
    },
    close: () => browser.close(),
  };
}

const FIREFOX_PREFS = {
  'app.update.enabled': false, 'datareporting.policy.dataSubmissionEnabled': false, 'toolkit.telemetry.enabled': false,
  'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false, 'media.gmp-manager.url': 'data:,',
  'intl.accept_languages': 'zh-CN',
};

/** Firefox has no sound, and then no playback, without a sink: a private pulseaudio with one that leads nowhere. */
async function silentSound(dir) {
  if (!existsSync('/usr/bin/pulseaudio')) return undefined;
  const socket = join(dir, 'pulse.sock'), script = join(dir, 'pulse.pa');
  writeFileSync(script, `load-module module-native-protocol-unix socket=${socket} auth-anonymous=1\nload-module module-null-sink\n`);
  const pulse = spawn('pulseaudio', ['-n', '-F', script, '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--disallow-exit'],
    { env: { ...process.env, HOME: dir, XDG_RUNTIME_DIR: dir, PULSE_RUNTIME_PATH: dir }, stdio: 'ignore' });
  for (let i = 0; i < 50 && !existsSync(socket); i++) await new Promise((r) => setTimeout(r, 100));
  return { server: 'unix:' + socket, stop: () => pulse.kill() };
}

/** A camera and a microphone, as TEACHER for Chromium. */
export const TEACHER_PREFS = { 'media.navigator.streams.fake': true, 'media.navigator.permission.disabled': true };

/** Firefox; `prefs` are more of about:config. */
export async function firefox(prefs = {}) {
  const puppeteer = await import('puppeteer-core');
  const dir = mkdtempSync(join(tmpdir(), 'airclass-firefox-'));
  const sound = await silentSound(dir);
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: browserPath.firefox, headless: true, userDataDir: join(dir, 'profile'), extraPrefsFirefox: { ...FIREFOX_PREFS, ...prefs },
    env: { ...process.env, HOME: dir, ...(sound ? { PULSE_SERVER: sound.server } : {}) },
  });
  return {
    async open(url) {
      const page = await browser.newPage();
      await page.goto(url);
      return page;
    },
    async close() {
      await browser.close().catch(() => undefined);
      if (sound) sound.stop();
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
