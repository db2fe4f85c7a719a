import type { StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Caller } from '../../auth/caller.ts';
import type { Db, Versions } from '../../store/store.ts';
import type { ApiRequest } from '../http.ts';
import type { Operations } from './within.ts';

export type Predicate<T> = (object: T) => boolean;

export interface Filter<T> {
  keeps: Predicate<T>;
  /** Whether what it keeps changes only when something is written. */
  isLasting: boolean;
  /** What is over at this instant it does not keep. */
  activeAtMs: number | undefined;
}

/** In the transaction of a write, after the object itself was written. */
export interface Written<T> {
  object: T;
  request: ApiRequest;
  operations: Operations;
  db: Db;
}

/** How the objects of one collection look in 3.0.1, and what else is different there. */
export interface Shape<T extends StoredObject> {
  /** Of the 3.1 operations; those of 3.0.1 have the same. */
  operations: { list: string; read: string; create: string; update: string; remove: string };
  /** What filtered lists are made of. */
  collections: readonly (keyof Versions)[];
  /** Filtered lists are made anew for each request, as the lists of 3.1 are. */
  isNeverRemembered?: true;
  /** Whether an object alone says how it is shown. */
  isPure: boolean;
  /** Whether all callers that hold the same targets see the same. */
  isTargeted: boolean;
  /** Whether the 3.1 list knows the parameter `targets`. */
  filtersTargets: boolean;
  /** Parameters of the query that both have. */
  parameters: readonly string[];
  /** As 3.0.1 clients see them. Objects that are gone by now are left out. */
  show(objects: readonly T[], db: Db): object[] | Promise<object[]>;
  /** The body for the 3.1 operation. @param previous the object that is replaced. */
  take(request: ApiRequest, previous?: T): unknown;
  /** What comes with the object. Throws when the object must not be written after all. */
  after?(written: Written<T>): Promise<void>;
  /** Throws when the object is not where the path says. */
  requirePlace?(request: ApiRequest, object: T): void;
  /** Before a list or a creation: throws when there is nothing at the path. */
  requireParent?(request: ApiRequest, operations: Operations): Promise<void>;
  /** Parameters that the path adds to the query. */
  scope?(request: ApiRequest): Record<string, unknown>;
  /** Selects by names: what `targetType` and `targetValues` mean beside the targets themselves. */
  named?(type: string, values: readonly string[], caller: Caller, db: Db): Promise<Predicate<T>> | undefined;
  /** Another filter that 3.1 has not. */
  filter?(query: ApiRequest['query'], nowMs: number): Filter<T> | undefined;
}
