import type { Schema } from './document.ts';

/**
 * A null in the place of an optional property that says nothing about null counts as "not sent": public clients write null for
 * everything that they leave out. Changes `value`; properties that the document calls nullable keep their null.
 */
export function dropOptionalNulls(value: unknown, schema: Schema | undefined): void {
  if (!schema || typeof value !== 'object' || value === null) return;
  for (const part of [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) {
    dropOptionalNulls(value, part);
  }
  if (Array.isArray(value)) {
    for (const item of value) dropOptionalNulls(item, schema.items);
    return;
  }
  const object = value as Record<string, unknown>;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (object[name] === null) {
      if (!isNullable(property) && !schema.required?.includes(name)) delete object[name];
    } else {
      dropOptionalNulls(object[name], property);
    }
  }
}

const isNullable = (schema: Schema): boolean => schema.nullable === true || (schema.anyOf ?? []).some(isNullable);
