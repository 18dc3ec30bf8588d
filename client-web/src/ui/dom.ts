// Elements made in code, and touched only when something has changed: twice a second somebody looks.

type Tags = HTMLElementTagNameMap;

export function make<K extends keyof Tags>(tag: K, props: Partial<Tags[K]> = {}, ...children: (Node | string)[]): Tags[K] {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children);
  return element;
}

export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function name(element: HTMLElement, text: string): void {
  if (element.title === text) return;
  element.title = text;
  element.setAttribute('aria-label', text);
}

/** Line icons on a 24 x 24 grid. */
const ICONS = {
  sound: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.5 4.5 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11',
  silent: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5',
  grow: 'M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5',
  shrink: 'M4 9h5V4M20 9h-5V4M4 15h5v5M20 15h-5v5',
};

type Icon = keyof typeof ICONS;

export const icon = (which: Icon): string => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[which]}"/></svg>`;

export const roundButton = (which: Icon, onclick: () => void, more = ''): HTMLButtonElement =>
  make('button', { className: 'round' + more, innerHTML: icon(which), onclick });
