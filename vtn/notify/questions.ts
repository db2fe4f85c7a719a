/** Questions to another thread, each with its number, until they are answered or it takes too long. */
export class Questions<Answer> {
  readonly #open = new Map<number, (answer: Answer) => void>();
  #last = 0;

  /** Resolves to what is answered under the number that `send` is called with, after `timeoutMs` to `otherwise`. */
  ask(send: (id: number) => void, { otherwise, timeoutMs }: { otherwise: Answer; timeoutMs: number }): Promise<Answer> {
    return new Promise((resolve) => {
      const id = ++this.#last;
      const timer = setTimeout(() => this.answer(id, otherwise), timeoutMs).unref();
      this.#open.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      send(id);
    });
  }

  answer(id: number, answer: Answer): void {
    this.#open.get(id)?.(answer);
    this.#open.delete(id);
  }
}
