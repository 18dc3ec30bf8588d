// Teachers: the ordinary ffmpeg command.

import { join } from 'node:path';
import { start } from './processes.mjs';
import { ROOT } from './testing.mjs';

export const LESSON = join(ROOT || '.', 'scripts', 'demo', 'lesson.mp4');

const push = (args, url) => start('ffmpeg', ['-nostdin', '-hide_banner', '-loglevel', 'error', ...args, '-f', 'flv', url]);

/** The demo lesson, over and over, as it is: costs next to no CPU. */
export const teach = (url, more = []) => push(['-re', '-stream_loop', '-1', '-i', LESSON, ...more, '-c', 'copy'], url);

/** The demo lesson without one of its tracks. */
export const teachPictureOnly = (url) => teach(url, ['-an']);
export const teachSoundOnly = (url) => teach(url, ['-vn']);

/** Noise in motion: what no classifier takes for slides. */
export const teachCamera = (url) => push(['-re', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=15,noise=alls=20:allf=t', '-re', '-f', 'lavfi',
  '-i', 'sine=frequency=330:sample_rate=44100', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '30', '-c:a', 'aac'], url);
