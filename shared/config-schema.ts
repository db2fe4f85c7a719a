import * as z from 'zod';

/** A place in a configuration: `['devices', 0, 'url']`. */
export type ConfigPath = readonly (string | number)[];

/** A value that a configuration may have, by the path of object keys that leads to it. */
export interface Leaf {
  path: readonly string[];
  schema: z.core.$ZodType;
}

/** `devices[0].url` as people write it; `the configuration` for its root. */
export function pathText(path: ConfigPath): string {
  const text = path.reduce<string>(
    (left, step) => (typeof step === 'number' ? `${left}[${step}]` : left === '' ? step : `${left}.${step}`),
    '',
  );
  return text === '' ? 'the configuration' : text;
}

/** Every value below the schema's objects; lists are one value each. */
export function leavesOf(schema: z.core.$ZodType, path: readonly string[] = []): Leaf[] {
  const objects = objectsOf(schema);
  if (objects.length === 0) return [{ path, schema }];
  return objects.flatMap((object) =>
    Object.entries(shapeOf(object)).flatMap(([key, inner]) => leavesOf(inner, [...path, key])),
  );
}

/** The keys that an object at this place may have. */
export function keysAt(schema: z.core.$ZodType, path: ConfigPath): string[] {
  const [step, ...rest] = path;
  if (step === undefined) return objectsOf(schema).flatMap((object) => Object.keys(shapeOf(object)));
  if (typeof step === 'number') {
    const list = bare(schema);
    return list instanceof z.ZodArray ? keysAt(list.element, rest) : [];
  }
  return objectsOf(schema).flatMap((object) => {
    const inner = shapeOf(object)[step];
    return inner === undefined ? [] : keysAt(inner, rest);
  });
}

function shapeOf(object: z.ZodObject): Record<string, z.core.$ZodType> {
  return object.shape;
}

/** The object that a schema describes, or those of its alternatives. */
function objectsOf(schema: z.core.$ZodType): z.ZodObject[] {
  const inner = bare(schema);
  if (inner instanceof z.ZodObject) return [inner];
  return inner instanceof z.ZodUnion ? inner.options.flatMap(objectsOf) : [];
}

/** Without what makes a value optional or fills it in. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
  ) {
    return bare(schema.unwrap());
  }
  return schema instanceof z.ZodPipe ? bare(schema.in) : schema;
}
