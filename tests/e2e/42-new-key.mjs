// A page that changes its lesson's stream key, on a line, and to a server, that break at any point of it: nobody is locked out.

import assert from 'node:assert/strict';
import { PageTeacher, Studio } from './lib/page-teacher.mjs';
import { Server } from './lib/server.mjs';
import { run, test, until, wait } from './lib/testing.mjs';

const KILLS = 6, DELAY_MAX_MS = 12;
const studio = new Studio('laptop-of-the-test');
let made = 0;

const newKey = () => `key-number-${String(++made).padStart(4, '0')}-of-this-test`;
const comes = (server, key, next) => PageTeacher.join(server, { key, ...(next ? { next } : {}), studio, media: false });

/** As a page does: again, until the server says what it is. `busy` may mean that the change of before is on its way to the disk. */
async function settles(page, next, meanwhile = () => undefined) {
  await until('an answer that is one', async () => {
    page.rotated = undefined;
    page.say({ t: 'rotate', key: next });
    meanwhile();
    await page.until('an answer', (t) => t.rotated);
    if (page.rotated.why === 'busy') await wait(300);
    return page.rotated.why !== 'busy';
  });
  assert.equal(page.rotated.key, next);
}

await run(async () => {
  const server = await Server.start({ lessons: [] });
  const { json } = await server.admin('POST', '/api/v1/lessons', { id: 'rekeyed', open: true });
  let old = json.stream_key;
  const keyNow = async () => (await server.admin('GET', '/api/v1/lessons/rekeyed/keys')).json.stream_key;

  /** What is done to line or server in the middle of a change; then the page comes back with all that it knows. */
  async function breaks(middle) {
    const next = newKey(), page = await comes(server, old);
    await middle(page, next);
    page.vanish();
    const back = await comes(server, old, next);
    assert.ok(back.welcome, JSON.stringify(back.closed));
    await settles(back, next);
    assert.equal(await keyNow(), next);
    assert.equal((await (await comes(server, old)).untilClosed()).code, 4003);
    const fresh = await comes(server, next);
    assert.ok(fresh.welcome && !back.closed);
    fresh.vanish();
    back.vanish();
    old = next;
  }

  await test('a line that breaks before it was asked for', () => breaks(async () => undefined));

  await test('a line that breaks when it has just been asked for', () => breaks(async (page, next) => page.say({ t: 'rotate', key: next })));

  await test('a line that breaks before the answer', () => breaks(async (page, next) => {
    page.socket._socket.pause();
    page.say({ t: 'rotate', key: next });
    const again = setInterval(() => page.say({ t: 'rotate', key: next }), 300); // another lesson's may have been a moment ago
    await until('another key on the disk', async () => await keyNow() === next);
    clearInterval(again);
  }));

  await test('a page that greets again before the answer', () => breaks(async (page, next) => {
    await settles(page, next, () => page.hello(old, { media: false }));
    assert.equal(page.closed, undefined);
  }));

  await test(`a server that is killed meanwhile, ${KILLS} times`, async () => {
    for (let round = 0; round < KILLS; round++) {
      await breaks(async (page, next) => {
        page.say({ t: 'rotate', key: next });
        await wait(Math.random() * DELAY_MAX_MS);
        const wasTold = page.rotated?.key === next;
        await server.killHard();
        await server.start();
        if (wasTold) assert.equal(await keyNow(), next, 'what was acknowledged is there');
      });
    }
  });
});
