// What the lesson costs, and what comes for it.

import { pageBytes } from '../diagnostics';
import type { Player } from '../player/player';
import { amount, rate } from './format';
import type { Words } from './main';

export function Data({ words, player }: { words: Words; player: Player }) {
  const rung = player.view.rung;
  const picture = { video: words.pictureVideo, still: words.pictureStill, none: words.pictureNone }[rung ? rung.picture : 'none'];
  return (
    <dl class="data">
      <div title={words.usedHint}>
        <dt>{words.used}</dt>
        <dd>{amount(player.meter.total + pageBytes())}</dd>
      </div>
      <div>
        <dt>{words.now}</dt>
        <dd>{rate(player.meter.kbps(performance.now()))}</dd>
      </div>
      <div>
        <dt>{words.picture}</dt>
        <dd>{picture}</dd>
      </div>
    </dl>
  );
}
