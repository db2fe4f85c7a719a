import type { Schema } from './document.ts';

/** A list of the body whose objects have one `objectType` only. */
export interface ImpliedType {
  list: string;
  objectType: string;
}

/** The lists of a body in which `objectType` says nothing that the list does not. Found once for each operation. */
export function impliedTypes(schema: Schema | undefined): ImpliedType[] {
  return Object.entries(schema?.properties ?? {}).flatMap(([list, property]) => {
    const values = property.items?.properties?.['objectType']?.enum ?? [];
    const [objectType] = values;
    return values.length === 1 && typeof objectType === 'string' ? [{ list, objectType }] : [];
  });
}

/**
 * Fills in the objectType of descriptors where only one is possible: the examples of the User Guide leave it out, strict readers
 * need it. In programs, whose descriptors are of two kinds, it has to be said. Changes `body`.
 */
export function completeTypes(body: unknown, implied: readonly ImpliedType[]): void {
  for (const { list, objectType } of implied) {
    const items = (body as Record<string, unknown> | null | undefined)?.[list];
    if (!Array.isArray(items)) continue;
    for (const item of items as unknown[]) {
      if (typeof item === 'object' && item !== null) (item as Record<string, unknown>)['objectType'] ??= objectType;
    }
  }
}
