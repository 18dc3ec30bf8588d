// What undo takes back and redo does again: strokes that came, strokes that went. Of each page its own. Pure.

import type { Stroke } from './model';

export interface Change { added: Stroke[]; removed: Stroke[] }

const CHANGES_MAX = 200;

export class History {
  private past: Change[] = [];
  private future: Change[] = [];

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  add(change: Change): void {
    if (!change.added.length && !change.removed.length) return;
    this.past.push(change);
    this.past = this.past.slice(-CHANGES_MAX);
    this.future = [];
  }

  /** What is to be done now: strokes that go and strokes that come. */
  undo(): Change | undefined {
    const change = this.past.pop();
    if (!change) return undefined;
    this.future.push(change);
    return { added: change.removed, removed: change.added };
  }

  redo(): Change | undefined {
    const change = this.future.pop();
    if (change) this.past.push(change);
    return change;
  }
}
