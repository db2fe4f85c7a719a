import type { Caller } from '../../auth/caller.ts';
import { isBusinessLogic } from '../../auth/roles.ts';
import type { Store } from '../../store/store.ts';
import { grantedTargets } from '../../store/targets.ts';

/** What a caller holds. Callers with the same `key` see the same programs and events. */
export interface Grant {
  /** Business logic: sees everything, whatever it holds. */
  isAll: boolean;
  held: readonly string[];
  key: string;
}

const ALL: Grant = { isAll: true, held: [], key: '*' };
/** Without a ven: what is untargeted. */
const NOTHING: Grant = { isAll: false, held: [], key: '[]' };
const MAX_REMEMBERED = 50_000;

/** The targets that business logic granted to each VEN, remembered until a ven or a resource changes. */
export class Grants {
  readonly #store: Store;
  readonly #remembered = new Map<string, Grant>();
  #version = -1;

  constructor(store: Store) {
    this.#store = store;
  }

  /** At once when it is remembered, since this stands in the way of every poll. */
  of(caller: Caller): Grant | Promise<Grant> {
    if (isBusinessLogic(caller)) return ALL;
    // Business logic grants targets to a utility's member as to a VEN: by a ven that carries its client's id.
    if (caller.role !== 'ven' && caller.role !== 'utility') return NOTHING;
    const version = this.#store.versions.vens + this.#store.versions.resources;
    if (version !== this.#version || this.#remembered.size >= MAX_REMEMBERED) {
      this.#remembered.clear();
      this.#version = version;
    }
    return this.#remembered.get(caller.clientId) ?? this.#load(caller.clientId, version);
  }

  async #load(clientId: string, version: number): Promise<Grant> {
    const held = await this.#store.read((db) => grantedTargets(db, clientId));
    // Targets are any text, so that a separator of our own would make two lists of them one.
    const grant = { isAll: false, held, key: JSON.stringify(held) };
    if (version === this.#version) this.#remembered.set(clientId, grant);
    return grant;
  }
}
