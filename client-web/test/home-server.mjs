// A stand-in for the server behind /enter and /home: the built pages, and the answers that a test gives it.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGES = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'build', 'web');
const FILES = { '/': 'index.html', '/enter': 'enter.html', '/home': 'home.html' };
/** As the server has it: each page's own scripts and styles, and nothing from elsewhere. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'";

export const OFFSET = '+08:00';

/** Noon of a Wednesday, in the district. */
export const NOON = Date.parse('2026-11-25T12:00:00' + OFFSET);

const iso = (ms) => new Date(ms + 8 * 3600000).toISOString().slice(0, 19) + OFFSET;

/** A lesson that begins so many minutes from noon. */
export function lesson(title, fromMin, more = {}) {
  const start = NOON + fromMin * 60000, { minutes = 40, ...rest } = more;
  return {
    id: 'l' + fromMin, entry: 'e', date: iso(start).slice(0, 10), start: iso(start), end: iso(start + minutes * 60000), title, kind: 'lecture',
    place: 'online', link: '', classes: [{ school: 's1', class: '5b', name: '五年级（2）班' }], lecturer: { school: 's1', code: 't1', name: '王老师' }, is_online: true, lesson: null,
    state: 'planned', mb_estimate: rest.is_online === false ? null : Math.round(minutes * 4.78 / 40), ...rest,
  };
}

/** `answers`: "GET me" to a body, [status, body, headers], or a function of (url, body) that gives one. */
export async function serveHome(answers, clock = () => NOON) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://x'), name = FILES[url.pathname];
    if (!url.pathname.startsWith('/api/')) return servePage(response, name);
    let text = '';
    for await (const chunk of request) text += chunk;
    const what = `${request.method} ${url.pathname.slice(8)}`, body = text ? JSON.parse(text) : undefined;
    asked.push({ what, query: url.search, body });
    const found = answers[what], given = typeof found === 'function' ? found(url, body) : found;
    const [status, json, headers] = Array.isArray(given) ? given : given ? [200, given] : [404, { error: { code: 'not_found', message: '' } }];
    if (status === 0) return void request.socket.destroy();
    response.writeHead(status, { 'content-type': 'application/json', date: new Date(clock()).toUTCString(), ...headers });
    response.end(JSON.stringify(json));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections?.();
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, answers, asked, close };
}

function servePage(response, name) {
  if (!name) return void response.writeHead(404, { 'content-type': 'text/html' }).end('<title>elsewhere</title>');
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY }).end(readFileSync(join(PAGES, name)));
}
