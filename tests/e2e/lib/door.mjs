// Browsers without pages: who came in, and what their cookies open.

import { createHmac } from 'node:crypto';
import { PageTeacher } from './page-teacher.mjs';
import { Pupil } from './pupil.mjs';
import { until } from './testing.mjs';

/** Keeps the cookies that a server sets, as a browser on the server's own machine does. */
export class Visitor {
  constructor(server) {
    Object.assign(this, { server, jar: new Map() });
  }

  get cookie() {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  keep(header) {
    for (const one of header ? header.split(/,(?=[^;]+=)/) : []) {
      const [, name, value] = /^\s*([^=]+)=([^;]*)/.exec(one);
      if (value) this.jar.set(name, value);
      else this.jar.delete(name);
    }
  }

  async ask(method, path, body) {
    const text = body === undefined && method !== 'POST' ? undefined : JSON.stringify(body || {});
    const headers = { ...(this.jar.size ? { cookie: this.cookie } : {}), ...(text ? { 'content-type': 'application/json' } : {}) };
    const answer = await fetch(`${this.server.origin}/api/v1${path}`, { method, headers, ...(text ? { body: text } : {}) });
    this.keep(answer.headers.get('set-cookie'));
    const said = await answer.text();
    return { status: answer.status, json: said ? JSON.parse(said) : undefined, wait: Number(answer.headers.get('retry-after')) };
  }

  /** A player with these cookies, that has said hello. */
  async watch(lesson, { mode = 'voice', can = ['opus'] } = {}) {
    const pupil = new Pupil({ name: lesson });
    await pupil.connect(this.server, { headers: { cookie: this.cookie } });
    pupil.say({ t: 'hello', v: 1, lesson, mode, can });
    return pupil;
  }

  /** A page that looks on at a lesson of one's own, without its key; answered. */
  async teach(lesson) {
    const teacher = new PageTeacher({ device: 'browser-of-the-test' });
    await teacher.connect(this.server, { headers: { cookie: this.cookie } });
    teacher.hello('', { lesson, media: false });
    await until('an answer to hello', () => teacher.welcome || teacher.closed);
    return teacher;
  }
}

/** What an app shows for a secret in base32 (RFC 6238), `ahead` steps from now. */
export function totpOf(secret, ahead = 0) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead));
  const mac = createHmac('sha1', key).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}
