// The watch page in real Firefox, over WebDriver BiDi; a private pulseaudio leads its sound nowhere.
// browser: what a page plays has no holes

import { Server } from './lib/server.mjs';
import { teach } from './lib/teacher.mjs';
import { atEnd, run, skip } from './lib/testing.mjs';
import { testAccess, testFailures, testManners, testPlaying } from './lib/watch-lesson.mjs';
import { launch, WatchPage, whyNot } from './lib/watch-page.mjs';

const KEY = 'only-for-class-7b';

await run(async () => {
  const reason = whyNot('firefox');
  if (reason) return skip('the watch page in Firefox', reason);
  const server = await Server.start({ lessons: [{ id: 'demo' }, { id: 'closed', watchKey: KEY }] });
  const teacher = teach(server.rtmpUrl('demo'));
  const browser = await launch('firefox');
  atEnd(() => browser.close());
  const w = await WatchPage.join(browser, server);
  await testPlaying('Firefox', w);
  await testFailures('Firefox', w, server, teacher);
  await testManners('Firefox', w, server);
  teach(server.rtmpUrl('closed'));
  await testAccess('Firefox', browser, server, 'closed', KEY);
});
