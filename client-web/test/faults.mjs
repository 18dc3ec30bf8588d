// What can be said about any page as it stands, by looking at it: run within the page.

/** What is wrong with the page as it stands: sticking out, nameless, too small for a finger, too faint to read. */
export function faults() {
  const found = [], isSeen = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && e.getBoundingClientRect().width > 0;
  const cover = document.querySelector('dialog[open]') || document.querySelector('#sheet:not([hidden])');
  const all = [...(cover || document.body).querySelectorAll('*')].filter(isSeen);
  if (document.documentElement.scrollWidth > innerWidth) found.push(`${document.documentElement.scrollWidth} px wide`);
  for (const e of all.filter((x) => x.matches('button, select, input, summary, a'))) {
    const label = e.labels?.[0]?.textContent, isTick = e.type === 'checkbox' || e.type === 'radio';
    const box = (isTick && e.labels[0] || e).getBoundingClientRect();
    const own = e.tagName === 'SELECT' ? '' : e.textContent, by = document.getElementById((e.getAttribute('aria-labelledby') || '').split(' ')[0]);
    if (!(e.getAttribute('aria-label') || by?.textContent || label || own).trim()) found.push(`${e.id || e.className} has no name`);
    if (box.height < 43.5) found.push(`${e.id || e.className} is ${box.height} px high`);
    if (e.scrollWidth > e.clientWidth + 2 && e.tagName === 'BUTTON') found.push(`${e.id || e.textContent} is cut off`);
  }
  const parse = (text) => text.match(/[\d.]+/g).map(Number);
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, k, i) => sum + k * ((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))(c[i] / 255), 0);
  for (const e of all) {
    const text = [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join('');
    if (!text || e.closest(':disabled') || ['STYLE', 'SCRIPT', 'OPTION'].includes(e.tagName)) continue;
    const style = getComputedStyle(e), size = parseFloat(style.fontSize);
    let under = e;
    while (under && (parse(getComputedStyle(under).backgroundColor)[3] === 0)) under = under.parentElement;
    const [a, b] = [light(parse(style.color)), light(under ? parse(getComputedStyle(under).backgroundColor) : [0, 0, 0])].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05), least = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700 ? 3 : 4.5;
    if (ratio < least) found.push(`"${text}" has a contrast of ${ratio.toFixed(1)}`);
  }
  return found;
}
