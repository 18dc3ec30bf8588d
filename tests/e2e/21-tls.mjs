// Pages and WebSockets over TLS, by the server itself: who is let in, certificates that change, and handshakes that are none.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { networkInterfaces } from 'node:os';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Raw, upgrade, watchMemory } from './lib/attack.mjs';
import { Pupil } from './lib/pupil.mjs';
import { PROGRAM, Server } from './lib/server.mjs';
import { teach } from './lib/teacher.mjs';
import { makeFolder, ROOT, run, skip, test, until, wait } from './lib/testing.mjs';

const WebSocket = createRequire(join(ROOT || '.', 'client-web', 'package.json'))('ws');
const folder = makeFolder();
const at = (name) => join(folder, name);
const HALF_OPEN = 1000;
const MOST_KIB = 96 << 10;

/** A self-signed pair NAME.pem and NAME.key, as the server's own command makes it. */
function makePair(name) {
  const data = at('made-' + name);
  execFileSync(PROGRAM, ['--set', `server.data-dir=${data}`, '--make-certificate', 'localhost', '127.0.0.1']);
  copyFileSync(join(data, 'certificate.pem'), at(name + '.pem'));
  copyFileSync(join(data, 'key.pem'), at(name + '.key'));
}

/** One whose time is over. */
function makeExpired(name) {
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'ignore' });
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost', '-keyout', at(name + '.key'), '-out', at('request'));
  openssl('x509', '-req', '-in', at('request'), '-signkey', at(name + '.key'), '-days', '-1', '-out', at(name + '.pem'));
}

/** What a renewal does: both files are replaced, each in one step. */
function install(certificate, key = certificate) {
  for (const [from, to] of [[certificate + '.pem', 'now.pem'], [key + '.key', 'now.key']]) {
    copyFileSync(at(from), at(to + '.new'));
    renameSync(at(to + '.new'), at(to));
  }
}

const trust = (name) => ({ ca: readFileSync(at(name + '.pem')), servername: 'localhost' });

/** GET over https: {status, headers, text}. */
function get(server, path, options) {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.tlsPort, path, agent: false, ...options }, (answer) => {
      let text = '';
      answer.on('data', (data) => (text += data));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    }).on('error', reject).end();
  });
}

/** The fingerprint of the certificate that a newcomer is shown. */
function shown(server) {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port: server.tlsPort, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    }).on('error', reject);
  });
}

/** The close code of a WebSocket, or 'open' when it is still there after a while; or the status of a refusal. */
function outcome(url, protocol, options = {}) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, protocol, { perMessageDeflate: false, handshakeTimeout: 5000, ...options });
    socket.on('open', () => setTimeout(() => { resolve('open'); socket.terminate(); }, 500));
    socket.on('close', (code, reason) => resolve(`${code} ${reason}`));
    socket.on('error', (error) => resolve(error.message));
  });
}

/** How the server ends when it is started so. */
function tryStart(...settings) {
  const sets = settings.flatMap((s) => ['--set', s]);
  const { status, stderr } = spawnSync(PROGRAM, ['--set', `server.data-dir=${at('data')}`, '--set', 'server.port=0',
    '--set', 'server.admin-port=0', '--set', 'rtmp.port=0', ...sets], { encoding: 'utf8', timeout: 20000 });
  return { status, stderr };
}

const ownAddress = () => Object.values(networkInterfaces()).flat().find((a) => a.family === 'IPv4' && !a.internal)?.address;

await run(async () => {
  for (const name of ['first', 'second', 'other']) makePair(name);
  install('first');
  const settings = { 'tls.certificate': at('now.pem'), 'tls.key': at('now.key'), 'tls.port': 0, 'server.bind': '' };

  await test('the command that makes a certificate replaces nothing, and its key is secret', () => {
    const again = spawnSync(PROGRAM, ['--set', `server.data-dir=${at('made-first')}`, '--make-certificate'], { encoding: 'utf8' });
    assert.equal(again.status, 1);
    assert.match(again.stderr, /key\.pem: File exists/);
    assert.equal(statSync(join(at('made-first'), 'key.pem')).mode & 0o777, 0o600);
    const fresh = spawnSync(PROGRAM, ['--set', `server.data-dir=${at('fresh')}`, '--make-certificate'], { encoding: 'utf8' });
    assert.equal(fresh.status, 0);
    assert.match(fresh.stdout, /every browser warns[^]*自签名证书/);
  });

  await test('a pair that cannot serve is said at the start, with the file, and ends with status 2', () => {
    writeFileSync(at('garbage.pem'), 'garbage');
    for (const [certificate, key, says] of [
      ['first.pem', 'other.key', /other\.key: is not the key of the certificate .*first\.pem/],
      ['missing.pem', 'first.key', /missing\.pem: No such file/],
      ['garbage.pem', 'first.key', /garbage\.pem: holds no certificate/],
      ['first.pem', 'garbage.pem', /garbage\.pem: holds no private key/]]) {
      const { status, stderr } = tryStart(`tls.certificate=${at(certificate)}`, `tls.key=${at(key)}`);
      assert.equal(status, 2, stderr);
      assert.match(stderr, says);
    }
    assert.match(tryStart(`tls.certificate=${at('first.pem')}`).stderr, /tls\.certificate needs tls\.key/);
  });

  const server = await Server.start({ settings: { ...settings, 'tls.hsts': '1h' } });
  const secure = `wss://127.0.0.1:${server.tlsPort}/ws`;
  const first = await shown(server);
  teach(server.rtmpUrl('demo'));

  await test('pages come over https, by TLS 1.2 as by 1.3', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      const { status, headers, text } = await get(server, '/watch/demo', { ...trust('first'), minVersion: version, maxVersion: version });
      assert.equal(status, 200);
      assert.match(text, /<html/i);
      assert.equal(headers['strict-transport-security'], 'max-age=3600');
      assert.match(headers['content-security-policy'], /frame-ancestors 'none'/);
    }
    assert.equal((await fetch(server.origin + '/')).headers.get('strict-transport-security'), null);
  });

  await test('old versions of TLS get none', async () => {
    await assert.rejects(get(server, '/', { ...trust('first'), minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
  });

  const pupil = new Pupil({ name: 'secure' });
  await test('a pupil hears the lesson over wss', async () => {
    await pupil.connect(server, { url: secure, ...trust('first') });
    pupil.say({ t: 'hello', v: 1, lesson: 'demo', mode: 'auto', can: ['opus', 'h264', 'avif'] });
    await pupil.hears(2000);
    assert.deepEqual(pupil.violations, []);
  });

  await test('many who come at once over wss are all let in, and stay', async () => {
    const crowd = [];
    for (let i = 0; i < 10; i++) { // one in 200 is so quick that its handshake is over before the server has heard of it
      const some = Array.from({ length: 40 }, () => new WebSocket(secure, 'airclass.v1', { perMessageDeflate: false, ...trust('first') }));
      some.forEach((s) => s.on('error', () => {}).on('close', () => (s.wasClosed = true)));
      await until('they are in', () => some.every((s) => s.readyState !== WebSocket.CONNECTING));
      crowd.push(...some);
    }
    await wait(500);
    assert.equal(crowd.filter((s) => s.wasClosed).length, 0);
    crowd.forEach((s) => s.terminate());
  });

  await test('what a teacher says is taken over TLS and from this machine, but not over plain http from elsewhere', async () => {
    const known = await outcome(secure, 'airclass.teach.v1', trust('first'));
    if (/400/.test(known)) return skip('the teacher\'s subprotocol', 'this server has none');
    assert.doesNotMatch(known, /4005/);
    assert.doesNotMatch(await outcome(`ws://127.0.0.1:${server.port}/ws`, 'airclass.teach.v1'), /4005/);
    assert.equal(await outcome(`ws://127.0.0.1:${server.port}/ws`, 'airclass.teach.v1', { headers: { host: 'school.example' } }), '4005 needs https');
    if (ownAddress()) assert.equal(await outcome(`ws://${ownAddress()}:${server.port}/ws`, 'airclass.teach.v1'), '4005 needs https');
  });

  await test('who wants to teach by plain http from elsewhere is sent to https', async () => {
    const raw = await Raw.connect(server.port);
    await raw.say('GET /teach HTTP/1.1\r\nHost: school.example:8080\r\nConnection: close\r\n\r\n');
    assert.match(raw.text, new RegExp(`307 [^]*Location: https://school\\.example:${server.tlsPort}/teach\r\n`));
  });

  await test('a new certificate is shown to those who come, and those who are there stay', async () => {
    pupil.watchVoice();
    const { packets } = pupil.voice;
    install('second');
    server.process.kill('SIGHUP');
    await server.logged('tls.certificate', {}, 2);
    const second = await shown(server);
    assert.notEqual(second, first);
    assert.equal((await get(server, '/', trust('second'))).status, 200);
    await until('more voice', () => pupil.voice.packets > packets + 20);
    assert.equal(pupil.closed, undefined);
    install('first');
    await server.logged('tls.certificate', {}, 3); // without being told
    assert.equal(await shown(server), first);
  });

  await test('a broken new certificate is told, and the old one stays', async () => {
    makeExpired('expired');
    let told = 0;
    for (const [change, why] of [
      [() => install('other', 'first'), /now\.key: is not the key/],
      [() => writeFileSync(at('now.pem'), 'garbage'), /now\.pem: holds no certificate/],
      [() => install('expired'), /has expired/],
      [() => renameSync(at('now.key'), at('away.key')), /now\.key: No such file/]]) {
      change();
      server.process.kill('SIGHUP');
      const line = await server.logged('tls.kept-old', {}, ++told);
      assert.equal(line.level, 'error');
      assert.match(line.why, why);
      assert.equal(await shown(server), first);
    }
    install('first');
    server.process.kill('SIGHUP');
    await server.logged('tls.certificate', {}, 4);
    assert.equal(pupil.closed, undefined);
  });

  await test('what is no TLS is ended, and said to be none', async () => {
    const before = await server.metric('airclass_connections_refused_total{reason="handshake"}');
    for (const bytes of [upgrade(server.tlsPort), Buffer.from('1603010005020000010000', 'hex'), Buffer.alloc(2000, 0xff)])
      await (await Raw.connect(server.tlsPort)).say(bytes);
    await until('three refusals', async () => await server.metric('airclass_connections_refused_total{reason="handshake"}') === before + 3);
  });

  await test('a thousand handshakes that never go on cost little, end by themselves, and keep nobody out', async () => {
    const memory = watchMemory(server);
    const hello = Buffer.from('160301020001', 'hex'); // a greeting of 512 bytes begins
    const crowd = await Promise.all(Array.from({ length: HALF_OPEN }, () => Raw.connect(server.tlsPort)));
    crowd.forEach((raw) => raw.send(hello));
    await until('they are there', async () => await server.metric('airclass_connections') >= HALF_OPEN);
    const { packets } = pupil.voice;
    assert.equal((await get(server, '/', trust('first'))).status, 200);
    await until('voice goes on', () => pupil.voice.packets > packets + 10);
    await until('all ended', () => crowd.every((raw) => raw.isClosed || raw.hasEnded), 30000);
    crowd.forEach((raw) => raw.close());
    await until('room', async () => await server.metric('airclass_connections') < 10);
    memory.assertBelow(MOST_KIB);
  });

  await test('nothing of all that has disturbed the pupil', async () => {
    await pupil.hears(1000);
    assert.equal(pupil.closed, undefined);
    assert.deepEqual(pupil.violations, []);
    pupil.leave();
  });

  await test('an expired certificate is served, with an error in the log', async () => {
    install('expired');
    const late = await Server.start({ settings });
    assert.equal((await late.logged('tls.not-valid')).level, 'error');
    assert.equal((await get(late, '/', { rejectUnauthorized: false })).status, 200);
    await late.close();
  });
});
