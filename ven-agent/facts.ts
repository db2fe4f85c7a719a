import type { AgentDatabase } from './database.ts';

/** Single values that outlive the process, by name. */
export class Facts {
  readonly #db: AgentDatabase;

  constructor(db: AgentDatabase) {
    this.#db = db;
  }

  get(name: string): string | undefined {
    return this.#db.prepare<[string], { value: string }>('SELECT value FROM facts WHERE name = ?').get(name)?.value;
  }

  /** @throws when the disk refuses */
  set(name: string, value: string): void {
    this.#db.prepare('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)').run(name, value);
  }
}
