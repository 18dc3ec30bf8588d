// A morning at the door: pupils with passes join a lesson while somebody tries passwords, then guesses at codes. Started by
// scripts/bench-door. Pupils, teacher and attackers are this one process, which gives way to the server: on two cores it would
// measure itself. Those who attack come from as many addresses as they like, by what a trusted proxy says.

import { Agent, request } from 'node:http';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, getPriority, setPriority } from 'node:os';
import { join } from 'node:path';
import { Visitor } from '../e2e/lib/door.mjs';
import { PageTeacher, Studio } from '../e2e/lib/page-teacher.mjs';
import { Server } from '../e2e/lib/server.mjs';
import { ROOT, run, test, until, wait } from '../e2e/lib/testing.mjs';

const WebSocket = createRequire(join(ROOT, 'client-web', 'package.json'))('ws');
const PUPILS = Number(process.env.PUPILS || 5000), SECONDS = Number(process.env.WITHIN || 10), WRONG = Number(process.env.WRONG || 500), GUESSES = Number(process.env.GUESSES || 10000);
const OF_CLASS = 100, AT_ONCE = 25, LETTERS = '0123456789ACDEFGHJKMNPQRTVWXY', SETUP = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/, PASSWORD = 'correct horse battery';

let server, admin;
const agent = new Agent({ keepAlive: true });

const fine = async (answer) => {
  const { status, json } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(json)}`);
  return json;
};

const at = (numbers, share) => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];
const three = (numbers) => `p50 ${Math.round(at(numbers, 0.5))} p99 ${Math.round(at(numbers, 0.99))} max ${Math.round(at(numbers, 1))} ms`;

/** Runs `work` for each of `items`, some of them at once. */
async function each(items, work) {
  const rest = items.values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const item of rest) await work(item);
  }));
}

/** From an address of the asker's choice, over https as far as the server knows: the status. */
const askFrom = (address, path, body, cookie) => new Promise((resolve) => {
  const text = JSON.stringify(body);
  const headers = { host: 'localhost', 'x-forwarded-for': address, 'x-forwarded-proto': 'https', 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...(cookie && { cookie }) };
  const req = request({ host: '127.0.0.1', port: server.port, method: 'POST', path: `/api/v1${path}`, headers, agent }, (answer) => {
    answer.resume();
    answer.on('end', () => resolve(answer.statusCode));
  });
  req.on('error', () => resolve(0));
  req.end(text);
});

async function importDistrict(classes) {
  const people = ['school,class,personid,name,role'];
  for (let i = 0; i < PUPILS; i++) people.push(`S,${Math.floor(i / OF_CLASS) + 1},P${i},学生${i},student`);
  await fine(admin.ask('PUT', '/schools/S', { name: '第一小学' }));
  for (const klass of classes) await fine(admin.ask('PUT', `/schools/S/classes/${klass}`, { name: `${klass}班`, grade: 7 }));
  const { id } = await fine(admin.ask('POST', '/imports', { school: 'S', may_remove: false }));
  const answer = await fetch(`${server.origin}/api/v1/imports/${id}/files?name=people.csv`, { method: 'PUT', body: people.join('\n'), headers: { cookie: admin.cookie } });
  if (!answer.ok) throw new Error(`people.csv: ${answer.status}`);
  const ready = await until('a plan', async () => { const plan = await fine(admin.ask('GET', `/imports/${id}?limit=1`)); return plan.state !== 'reading' && plan; });
  if (!ready.is_applicable) throw new Error(JSON.stringify(ready.notes.slice(0, 3)));
  await fine(admin.ask('POST', `/imports/${id}/apply`));
  await until('the import', async () => (await fine(admin.ask('GET', `/imports/${id}?limit=1`))).state === 'done');
}

/** Everybody's cookie. */
async function makePasses(classes) {
  const codes = [], passes = [];
  for (const klass of classes) codes.push(...(await fine(admin.ask('POST', `/schools/S/classes/${klass}/codes`, { reset: false }))).items.map((i) => i.entry_code));
  const began = Date.now();
  await each(codes, async (code) => {
    const pupil = new Visitor(server);
    await fine(pupil.ask('POST', '/door/enter', { code, device: 'phone' }));
    passes.push(pupil.cookie);
  });
  console.log(`# ${codes.length} pupils entered with their codes in ${Date.now() - began} ms`);
  return { passes, codes };
}

async function teachAll(classes) {
  await fine(admin.ask('PUT', '/schools/S/people/wang', { name: '王老师' }));
  await fine(admin.ask('PUT', '/schools/S/people/wang/roles/lecturer', {}));
  const now = new Date(Date.now() + 8 * 3600000), date = now.toISOString().slice(0, 10);
  await fine(admin.ask('PUT', '/schools/S/timetable/row-1', { title: '数学', lecturer: 'wang', classes: classes.map((c) => ({ school: 'S', class: c })),
    kind: 'meeting', place: 'online', date, start: '09:00', length_min: 40, override: 'bench' }));
  await admin.ask('POST', '/schools/S/timetable/publish', { override: 'bench' });
  const lesson = await until('a live lesson', async () => (await fine(admin.ask('GET', `/timetable?date=${date}`))).items.find((l) => l.lesson)?.lesson);
  const wang = new Visitor(server);
  const { invite } = await fine(admin.ask('POST', '/schools/S/people/wang/invite'));
  await fine(wang.ask('POST', '/door/invited', { invite, login: 'wang', password: PASSWORD }));
  const teacher = new PageTeacher(new Studio());
  await teacher.connect(server, { headers: { cookie: wang.cookie } });
  teacher.hello('', { lesson });
  await until('a welcome', () => teacher.welcome);
  teacher.teach({ video: false });
  return lesson;
}

/** Milliseconds from the first byte to the first of the lesson. */
const joinOne = (lesson, cookie, sockets) => new Promise((resolve, reject) => {
  const began = performance.now();
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, 'airclass.v1', { perMessageDeflate: false, skipUTF8Validation: true, headers: { cookie } });
  sockets.push(socket);
  socket.on('open', () => socket.send(JSON.stringify({ t: 'hello', v: 1, lesson, mode: 'voice', can: ['opus'] })));
  socket.on('message', (data, isBinary) => isBinary && resolve(performance.now() - began));
  socket.on('close', (code) => reject(new Error(`closed with ${code}`)));
  socket.on('error', reject);
});

/** One of the staff signs in: where she has done so before, or in a browser that is new. Status and milliseconds. */
async function staff(isKnown) {
  const began = performance.now(), cookie = isKnown && `__Host-airclass-known=${admin.jar.get('airclass-known')}`;
  const status = await askFrom(`198.51.100.${isKnown ? 20 : 21}`, '/door/sign-in', { login: 'zhao', password: PASSWORD }, cookie);
  return [status, performance.now() - began];
}

/** What the machine has done so far, and the server and ourselves of it, in hundredths of a second. */
function work() {
  const ticks = (file, line, from, to) => readFileSync(file, 'latin1').split('\n')[line].replace(/^.*\) /, '').split(/ +/).slice(from, to).reduce((sum, n) => sum + Number(n), 0);
  const of = (pid) => ticks(`/proc/${pid}/stat`, 0, 11, 13); // behind the name: user and system
  return { all: ticks('/proc/stat', 0, 1, 4) + ticks('/proc/stat', 0, 6, 9), server: of(server.pid), clients: of('self') };
}

/** How long the server's loop has waited for a core so far, though it had something to do: milliseconds. */
const starvedMs = () => Number(readFileSync(`/proc/${server.pid}/task/${server.pid}/schedstat`, 'latin1').split(' ')[1]) / 1e6;

/** What moments have waited for the loop so far: [bound of the metrics' histogram, how many]. */
async function waits() {
  const found = Object.entries(await server.metrics()).map(([name, n]) => [/^airclass_loop_wait_milliseconds_bucket\{le="(.*)"\}$/.exec(name)?.[1], n]);
  return found.filter(([bound]) => bound);
}

/** The bound that 99 of 100 moments have kept since `before`. */
function p99(before, now) {
  const since = now.map(([bound, n], i) => [bound, n - before[i][1]]), all = since.at(-1)[1];
  return `<= ${since.find(([, n]) => n >= 0.99 * all)[0]} ms of ${all} moments`;
}

/** In hundredths of all cores. */
function shares(before, seconds) {
  const now = work(), share = (n) => `${Math.round(n / (seconds * cpus().length))} %`;
  const server = now.server - before.server, clients = now.clients - before.clients;
  return `of ${cpus().length} cores the server had ${share(server)}, its clients here ${share(clients)}, others ${share(now.all - before.all - server - clients)}`;
}

/** Everybody comes within SECONDS; `attacks` a second try a password meanwhile, and the staff sign in every second. */
async function morning(lesson, passes, attacks) {
  const sockets = [], joins = [], lags = [], starved = [], answers = {}, known = [], strange = [];
  let isOver = false, n = 0;
  const lag = (async () => {
    for (let last = starvedMs(); !isOver;) {
      await wait(1000);
      lags.push(await server.metric('airclass_loop_lag_milliseconds'));
      starved.push(-last + (last = starvedMs()));
    }
  })();
  const signing = (async () => {
    while (!isOver) {
      await wait(1000);
      strange.push(await staff(false));
      known.push(await staff(true));
    }
  })();
  const began = performance.now(), before = work(), waited = await waits();
  const attack = (async () => {
    for (let i = 0; attacks && !isOver;) {
      while (i < (performance.now() - began) / 1000 * attacks && !isOver && n < 2000) {
        const address = `203.0.${i >> 8 & 255}.${i & 255}`;
        n++;
        askFrom(address, '/door/sign-in', { login: `teacher${i % 4000}`, password: 'wrong horse battery' }).then((status) => (answers[status] = (answers[status] || 0) + 1, n--));
        i++;
      }
      await wait(2);
    }
  })();
  for (let i = 0; i < passes.length; i++) {
    const due = began + i * SECONDS * 1000 / passes.length;
    if (due > performance.now()) await wait(due - performance.now());
    joins.push(joinOne(lesson, passes[i], sockets));
  }
  const times = (await Promise.allSettled(joins)).map((j) => j.value).filter((t) => t !== undefined);
  const tookMs = performance.now() - began;
  isOver = true;
  const lagP99 = p99(waited, await waits());
  const took = shares(before, tookMs / 1000);
  await Promise.all([lag, signing, attack]);
  console.log(`# ${attacks} wrong passwords/s: ${times.length} of ${passes.length} in after ${Math.round(tookMs)} ms, first frame ${three(times)}; loop lag p99 ${lagP99}, worst of each second: ${three(lags)}; without a core in a second: ${three(starved)}; passwords ${JSON.stringify(answers)}; ${took}`);
  const came = (tries) => `${tries.filter(([status]) => status === 200).length} of ${tries.length} in, ${three(tries.map(([, ms]) => ms))}`;
  console.log(`#   staff in a known browser: ${came(known)}; in a new one: ${came(strange)}`);
  if (known.some(([status]) => status !== 200)) throw new Error('a known browser was sent away');
  sockets.forEach((s) => s.removeAllListeners('close') && s.terminate());
  await until('empty', async () => await server.metric('airclass_ws_connections') <= 1, 60000);
  return times.length;
}

/** A code that could be somebody's: its check letter is right. */
function someCode() {
  const letters = Array.from({ length: 11 }, () => Math.floor(Math.random() * 29));
  return [...letters, letters.reduce((sum, l, i) => sum + (i + 1) * l, 0) % 29].map((l) => LETTERS[l]).join('');
}

async function guess(code) {
  const answers = {}, began = performance.now();
  await each(Array.from({ length: GUESSES }), async () => {
    const status = await askFrom('198.51.100.7', '/door/enter', { code: someCode(), device: 'phone' });
    answers[status] = (answers[status] || 0) + 1;
  });
  const other = await askFrom('198.51.100.8', '/door/enter', { code, device: 'tv' });
  console.log(`# ${GUESSES} guesses at codes from one address in ${Math.round(performance.now() - began)} ms: ${JSON.stringify(answers)}; a pupil from another one: ${other}`);
  return other;
}

await run(async () => {
  server = await Server.start({ settings: { 'server.max-per-address': 30000, 'viewer.max-viewers': 20000, 'server.trusted-proxies': '127.0.0.1' } });
  setPriority(Math.min(19, getPriority() + 10));
  admin = new Visitor(server);
  const code = await until('a set-up code', () => server.process.lines.map((line) => SETUP.exec(line)?.[0]).find(Boolean));
  await fine(admin.ask('POST', '/door/setup', { code, name: '赵主任', login: 'zhao', password: PASSWORD }));
  const classes = Array.from({ length: Math.ceil(PUPILS / OF_CLASS) }, (_, i) => String(i + 1));
  await importDistrict(classes);
  const { passes, codes } = await makePasses(classes);
  const lesson = await teachAll(classes);
  await test('everybody who has a pass gets in', async () => {
    for (const attacks of [0, WRONG]) if (await morning(lesson, passes, attacks) !== passes.length) throw new Error('somebody stayed outside');
  }, 300000);
  await test('who guesses waits, and nobody else', async () => {
    if (await guess(codes[0]) !== 200) throw new Error('somebody else waits, too');
  }, 300000);
});
