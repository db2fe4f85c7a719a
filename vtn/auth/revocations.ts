import { clientById } from '../store/clients.ts';
import type { Store } from '../store/store.ts';

/** Which clients are revoked: what this process was told, and what others have written meanwhile. */
export class Revocations {
  readonly #store: Store;
  readonly #revoked = new Set<string>();
  readonly #listeners = new Set<(clientId: string) => void>();
  #count = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Called with the id of each client that is revoked. Returns the function that ends it. */
  onRevoked(listener: (clientId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  add(clientId: string): void {
    this.#revoked.add(clientId);
    for (const listener of this.#listeners) listener(clientId);
  }

  /** Takes note of clients that were revoked meanwhile. Cheap while none was. */
  async check(): Promise<void> {
    const ids = await this.#store.read(async (db) => {
      const { n } = await db
        .selectFrom('clients')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('revoked_ms', 'is not', null)
        .executeTakeFirstOrThrow();
      if (n === this.#count) return [];
      const rows = await db.selectFrom('clients').select('id').where('revoked_ms', 'is not', null).execute();
      return rows.map((row) => row.id);
    });
    if (ids.length === 0) return;
    this.#count = ids.length;
    for (const id of ids) if (!this.#revoked.has(id)) this.add(id);
  }

  has(clientId: string): boolean {
    return this.#revoked.has(clientId);
  }

  /**
   * Does the database let tokens of this client count?
   *
   * @param mustExist true: it has to be one of our own clients; false: it may be known to its issuer or the configuration only.
   */
  async allows(clientId: string, { mustExist }: { mustExist: boolean }): Promise<boolean> {
    const client = await this.#store.read((db) => clientById(db, clientId));
    return client ? client.revoked_ms === null : !mustExist;
  }
}
