// scripts/run, as somebody uses it who stands in another folder.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { start } from './lib/processes.mjs';
import { keyOf } from './lib/server.mjs';
import { BUILD, makeFolder, ROOT, run, test, until } from './lib/testing.mjs';

/** Ports that were free a moment ago: the script wants to know them beforehand. */
async function unusedPorts(n) {
  const servers = await Promise.all(Array.from({ length: n }, () => new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map((server) => server.address().port);
  servers.forEach((server) => server.close());
  return ports;
}

await run(async () => {
  const folder = makeFolder(), here = join(folder, 'here');
  mkdirSync(here);
  writeFileSync(join(here, 'my.conf'), `[lesson maths]\nstream-key = ${keyOf('maths')}\nopen = yes\n`);
  const [http, admin, rtmp] = await unusedPorts(3);
  const script = start(join(ROOT, 'scripts/run'), ['--config', 'my.conf', '--set', `server.port=${http}`,
    '--set', `server.admin-port=${admin}`, '--set', `rtmp.port=${rtmp}`],
  { cwd: here, env: { BUILD, AIRCLASS_DATA: 'kept' } });
  const says = (text) => script.lines.some((line) => line.includes(text));

  await test('run finds the named settings and keeps its data where the user is', async () => {
    await until('it says where to look', () => {
      if (script.hasEnded) throw new Error(script.lines.join('\n'));
      return says('Ctrl-C');
    });
    assert.ok(says(`:${http}/watch/maths`), script.lines.join('\n'));
    assert.ok(says(`http://localhost:${http}/teach#k=${keyOf('maths')}`), script.lines.join('\n'));
    assert.equal((await fetch(`http://127.0.0.1:${http}/watch/maths`)).status, 200);
    assert.equal((await fetch(`http://127.0.0.1:${http}/teach`)).status, 200);
    assert.ok(existsSync(join(here, 'kept/admin.token')));
  });

  await test('its end is the server\'s end', async () => {
    script.kill('SIGTERM');
    const { code } = await script.ended;
    assert.equal(code, 0);
    assert.ok(says('app.stopped'));
    await assert.rejects(fetch(`http://127.0.0.1:${http}/healthz`));
  });
});
