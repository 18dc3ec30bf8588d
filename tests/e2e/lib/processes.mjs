// Child processes that never outlive the test: ended by their number at its end, and by the kernel
// (parent-death signal) should even that not happen.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const running = new Set();

/** A started program: `pid`, `lines` of its output so far, `ended` (a promise of {code, signal}). */
export function start(program, args, { env = {}, onLine = () => {}, cwd } = {}) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...args],
    { env: { ...process.env, ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const p = { child, pid: child.pid, lines: [], hasEnded: false };
  running.add(p);
  for (const stream of [child.stdout, child.stderr]) readLines(stream, (line) => {
    p.lines.push(line);
    onLine(line);
  });
  p.ended = new Promise((resolve) => child.on('close', (code, signal) => {
    p.hasEnded = true;
    running.delete(p);
    resolve({ code, signal });
  }));
  p.kill = (signal) => p.hasEnded || child.kill(signal);
  return p;
}

function readLines(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    lines.forEach(onLine);
  });
  stream.on('end', () => rest && onLine(rest));
}

export function endProcesses() {
  for (const p of running) p.child.kill('SIGKILL');
}

function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8'), behind = stat.lastIndexOf(')');
    const [state, parent] = stat.slice(behind + 2).split(' ');
    return { name: stat.slice(stat.indexOf('(') + 1, behind), state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Whether the process is there; one that has died but was not waited for is not. */
export const isAlive = (pid) => {
  const stat = statOf(pid);
  return !!stat && stat.state !== 'Z' && stat.state !== 'X';
};

export function childrenOf(pid) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && statOf(name)?.parent === pid).map(Number);
}

export const nameOf = (pid) => statOf(pid)?.name || '';

/** Memory in RAM, in KiB. */
export function residentKib(pid) {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] || 0);
}
