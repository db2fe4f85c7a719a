import { clientById } from '../store/clients.ts';
import type { Db, Store } from '../store/store.ts';
import { deactivatedUtilities, isDeactivated, membersOf } from '../store/utilities.ts';
import type { Caller } from './caller.ts';

/** Whose access has ended: what this process was told, and what others have written meanwhile. */
export class Revocations {
  readonly #store: Store;
  readonly #revoked = new Set<string>();
  readonly #listeners = new Set<(clientId: string) => void>();
  #count = 0;
  /** Utilities that are deactivated. That can be taken back, and so it is asked of the database whenever it matters. */
  #deactivated = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Called with the id of each client that is revoked or whose utility is deactivated. Returns the function that ends it. */
  onRevoked(listener: (clientId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  add(clientId: string): void {
    this.#revoked.add(clientId);
    this.#tell(clientId);
  }

  /**
   * Takes note of clients that were revoked and utilities that were deactivated meanwhile. Cheap while there were none.
   *
   * @param signedIn who is known to have a token; members may be known to another issuer only.
   */
  async check(signedIn: () => Iterable<Caller>): Promise<void> {
    const { revoked, deactivated } = await this.#store.read(async (db) => ({
      revoked: await this.#newlyRevoked(db),
      deactivated: await deactivatedUtilities(db),
    }));
    for (const id of revoked) if (!this.#revoked.has(id)) this.add(id);
    const fresh = deactivated.filter((id) => !this.#deactivated.has(id));
    this.#deactivated = new Set(deactivated);
    if (fresh.length > 0) await this.#endMembers(fresh, signedIn);
  }

  has(clientId: string): boolean {
    return this.#revoked.has(clientId);
  }

  /**
   * Does the database let tokens of this client count?
   *
   * @param mustExist true: it has to be one of our own clients; false: it may be known to its issuer or the configuration only.
   */
  async allows({ clientId, utility }: Caller, { mustExist }: { mustExist: boolean }): Promise<boolean> {
    return this.#store.read(async (db) => {
      const client = await clientById(db, clientId);
      const isAllowed = client ? client.revoked_ms === null : !mustExist;
      return isAllowed && !(utility?.id !== undefined && (await isDeactivated(db, utility.id)));
    });
  }

  async #newlyRevoked(db: Db): Promise<string[]> {
    const { n } = await db
      .selectFrom('clients')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('revoked_ms', 'is not', null)
      .executeTakeFirstOrThrow();
    if (n === this.#count) return [];
    const rows = await db.selectFrom('clients').select('id').where('revoked_ms', 'is not', null).execute();
    this.#count = rows.length;
    return rows.map((row) => row.id);
  }

  async #endMembers(utilityIds: readonly string[], signedIn: () => Iterable<Caller>): Promise<void> {
    const members = await this.#store.read((db) => membersOf(db, utilityIds));
    const ended = new Set([...members.values()].flat());
    for (const { clientId, utility } of signedIn()) if (utilityIds.includes(utility?.id ?? '')) ended.add(clientId);
    for (const id of ended) this.#tell(id);
  }

  #tell(clientId: string): void {
    for (const listener of this.#listeners) listener(clientId);
  }
}
