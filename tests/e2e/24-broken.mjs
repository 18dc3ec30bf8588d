// Configurations that are wrong, each given to the real program: it says where and what, and opens nothing.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { start } from './lib/processes.mjs';
import { PROGRAM } from './lib/server.mjs';
import { makeFolder, ROOT, run, test, until } from './lib/testing.mjs';

const folder = makeFolder();
const at = (name) => join(folder, name);
const LESSON = '[lesson a]\nopen = yes\nstream-key = long-enough\n';
const RUNG = '[rung R0]\nwire = 8\nbundle = 600ms\nvoice = v\n', VOICE = '[rendition v]\ncodec = opus\nbitrate = 8k\nframe = 60ms\ncomplexity = 5\n';

/** What is wrong, the file's text (FOLDER: ours), the line that is named (0: the file alone), what is said. */
const BROKEN = [
  ['an unknown key', '[server]\nprot = 80\n', 2, /did you mean 'server.port'/],
  ['an unknown section', '[sever]\nport = 80\n', 1, /did you mean \[server\]/],
  ['a key of another section', '[viewer]\nport = 80\n', 2, /did you mean 'server.port'/],
  ['no section', 'port = 80\n', 1, /before the first \[section\]/],
  ['an open bracket', '[server\nport = 80\n', 1, /\]/],
  ['no equals sign', '[server]\nport 80\n', 2, /key = value/],
  ['the same key twice', '[server]\nport = 80\nport = 81\n', 3, /already set in line 2/],
  ['a byte that is no text', '[server]\nbind = \0\n', 2, /control character/],
  ['a line that is too long', `# ${'x'.repeat(2000)}\n`, 1, /1023 bytes/],
  ['a file that is too long', '#\n'.repeat(1 << 20), 0, /too large/],
  ['GB18030 instead of UTF-8', Buffer.from('[lesson a]\ntitle = \xca\xfd\xd1\xa7\n', 'latin1'), 2, /UTF-8/],
  ['a port that is none', '[server]\n\nport = 70000\n', 3, /0 to 65535/],
  ['a negative port', '[rtmp]\nport = -1\n', 2, /whole number/],
  ['a word for a number', '[rtmp]\nport = many\n', 2, /whole number/],
  ['a number and a comment', '[server]\nport = 80 # web\n', 2, /whole number/],
  ['a time without a unit', '[codec]\nheartbeat = 2\n', 2, /such as 250ms/],
  ['a time out of range', '[codec]\nheartbeat = 1h\n', 2, /500ms to 1min/],
  ['a size that is none', '[viewer]\nsend-buffer = large\n', 2, /such as 64KiB/],
  ['a size out of range', '[codec]\nmemory = 1MiB\n', 2, /384MiB to 64GiB/],
  ['no connection at all', '[server]\nmax-connections = 0\n', 2, /16 to 1000000/],
  ['an audit log that is kept for less than half a year', '[server]\naudit-days = 179\n', 2, /180 to 36500/],
  ['a log level that is none', '# a\n# b\n[server]\nlog-level = loud\n', 4, /error, warn, info/],
  ['a name for an address', '[server]\nbind = localhost\n', 2, /IP address/],
  ['proxies that are none', '[server]\ntrusted-proxies = 10.0.0.0/99\n', 2, /10\.0\.0\.0\/8/],
  ['an origin with a path', '[server]\norigins = https://school.example/page\n', 2, /list of origins/],
  ['a congestion control that the kernel has not', '[viewer]\ncongestion = telepathy\n', 2, /offers no 'telepathy'/],
  ['two words for a congestion control', '[viewer]\ncongestion = bbr cubic\n', 2, /letters, digits/],
  ['no players at all', '[viewer]\nmax-viewers = 0\n', 2, /1 to 1000000/],
  ['an hour of silence', '[rtmp]\nsilence-timeout = 1h\n', 2, /1s to 10min/],
  ['a lesson that waits for two days', '[session]\nlinger = 48h\n', 2, /0s to 24h/],
  ['https for ever', '[tls]\nhsts = 20000h\n', 2, /0s to 17520h/],
  ['the port of pages and TLS the same', '[server]\nport = 7000\n[tls]\ncertificate = FOLDER/good.pem\nkey = FOLDER/good.key\nport = 7000\n', 6, /both 7000/],
  ['the port of pages and encoders the same', '[server]\nport = 7000\n\n[rtmp]\nport = 7000\n', 5, /both 7000/],
  ['the port of pages and the admin API the same', '[server]\nadmin-port = 7000\nport = 7000\n', 3, /both 7000/],
  ['a lesson with a bad id', '[lesson not/good]\nopen = yes\n', 1, /no lesson ID/],
  ['a lesson without an id', '[lesson]\nopen = yes\n', 1, /needs an ID/],
  ['a lesson twice', LESSON + LESSON, 4, /already in line 1/],
  ['a stream key that can be guessed', '[lesson a]\nopen = yes\nstream-key = abc\n', 3, /guessed/],
  ['a lesson that nobody could teach', '[server]\n[lesson a]\nopen = yes\n', 2, /stream-key is missing/],
  ['a lesson that nobody could watch', '[lesson a]\nstream-key = long-enough\n', 1, /needs a watch-key/],
  ['pupils who could teach', '[lesson a]\nstream-key = long-enough\nwatch-key = long-enough\n', 1, /the same/],
  ['two lessons with one stream key', LESSON + LESSON.replace('lesson a', 'lesson b'), 4, /the same stream-key/],
  ['a certificate without its key', '[tls]\ncertificate = FOLDER/good.pem\n', 2, /needs tls.key/],
  ['a key without its certificate', '[tls]\nkey = FOLDER/good.key\n', 2, /needs tls.certificate/],
  ['a certificate that is not there', '[tls]\nkey = FOLDER/good.key\ncertificate = FOLDER/none.pem\n', 3, /none\.pem: No such file/],
  ['a certificate that is none', '[tls]\ncertificate = FOLDER/text\nkey = FOLDER/good.key\n', 2, /text: holds no certificate/],
  ["another certificate's key", '[tls]\ncertificate = FOLDER/good.pem\nkey = FOLDER/other.key\n', 2, /is not the key/],
  ['a key that is none', '[tls]\ncertificate = FOLDER/good.pem\nkey = FOLDER/text\n', 2, /text: /],
  ['a ladder that is not there', '[codec]\nladder = FOLDER/none.conf\n', 2, /none\.conf: No such file/],
  ['a ladder with a mistake', '[codec]\nladder = FOLDER/ladder.conf\n', 2, /ladder\.conf:8: unknown key 'bitrat'/],
  ['a ladder without a rung', '[codec]\nladder = FOLDER/voice.conf\n', 2, /voice\.conf: no \[rung/],
  ['a codec program that is a folder', '[codec]\nprogram = FOLDER\n', 2, /no program/],
  ['a codec program that is a text', '[codec]\nprogram = FOLDER/text\n', 2, /no program/],
  ['a folder of pages without pages', '[server]\nweb-root = FOLDER\n', 2, /no folder of built pages/],
  ['a file for a data folder', '[server]\ndata-dir = FOLDER/text\n', 2, /Not a directory/],
  ['a data folder below a file', '[server]\ndata-dir = FOLDER/text/data\n', 2, /Not a directory/],
  ['a data folder in a folder that is not there', '[server]\ndata-dir = FOLDER/none/data\n', 2, /No such file/],
  ...(process.getuid() === 0 ? [] : [['a data folder that may not be written', '[server]\ndata-dir = FOLDER/closed\n', 2, /denied/]]),
];

function makeFiles() {
  for (const name of ['good', 'other']) {
    const data = at('made');
    execFileSync(PROGRAM, ['--set', `server.data-dir=${data}`, '--make-certificate', 'localhost'], { stdio: 'ignore' });
    copyFileSync(join(data, 'certificate.pem'), at(`${name}.pem`));
    copyFileSync(join(data, 'key.pem'), at(`${name}.key`));
    rmSync(data, { recursive: true });
  }
  writeFileSync(at('text'), 'no certificate, and no program\n');
  writeFileSync(at('voice.conf'), VOICE);
  writeFileSync(at('ladder.conf'), `${VOICE}\n[rendition w]\nbitrat = 8k\n${RUNG}`);
  mkdirSync(at('closed'), { mode: 0o500 });
}

async function airclass(args) {
  const p = start(PROGRAM, args, { cwd: folder });
  const { code } = await until('airclass to end', () => p.hasEnded && p.ended);
  return { code, said: p.lines.join('\n') };
}

/** A port that is taken: who tried to listen on it would say so, and end otherwise. */
const takePort = () => new Promise((resolve) => {
  const taken = createServer().listen(0, '127.0.0.1', () => resolve({ port: taken.address().port, close: () => taken.close() }));
});

await run(async () => {
  makeFiles();
  const taken = await takePort();
  const file = at('broken.conf');
  const before = readdirSync(folder).sort().join();
  const others = { 'server.bind': '127.0.0.1', 'rtmp.bind': '127.0.0.1', 'server.port': taken.port, 'server.data-dir': at('data') };
  /** All that the file does not speak of itself. */
  const settings = (text = '') => Object.entries(others).filter(([key]) => !text.includes(key.split('.')[1] + ' ='))
    .flatMap(([key, value]) => ['--set', `${key}=${value}`]);

  async function judge([what, text, line, words], check) {
    writeFileSync(file, Buffer.isBuffer(text) ? text : text.replaceAll('FOLDER', folder));
    const { code, said } = await airclass(['--config', file, ...settings(text.toString()), ...check]);
    assert.equal(code, 2, `${what}: ended with ${code}: ${said}`);
    assert.ok(said.startsWith(`airclass: ${file}${line ? `:${line}: ` : ': '}`), `${what}: ${said}`);
    assert.match(said, words, `${what}: ${said}`);
    assert.equal(said.split('\n').length, 1, `${what}: ${said}`); /* nothing was logged: nothing had begun */
  }

  for (const broken of BROKEN) {
    await test(`${broken[0]} is told with file and line, and nothing is opened`, async () => {
      await judge(broken, []);
      await judge(broken, ['--check']);
      rmSync(file);
      assert.equal(readdirSync(folder).sort().join(), before, 'a file was made');
    });
  }

  await test('what the table is held against: the same settings without a mistake are right', async () => {
    writeFileSync(at('ladder.conf'), readFileSync(join(ROOT, 'config', 'ladder.conf')));
    writeFileSync(file, `${LESSON}[tls]\ncertificate = ${at('good.pem')}\nkey = ${at('good.key')}\n[codec]\nladder = ${at('ladder.conf')}\n`);
    assert.deepEqual(await airclass(['--config', file, ...settings(), '--check']), { code: 0, said: '' });
    const free = ['server.admin-port', 'rtmp.port', 'tls.port'].flatMap((key) => ['--set', `${key}=0`]);
    const { code, said } = await airclass(['--config', file, ...settings(), ...free]);
    assert.equal(code, 1, said);
    assert.match(said, /in use/);
    assert.ok(existsSync(at('data')));
  });

  taken.close();
  chmodSync(at('closed'), 0o700);
});
