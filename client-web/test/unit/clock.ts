// A clock that the test moves: performance.now() and timers follow it.

interface Timer { id: number; at: number; act: () => void }

export class Clock {
  now = 0;
  /** As in a page that nobody looks at: intervals don't come. */
  isHidden = false;
  private timers: Timer[] = [];
  private made = 0;

  constructor() {
    Object.defineProperty(performance, 'now', { value: () => this.now, configurable: true });
    Object.assign(globalThis, {
      window: globalThis,
      setTimeout: (act: () => void, ms = 0) => this.after(ms, act),
      setInterval: (act: () => void, ms: number) => this.every(ms, () => this.isHidden || act()),
      clearTimeout: (id: number) => (this.timers = this.timers.filter((t) => t.id !== id)),
    });
  }

  after(ms: number, act: () => void): number {
    this.timers.push({ id: ++this.made, at: this.now + ms, act });
    return this.made;
  }

  every(ms: number, act: () => void): void {
    this.after(ms, () => {
      act();
      this.every(ms, act);
    });
  }

  /** Whatever is due happens on the way, in order. */
  runTo(end: number): void {
    for (;;) {
      const next = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (!next) break;
      this.timers = this.timers.filter((t) => t !== next);
      this.now = Math.max(this.now, next.at);
      next.act();
    }
    this.now = end;
  }
}
