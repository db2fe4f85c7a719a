/** Writes overtake fast reads, fast reads overtake slow ones; within one priority the order of arrival holds. */
export type Priority = 'write' | 'fast' | 'slow';

const ORDER: readonly Priority[] = ['write', 'fast', 'slow'];

/** The waiting line of one connection. */
export class PriorityQueue<T> {
  readonly #lanes: Record<Priority, T[]> = { write: [], fast: [], slow: [] };

  push(priority: Priority, item: T): void {
    this.#lanes[priority].push(item);
  }

  /** The next item in turn, taken out of the line. */
  shift(): T | undefined {
    for (const priority of ORDER) {
      const item = this.#lanes[priority].shift();
      if (item !== undefined) return item;
    }
    return undefined;
  }

  /** Takes out every item that matches, wherever it stands, and returns them in turn. */
  removeAll(matches: (item: T) => boolean): T[] {
    return ORDER.flatMap((priority) => {
      const lane = this.#lanes[priority];
      const removed = lane.filter(matches);
      this.#lanes[priority] = lane.filter((item) => !matches(item));
      return removed;
    });
  }

  get length(): number {
    return ORDER.reduce((sum, priority) => sum + this.#lanes[priority].length, 0);
  }
}
