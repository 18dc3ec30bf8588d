// A TV's remote has four arrows and OK: the arrows move the focus to what lies that way.

const FOCUSABLE = 'a[href],button:not([disabled]),input:not([disabled]),select:not([disabled]),summary';

export interface Box { left: number; top: number; right: number; bottom: number }

/** How far `to` lies from `from` in a direction; Infinity when it does not lie there. Sideways counts thrice. Pure. */
export function distance(from: Box, to: Box, key: string): number {
  const isAcross = key === 'ArrowLeft' || key === 'ArrowRight', isBack = key === 'ArrowLeft' || key === 'ArrowUp';
  const middle = (b: Box, across: boolean): number => (across ? b.left + b.right : b.top + b.bottom) / 2;
  const ahead = (middle(to, isAcross) - middle(from, isAcross)) * (isBack ? -1 : 1);
  const gap = isAcross ? Math.max(from.top - to.bottom, to.top - from.bottom, 0) : Math.max(from.left - to.right, to.left - from.right, 0);
  const aside = Math.abs(middle(to, !isAcross) - middle(from, !isAcross));
  return ahead < 4 ? Infinity : ahead + 3 * gap + aside / 4;
}

const isSeen = (e: HTMLElement): boolean => e.getClientRects().length > 0;

/** In a text the arrows sideways belong to the caret. */
const isCaret = (e: Element | null, key: string): boolean =>
  e instanceof HTMLInputElement && e.type === 'text' && e.value !== '' && (key === 'ArrowLeft' || key === 'ArrowRight');

function nearest(from: HTMLElement, key: string): HTMLElement | undefined {
  let best: HTMLElement | undefined, least = Infinity;
  document.querySelectorAll<HTMLElement>(FOCUSABLE).forEach((e) => {
    const far = e === from || !isSeen(e) ? Infinity : distance(from.getBoundingClientRect(), e.getBoundingClientRect(), key);
    if (far < least) [best, least] = [e, far];
  });
  return best;
}

export function followArrows(): void {
  document.addEventListener('keydown', (e) => {
    const at = document.activeElement as HTMLElement | null;
    if (!/^Arrow/.test(e.key) || e.ctrlKey || e.altKey || e.metaKey || isCaret(at, e.key)) return;
    const to = at && at !== document.body ? nearest(at, e.key) : document.querySelector<HTMLElement>('main .main, main button, main a');
    if (!to) return;
    e.preventDefault();
    to.focus();
  });
}
