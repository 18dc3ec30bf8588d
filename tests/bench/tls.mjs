// What TLS costs: the server's processor time and memory for the same viewers by ws and by wss, in turns within one run, and the
// bytes that it adds to opening the page. Started by scripts/bench-tls.

import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { upgrade } from '../e2e/lib/attack.mjs';
import { PROGRAM, Server } from '../e2e/lib/server.mjs';
import { teach } from '../e2e/lib/teacher.mjs';
import { makeFolder, ROOT, run, test, until, wait } from '../e2e/lib/testing.mjs';

const WebSocket = createRequire(join(ROOT, 'client-web', 'package.json'))('ws');
const VIEWERS = Number(process.env.VIEWERS || 200), SECONDS = Number(process.env.DURATION || 15), ROUNDS = Number(process.env.ROUNDS || 3);
const TICKS_A_SECOND = 100;

function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8'), fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

function join1(url, mode, tls) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, 'airclass.v1', { perMessageDeflate: false, skipUTF8Validation: true, ...tls });
    socket.on('open', () => socket.send(JSON.stringify({ t: 'hello', v: 1, lesson: 'demo', mode, can: ['opus', 'h264', 'avif'] })));
    socket.once('message', () => resolve(socket));
    socket.on('error', reject);
  });
}

/** {joinMs, cpu, messages} of SECONDS with all viewers seated; cpu of the server alone, in seconds. */
async function watch(server, url, mode, tls) {
  const before = server.residentKib(), joinCpu = cpuOf(server.pid), sockets = [];
  for (let i = 0; i < VIEWERS; i += 20) sockets.push(...await Promise.all(Array.from({ length: 20 }, () => join1(url, mode, tls))));
  const joined = cpuOf(server.pid) - joinCpu;
  await wait(8000); // rungs settle
  const kib = server.residentKib() - before;
  const messages = await server.metric('airclass_ws_messages_sent_total'), cpu = cpuOf(server.pid), sent = await server.metric('airclass_ws_sent_bytes_total');
  await wait(SECONDS * 1000);
  const result = { joinMs: joined * 1000 / VIEWERS, kib: kib / VIEWERS, cpu: cpuOf(server.pid) - cpu,
    messages: await server.metric('airclass_ws_messages_sent_total') - messages, sent: await server.metric('airclass_ws_sent_bytes_total') - sent };
  sockets.forEach((s) => s.terminate());
  await until('empty', async () => await server.metric('airclass_ws_connections') === 0);
  return result;
}

/** Bytes on the wire, down and up, until `done(text)`; over TLS with the `session` of a connection before. */
function exchange(port, tls, session, say, done) {
  return new Promise((resolve, reject) => {
    const raw = connect({ port, host: '127.0.0.1' });
    const socket = tls ? connectTls({ socket: raw, ...tls, session, ALPNProtocols: ['http/1.1'] }) : raw;
    let text = '', ticket;
    socket.on('session', (s) => (ticket = s));
    socket.on(tls ? 'secureConnect' : 'connect', () => socket.write(say));
    socket.on('error', reject);
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (!done(text)) return;
      setTimeout(() => { // a ticket may follow
        resolve({ down: raw.bytesRead, up: raw.bytesWritten, ticket });
        socket.destroy();
      }, 200);
    });
  });
}

const isWhole = (text) => {
  const [head, body] = [text.slice(0, text.indexOf('\r\n\r\n')), text.slice(text.indexOf('\r\n\r\n') + 4)];
  const length = /content-length: (\d+)/i.exec(head);
  return length && body.length >= Number(length[1]);
};

async function firstLoad(server, ca) {
  const page = (port) => `GET /watch/demo HTTP/1.1\r\nHost: localhost:${port}\r\nAccept-Encoding: br\r\n\r\n`;
  const rows = [];
  const plain = [await exchange(server.port, null, null, page(server.port), isWhole),
    await exchange(server.port, null, null, upgrade(server.port), (t) => t.includes('\r\n\r\n'))];
  for (const version of ['TLSv1.3', 'TLSv1.2']) {
    const tls = { ca, servername: 'localhost', minVersion: version, maxVersion: version };
    const first = await exchange(server.tlsPort, tls, undefined, page(server.tlsPort), isWhole);
    const fresh = await exchange(server.tlsPort, tls, undefined, upgrade(server.tlsPort), (t) => t.includes('\r\n\r\n'));
    const resumed = await exchange(server.tlsPort, tls, first.ticket, upgrade(server.tlsPort), (t) => t.includes('\r\n\r\n'));
    const added = (a, b) => `${a.down - b.down} / ${a.up - b.up}`;
    rows.push(`| ${version} | ${added(first, plain[0])} | ${added(fresh, plain[1])} | ${added(resumed, plain[1])} |`);
  }
  console.log('| bytes added, down / up | the page | /ws, a full handshake | /ws, resumed |\n|---|---|---|---|');
  rows.forEach((row) => console.log(row));
}

await run(async () => {
  const data = makeFolder();
  execFileSync(PROGRAM, ['--set', `server.data-dir=${data}`, '--make-certificate', 'localhost']);
  const ca = readFileSync(join(data, 'certificate.pem'));
  const server = await Server.start({ settings: { 'tls.certificate': join(data, 'certificate.pem'), 'tls.key': join(data, 'key.pem'), 'tls.port': 0 } });
  teach(server.rtmpUrl('demo'));
  await test('bytes', () => firstLoad(server, ca));
  const ways = { ws: [`ws://127.0.0.1:${server.port}/ws`, {}], wss: [`wss://127.0.0.1:${server.tlsPort}/ws`, { ca, servername: 'localhost' }] };
  console.log(`\n| ${VIEWERS} viewers | messages/s each | kbit/s each | CPU µs a message | CPU of joining, ms each | memory of the program, KiB each |\n|---|---|---|---|---|---|`);
  for (const mode of ['voice', 'auto']) {
    const all = { ws: [], wss: [] };
    await test(mode, async () => {
      for (let i = 0; i < ROUNDS; i++) for (const way of Object.keys(ways)) all[way].push(await watch(server, ways[way][0], mode, ways[way][1]));
    }, 900000);
    for (const [way, runs] of Object.entries(all)) {
      const of = (f) => median(runs.map(f));
      console.log(`| ${mode}, ${way} | ${of((r) => r.messages / SECONDS / VIEWERS).toFixed(1)} | ${of((r) => r.sent * 8 / SECONDS / VIEWERS / 1000).toFixed(0)} `
        + `| ${of((r) => r.cpu * 1e6 / r.messages).toFixed(1)} (${runs.map((r) => (r.cpu * 1e6 / r.messages).toFixed(1)).join(', ')}) | ${of((r) => r.joinMs).toFixed(2)} | ${runs[0].kib.toFixed(0)} |`);
    }
  }
}, 1800000);
