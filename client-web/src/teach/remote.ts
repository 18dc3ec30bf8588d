// Methods called on another thread, in order. Nothing is answered: what has an answer is told by a call back.

/** A worker from the page, its scope from inside, or an end of a MessageChannel. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: ((e: MessageEvent) => unknown) | null;
}

type Call = [name: string, args: unknown[]];
type Methods = Record<string, (...args: unknown[]) => void>;

const isOwned = (value: unknown): value is Transferable =>
  value instanceof ReadableStream || typeof VideoFrame !== 'undefined' && value instanceof VideoFrame;

/** Streams and frames, by themselves or in a record, are handed over; all else is copied. */
const owned = (args: unknown[]): Transferable[] =>
  args.flatMap((a) => [a, ...(a && Object.getPrototypeOf(a) === Object.prototype ? Object.values(a) : [])]).filter(isOwned);

/** The other side. */
export const remote = <T extends object>(port: Port): T => new Proxy({} as T, {
  get: (_, name: string) => (...args: unknown[]) => port.postMessage([name, args], owned(args)),
});

/** Has the other side call `local`. */
export function serve(port: Port, local: object): void {
  port.onmessage = ({ data: [name, args] }: MessageEvent<Call>) => (local as Methods)[name]!(...args);
}
