// Stands between teachers and the server, at the server's end of the link: serves the broadcast without a layout, hands everything on both
// ways, and writes down what came when. The server's own answers steer the teacher.
//   node uplink-gate.mjs --port 80 --server ws://127.0.0.1:8080/ws --out FILE

import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { serveBundle, teachBundle } from '../../client-web/test/teach-bundle.mjs';
import { Taken } from '../../client-web/test/teach-server.mjs';

const require = createRequire(new URL('../../client-web/package.json', import.meta.url));
const WebSocket = require('ws');
const { values: o } = parseArgs({ options: Object.fromEntries(['port', 'server', 'out'].map((name) => [name, { type: 'string' }])) });
const bundle = await teachBundle(), taken = new Taken(), seen = { welcomes: [], closes: [], keys: 0, complaints: [], status: undefined };

const http = createServer((request, response) => serveBundle(bundle, request, response));

/** A machine that stood still for longer says nothing about a teacher: microphones, links and clocks stood with it. */
const STOOD_MOST_MS = 500, LOOK_MS = 20;
let lookedAt = Date.now(), stoodMs = 0;
setInterval(() => {
  stoodMs = Math.max(stoodMs, Date.now() - lookedAt - LOOK_MS);
  lookedAt = Date.now();
}, LOOK_MS);

/** What the server says, by the first word of it that matters here. */
function hear(text) {
  const m = JSON.parse(text);
  if (m.t === 'welcome') seen.welcomes.push(Date.now());
  if (m.t === 'key') seen.keys++;
  if (m.t === 'status') seen.status = m;
}

function note(data) {
  try {
    taken.message(data);
  } catch (e) {
    seen.complaints.push(String(e));
  }
}

new WebSocket.WebSocketServer({ server: http, path: '/ws', perMessageDeflate: false, handleProtocols: () => 'airclass.teach.v1' }).on('connection', (teacher) => {
  const server = new WebSocket(o.server, 'airclass.teach.v1', { perMessageDeflate: false }), early = [];
  taken.part = undefined;
  const give = (data, isBinary) => server.send(data, { binary: isBinary });
  teacher.on('message', (data, isBinary) => {
    if (isBinary) note(data);
    if (server.readyState === 1) give(data, isBinary);
    else early.push([data, isBinary]);
  });
  server.on('open', () => early.splice(0).forEach((message) => give(...message)));
  server.on('message', (data, isBinary) => {
    if (!isBinary) hear(data.toString());
    teacher.send(data, { binary: isBinary });
  });
  server.on('close', (code, why) => {
    seen.closes.push([Date.now(), code, why.toString()]);
    teacher.close(code >= 3000 || code === 1000 ? code : 1001);
  });
  server.on('error', (e) => seen.complaints.push(String(e)));
  teacher.on('close', () => server.close());
  teacher.on('error', () => undefined);
});

process.on('SIGTERM', () => {
  if (stoodMs > STOOD_MOST_MS) seen.complaints.unshift(`the machine stood still for ${stoodMs} ms: measure again`);
  writeFileSync(o.out, JSON.stringify({ ...seen, voice: taken.voice.map((v) => [v.at, v.pts, v.ms]), pictures: taken.pictures.map((p) => [p.at, p.pts, p.isKey, p.bytes, p.codec]), probed: taken.probed }));
  process.exit(0);
});
http.listen(Number(o.port), () => console.log('gate'));
