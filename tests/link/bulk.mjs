// A download that takes what it can: `bulk.mjs serve PORT`, `bulk.mjs take ADDRESS PORT`.

import { connect, createServer } from 'node:net';

const [what, ...rest] = process.argv.slice(2);
const BLOCK = Buffer.alloc(65536);

if (what === 'serve') {
  createServer((socket) => {
    const fill = () => { while (!socket.destroyed && socket.write(BLOCK)); };
    socket.on('drain', fill);
    socket.on('error', () => undefined);
    fill();
  }).listen(Number(rest[0]));
} else {
  connect(Number(rest[1]), rest[0]).on('error', () => process.exit(1)).resume();
}
