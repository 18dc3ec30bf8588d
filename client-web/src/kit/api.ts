// Asks the server. One way in, one way out, and one form of what can go wrong.

/** The same problem under another name, where the server's general one says too little. */
export async function renamed<T>(asked: Promise<T>, names: Record<string, string>): Promise<T> {
  try {
    return await asked;
  } catch (e) {
    const name = e instanceof Problem ? names[e.code] : undefined;
    throw name ? new Problem((e as Problem).status, name, (e as Problem).message, (e as Problem).details, (e as Problem).waitS) : e;
  }
}

const ROOT = '/api/v1';

/** What the server, or the way to it, says against a request. */
export class Problem extends Error {
  constructor(
    /** Of HTTP; 0: the server could not be reached. */
    readonly status: number,
    /** For programs: "no_class", "offline", ... */
    readonly code: string,
    /** The server's sentence, in English. */
    message: string,
    /** The whole error as it came: some have more to say than a sentence. */
    readonly details: Record<string, unknown> = {},
    /** Come again after so many seconds; 0: not said. */
    readonly waitS = 0,
  ) {
    super(message);
  }
}

/** Whatever was thrown, as a problem. */
export const problemOf = (thrown: unknown): Problem =>
  thrown instanceof Problem ? thrown : new Problem(-1, 'broken', String(thrown));

/** A path with everything that is put into it escaped, and a slash within as '~': at`/schools/${code}`. */
export function at(texts: TemplateStringsArray, ...values: (string | number)[]): string {
  return texts.reduce((path, text, i) => path + encodeURIComponent(String(values[i - 1]).replace(/\//g, '~')) + text);
}

/** A path with a query of what is not empty. */
export function withQuery(path: string, query: Record<string, string | number | undefined>): string {
  const said = Object.keys(query).filter((name) => query[name] !== undefined && query[name] !== '');
  const text = said.map((name) => name + '=' + encodeURIComponent(query[name]!)).join('&');
  return text ? path + (path.includes('?') ? '&' : '?') + text : path;
}

let aheadMs = 0;

/** The server's clock, as far as an answer has told it: a device's own may be hours wrong. */
export const serverNow = (): number => Date.now() + aheadMs;

let signedOut: (() => void) | undefined;

/** What to do when the server says, in the middle of something, that it does not know us any more. */
export function whenSignedOut(then: () => void): void {
  signedOut = then;
}

async function problemIn(response: Response): Promise<Problem> {
  const waitS = Number(response.headers.get('retry-after')) || 0;
  const body = await response.json().catch(() => undefined) as { error?: Record<string, unknown> } | undefined;
  const error = body && typeof body.error === 'object' && body.error ? body.error : {};
  const code = typeof error.code === 'string' ? error.code : 'failed';
  return new Problem(response.status, code, typeof error.message === 'string' ? error.message : '', error, waitS);
}

async function request(method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
  const init: RequestInit = { method, credentials: 'same-origin', cache: 'no-store', headers };
  if (body !== undefined) init.body = body;
  const response = await fetch(ROOT + path, init).catch(() => {
    throw new Problem(0, 'offline', '');
  });
  const date = Date.parse(response.headers.get('date') || '');
  if (date) aheadMs = date - Date.now();
  if (response.ok) return response;
  const problem = await problemIn(response);
  if (problem.status === 401 && problem.code === 'unauthorized' && signedOut) signedOut();
  throw problem;
}

async function ask<T>(method: string, path: string, body?: BodyInit, headers?: Record<string, string>): Promise<T> {
  const response = await request(method, path, body, headers), text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

const withJson = (method: string, more: Record<string, string> = {}) => <T = unknown>(path: string, body: unknown = {}): Promise<T> =>
  ask<T>(method, path, JSON.stringify(body), { 'content-type': 'application/json', ...more });

export const api = {
  get: <T>(path: string): Promise<T> => ask<T>('GET', path),
  post: withJson('POST'),
  put: withJson('PUT'),
  /** Makes something; what is there already stays as it is (412 exists). */
  make: withJson('PUT', { 'if-none-match': '*' }),
  drop: (path: string): Promise<unknown> => ask('DELETE', path),
  /** A file as it is. */
  upload: <T>(method: 'PUT' | 'POST', path: string, file: Blob): Promise<T> => ask<T>(method, path, file, { 'content-type': 'application/octet-stream' }),
  /** A file that the server makes. */
  download: (path: string): Promise<Blob> => request('GET', path).then((response) => response.blob()),
};

/** A list as the server gives it, a page at a time. */
export interface Page<T> { items: T[]; next: string | null }

/** Every item of a list that is known to be short. */
export async function everyItem<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  for (let after: string | undefined; ;) {
    const page: Page<T> = await api.get<Page<T>>(withQuery(path, { after, limit: 200 }));
    items.push(...page.items);
    if (!page.next) return items;
    after = page.next;
  }
}
