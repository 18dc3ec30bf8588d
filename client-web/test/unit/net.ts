// A way to a server, as a page's WebSocket sees it, on a clock that the test moves.

import type { Clock } from './clock';

export const WELCOME = JSON.stringify({ t: 'welcome', v: 1, lesson: 'demo', title: '', state: 'live', pts: 0 });

export type Say = (data: string | ArrayBuffer) => void;

/** TCP's first segment is sent again after 1, 3, 7 and 15 s; the rest takes round trips, or never comes. */
export class Net {
  rttMs = 250;
  isUp = (): boolean => true;
  isGreeted = (): boolean => true;
  attempts: number[] = [];
  heard: { at: number; text: string }[] = [];

  /** `greet` answers the first text of a connection; what it says later comes as long as the connection is this one. */
  constructor(private clock: Clock, private greet: (say: Say) => void) {
    const net = this;
    Object.assign(globalThis, {
      WebSocket: class {
        readyState = 0;
        onopen?: () => void;
        onmessage?: (e: { data: string | ArrayBuffer }) => void;
        onclose?: (e: { code: number }) => void;
        isGreeted = false;

        constructor() {
          net.dial(this);
        }

        send(text: string): void {
          net.heard.push({ at: net.clock.now, text });
          if (this.isGreeted) return;
          this.isGreeted = true;
          const say: Say = (data) => {
            if (net.isUp() && this.readyState === 1) this.onmessage!({ data });
          };
          net.clock.after(net.rttMs, () => net.isGreeted() && net.greet(say));
        }

        close(): void {
          this.readyState = 3;
        }
      },
    });
  }

  private dial(socket: { readyState: number; onopen?: () => void }): void {
    this.attempts.push(this.clock.now);
    for (const wait of [0, 1000, 3000, 7000, 15000]) {
      this.clock.after(wait, () => {
        if (!this.isUp() || socket.readyState) return;
        this.clock.after(2 * this.rttMs, () => {
          if (socket.readyState) return;
          socket.readyState = 1;
          socket.onopen!();
        });
      });
    }
  }
}
