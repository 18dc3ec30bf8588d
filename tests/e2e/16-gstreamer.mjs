// Lessons from encoders of another make than ffmpeg: GStreamer by its own RTMP, and through librtmp.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { start } from './lib/processes.mjs';
import { Pupil } from './lib/pupil.mjs';
import { Server } from './lib/server.mjs';
import { run, skip, test } from './lib/testing.mjs';

const isThere = (element) => spawnSync('gst-inspect-1.0', ['--exists', element]).status === 0;

const pipeline = (sink, url) => ['-q', 'videotestsrc', 'is-live=true', '!', 'video/x-raw,width=640,height=360,framerate=15/1', '!',
  'x264enc', 'tune=zerolatency', 'speed-preset=ultrafast', 'key-int-max=30', '!', 'h264parse', '!', 'flvmux', 'name=mux', 'streamable=true', '!',
  sink, `location=${url}`, 'audiotestsrc', 'is-live=true', '!', 'audio/x-raw,rate=44100,channels=2', '!', 'avenc_aac', '!', 'aacparse', '!', 'mux.'];

const SINKS = [['rtmp2sink', 'GStreamer'], ['rtmpsink', 'librtmp']];

await run(async () => {
  const server = await Server.start({ lessons: SINKS.map(([id]) => ({ id })) });
  for (const [sink, name] of SINKS) {
    const title = `a lesson through ${name}'s ${sink} is heard and seen`;
    const missing = [sink, 'x264enc', 'flvmux', 'avenc_aac'].filter((element) => !isThere(element));
    if (missing.length) {
      skip(title, `GStreamer lacks ${missing.join(', ')}`);
      continue;
    }
    await test(title, async () => {
      const teacher = start('gst-launch-1.0', pipeline(sink, server.rtmpUrl(sink)));
      const pupil = await Pupil.join(server, { lesson: sink });
      await pupil.hears(3000);
      await pupil.untilRung((r) => r.picture === 'video');
      await pupil.until('frames', (p) => p.frames > 10);
      assert.deepEqual(pupil.voice.holes, []);
      teacher.kill('SIGKILL');
      await pupil.untilState('reconnecting');
      pupil.leave();
    });
  }
});
