// The way out of a lesson: the sign in the page's head leads home, and so does a button when the lesson is over.

import { isKnown } from '../home/known';
import { make, say } from './dom';
import type { Words } from './controls';
import type { Room } from './room';

/** To their lessons for who has entered here, else to the front page. */
export const homeOf = (): string => (isKnown() ? '/home' : '/');

/** The head of the page, as it came, becomes a link but for its button. */
function linkHead(): void {
  const head = document.querySelector('.head')!, link = make('a', { href: homeOf() }, ...Array.from(head.children).slice(0, 2));
  head.insertBefore(link, head.firstChild);
}

export function wayHome({ player, controls }: Room): (words: Words) => void {
  const link = make('a', { className: 'main', href: homeOf(), hidden: true });
  linkHead();
  controls.insertBefore(link, controls.firstChild);
  return (words) => {
    say(link, isKnown() ? words.mine : words.home);
    link.hidden = player.view.state !== 'ended';
  };
}
