// The real server as a child: ports of its own, data of its own, its log as records.

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childrenOf, isAlive, nameOf, residentKib, start } from './processes.mjs';
import { atEnd, BUILD, makeFolder, until } from './testing.mjs';

export const PROGRAM = join(BUILD || '', 'airclass');
const COMPLAINT = /ERROR: (Address|Leak|Thread)Sanitizer|WARNING: ThreadSanitizer|runtime error:|Assertion .* failed/;

/** 'time level event key=value ...' as {level, event, key: value}. */
export function parseLine(line) {
  const head = /^(\S+Z) (error|warn|info|debug|trace) (\S+)/.exec(line);
  if (!head) return { event: '', text: line };
  const record = { level: head[2], event: head[3] };
  for (const m of line.slice(head[0].length).matchAll(/ ([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g)) {
    if (!(m[1] in record)) record[m[1]] = m[2] ?? m[3];
  }
  return record;
}

function lessonSection({ id, title, streamKey, watchKey, open = !watchKey }) {
  return [`[lesson ${id}]`, `title = ${title || id}`, `stream-key = ${streamKey || keyOf(id)}`,
    watchKey ? `watch-key = ${watchKey}` : '', `open = ${open ? 'yes' : 'no'}`, ''].join('\n');
}

/** The stream key of a lesson that names none. */
export const keyOf = (lesson) => `${lesson}-teaches-here`;

let number = 0;

/** Options of a server that disturbs no other one. */
export const freePorts = ['--set', 'server.port=0', '--set', 'server.admin-port=0', '--set', 'rtmp.port=0',
  '--set', 'server.bind=127.0.0.1', '--set', 'rtmp.bind=127.0.0.1'];

export class Server {
  /** `files`: as many descriptors as the system grants it. */
  constructor({ lessons = [{ id: 'demo' }], settings = {}, folder, env = {}, files } = {}) {
    Object.assign(this, { folder: folder || makeFolder(), log: [], expected: [], complaints: [], env });
    this.command = files ? ['prlimit', `--nofile=${files}`, PROGRAM] : [PROGRAM];
    this.name = `server-${++number}`;
    this.config = join(this.folder, 'airclass.conf');
    writeFileSync(this.config, lessons.map(lessonSection).join('\n'));
    const sets = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    this.args = ['--config', this.config, ...freePorts, '--set', `server.data-dir=${join(this.folder, 'data')}`, ...sets];
  }

  /** Starts it and waits until it serves. */
  static async start(options) {
    const server = new Server(options);
    await server.start();
    atEnd(() => server.close());
    return server;
  }

  async start() {
    this.log = [];
    const file = join(this.folder, `${this.name}.log`);
    const [program, ...before] = this.command;
    this.process = start(program, [...before, ...this.args], { env: this.env, onLine: (line) => {
      appendFileSync(file, line + '\n');
      this.log.push(parseLine(line));
      if (COMPLAINT.test(line) && !this.expected.some((e) => e.test(line))) this.complaints.push(line);
    } });
    const started = await this.logged('app.started');
    this.pid = this.process.pid;
    this.port = Number(started.http);
    this.adminPort = Number(started.admin);
    this.rtmpPort = Number(started.rtmp);
    this.tlsPort = Number(started.tls); // 0: none
    this.origin = `http://127.0.0.1:${this.port}`;
  }

  rtmpUrl(lesson) {
    return `rtmp://127.0.0.1:${this.rtmpPort}/live/${keyOf(lesson)}`;
  }

  /** What the log says of `event`, facts as in `facts`. */
  events(event, facts = {}) {
    return this.log.filter((r) => r.event === event && Object.entries(facts).every(([k, v]) => r[k] === String(v)));
  }

  /** Waits for the `nth` such line. */
  logged(event, facts = {}, nth = 1, ms) {
    return until(`log line ${event} ${JSON.stringify(facts)}, no. ${nth}`, () => {
      const found = this.events(event, facts)[nth - 1];
      if (!found && this.process.hasEnded) throw new Error(`${this.name} has ended:\n${this.process.lines.slice(-20).join('\n')}`);
      return found;
    }, ms);
  }

  /** Codec processes, the oldest first. */
  workers() {
    return childrenOf(this.pid).filter((pid) => nameOf(pid).startsWith('airclass-codec') && isAlive(pid)).sort((a, b) => a - b);
  }

  residentKib() {
    return residentKib(this.pid);
  }

  /** name{label="value"} -> number. */
  async metrics() {
    const text = await (await fetch(this.origin + '/metrics')).text();
    return Object.fromEntries(text.split('\n').filter((l) => l && l[0] !== '#').map((l) => {
      const at = l.lastIndexOf(' ');
      return [l.slice(0, at), Number(l.slice(at + 1))];
    }));
  }

  async metric(name) {
    return (await this.metrics())[name] || 0;
  }

  async admin(method, path, body) {
    const token = readFileSync(join(this.folder, 'data', 'admin.token'), 'utf8').trim();
    const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) };
    const answer = await fetch(`http://127.0.0.1:${this.adminPort}${path}`,
      { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await answer.text();
    return { status: answer.status, json: text ? JSON.parse(text) : undefined };
  }

  async session(lesson) {
    return (await this.admin('GET', `/api/v1/sessions/${lesson}`)).json;
  }

  /** Ends it by SIGTERM; its end must be clean. */
  async close() {
    if (this.process.hasEnded) return this.assertNoComplaints();
    this.process.kill('SIGTERM');
    const { code, signal } = await until('the end of ' + this.name, () => this.process.hasEnded && this.process.ended);
    if (code !== 0) throw new Error(`${this.name} ended with ${signal || code}:\n${this.process.lines.slice(-20).join('\n')}`);
    this.assertNoComplaints();
  }

  async killHard() {
    this.process.kill('SIGKILL');
    await this.process.ended;
  }

  assertNoComplaints() {
    if (this.complaints.length) throw new Error(`${this.name} complained:\n${this.complaints.slice(0, 5).join('\n')}`);
  }
}
