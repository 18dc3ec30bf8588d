// What handwriting takes on the wire, without a pause: by the pad's own writer, from pens of two kinds.

import { Tool } from '../../../client-web/src/board/events';
import type { Sample } from '../../../client-web/src/board/thin';
import { Writer } from '../../../client-web/src/board/writer';
import { handwriting } from '../../../client-web/test/unit/handwriting';

const SECONDS = 300, UNIT = 8;
/** Of a message of its own: WebSocket's header, TCP and IP with time stamps. */
const MESSAGE = 2 + 52;

/** Latin script: loops without lifting the pen for a second and more, 180 pixels of 960 a second. */
function cursive(): Sample[][] {
  const strokes: Sample[][] = [];
  for (let at = 0; at < SECONDS * 1000; at += 1600) {
    strokes.push(Array.from({ length: 150 }, (_, i) => {
      const t = i / 120, x = 300 + ((at / 1600) % 8) * 450 + t * 330 + 45 * Math.cos(t * 16), y = 1000 + 75 * Math.sin(t * 16 + Math.sin(t * 5));
      return { x: Math.round(x), y: Math.round(y), pressure: 0, at: Math.round(at + i * 1000 / 120) };
    }));
  }
  return strokes;
}

const pressed = (strokes: Sample[][]): Sample[][] =>
  strokes.map((stroke) => stroke.map((s, i) => ({ ...s, pressure: Math.round(90 + 60 * Math.sin(i / 5)) })));

function write(strokes: Sample[][]): { bytes: number; batches: number } {
  let bytes = 0, batches = 0, now = 0;
  const writer = new Writer((batch) => {
    bytes += batch.length;
    batches++;
  });
  strokes.forEach((stroke, id) => {
    stroke.forEach((s, i) => {
      for (; now < s.at; now += 50) writer.tick(now);
      if (i) writer.move(s);
      else writer.begin(id, { tool: Tool.Pen, colour: 0, width: 12 }, s);
    });
    writer.up(stroke[stroke.length - 1]!.at);
  });
  writer.flush(now);
  return { bytes, batches };
}

const kbps = (bytes: number): string => (bytes * 8 / SECONDS / 1000).toFixed(2);
console.log('| handwriting without a pause | samples/s | bytes/s of batches | beside the voice, kbit/s | in messages of their own, kbit/s |');
console.log('|---|---|---|---|---|');
let worst = 0;
for (const [name, strokes] of [['Chinese', handwriting(SECONDS)], ['Chinese, with pressure', pressed(handwriting(SECONDS))], ['cursive', cursive()],
  ['cursive, with pressure', pressed(cursive())]] as const) {
  const { bytes, batches } = write(strokes), samples = strokes.reduce((sum, s) => sum + s.length, 0) / SECONDS;
  worst = Math.max(worst, Number(kbps(bytes + batches * UNIT)));
  console.log(`| ${name} | ${samples.toFixed(0)} | ${(bytes / SECONDS).toFixed(0)} | ${kbps(bytes + batches * UNIT)} | ${kbps(bytes + batches * (UNIT + MESSAGE))} |`);
}
console.log(`kbps100=${Math.round(worst * 100)}`);
