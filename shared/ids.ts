import { randomUUID } from 'node:crypto';

/** Where object ids come from: random in the product, counted in tests. Must match `^[a-zA-Z0-9_-]{1,128}$` (objectID). */
export interface IdSource {
  next(): string;
}

export const randomIds: IdSource = { next: () => randomUUID() };

/** `prefix-1`, `prefix-2`, … for tests. */
export function countedIds(prefix = 'id'): IdSource {
  let n = 0;
  return { next: () => `${prefix}-${++n}` };
}
