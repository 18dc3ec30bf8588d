// The content policy of the real server: hashes of what is inline, nothing else (server/net/csp.c).

import { createHash } from 'node:crypto';

export function policy(html) {
  const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const all = (tag) => [...html.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))].map((m) => hash(m[1])).join(' ');
  return `default-src 'none'; script-src 'self' ${all('script')}; style-src 'self' ${all('style')}; img-src 'self' data: blob:; `
    + `media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'self'`;
}
