// What the lesson costs, and what comes for it.

import { wireBytes } from '../diagnostics';
import { data as en } from '../i18n/en';
import { data as zh } from '../i18n/zh';
import { make, say } from './dom';
import { amount, rate } from './format';
import type { Draw, Room } from './room';

export function mount({ player, meter, controls }: Room): Draw {
  const rows = [0, 1, 2].map(() => make('div', {}, make('dt'), make('dd')));
  controls.append(make('dl', { className: 'data' }, ...rows));
  return (_, lang) => {
    const w = lang === 'zh' ? zh : en, { rung } = player.view;
    const picture = { video: w.video, still: w.still, board: w.board, none: w.none }[rung ? rung.picture : 'none'];
    const values = [[w.used, amount(wireBytes(meter))], [w.now, rate(meter.kbps(performance.now()))], [w.picture, picture]];
    rows[0]!.title = w.usedHint;
    values.forEach(([term, value], i) => {
      say(rows[i]!.firstElementChild!, term!);
      say(rows[i]!.lastElementChild!, value!);
    });
  };
}
