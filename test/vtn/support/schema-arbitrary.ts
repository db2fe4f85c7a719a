import fc from 'fast-check';

/** As much of OpenAPI 3.0's schemas as our documents use; references resolved. */
export interface Schema {
  type?: string;
  format?: string;
  nullable?: boolean;
  pattern?: string;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  example?: unknown;
}

export interface Wishes {
  /** In how many of a hundred places something is there that does not belong. */
  junkPercent: number;
  /** What a field of this name is given most of the time, such as ids of objects that exist. */
  byName: (name: string) => fc.Arbitrary<unknown> | undefined;
}

const JUNK = fc.oneof(
  fc.constantFrom<unknown>('', '\u0000', '\ud800', '__proto__', null, true, -1, 0.5, 1e308, 2 ** 53, -0, [], {}, [[]]),
  fc.string(),
  fc.jsonValue({ maxDepth: 2 }),
);
const TIMES = [
  '2026-01-15T09:00:00Z',
  '2026-01-15T12:15:00+01:00',
  '2016-12-31T23:59:60Z',
  '0001-01-01T00:00:00Z',
  '0000-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59.999-14:00',
];
const DURATIONS = ['PT15M', 'PT1H', 'P1D', 'PT0S', '-PT5M', 'P9999Y', 'P1M', 'PT0.001S', 'P99999999D'];

/** Values that a schema describes, with now and then something else in their place. */
export function arbitraryOf(schema: Schema, wishes: Wishes, name = ''): fc.Arbitrary<unknown> {
  // Lists are described, and what is in them goes by their name.
  const right = (schema.type === 'array' ? undefined : wishes.byName(name)) ?? described(schema, wishes, name);
  const choices = [{ weight: 100 - wishes.junkPercent, arbitrary: right }];
  if (wishes.junkPercent > 0) choices.push({ weight: wishes.junkPercent, arbitrary: JUNK });
  if (schema.nullable === true) choices.push({ weight: 8, arbitrary: fc.constant(null) });
  if (schema.example !== undefined) choices.push({ weight: 20, arbitrary: fc.constant(schema.example) });
  return fc.oneof(...choices);
}

function described(schema: Schema, wishes: Wishes, name: string): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.allOf) {
    const properties = Object.assign({}, ...schema.allOf.map((part) => part.properties)) as Record<string, Schema>;
    const required = schema.allOf.flatMap((part) => part.required ?? []);
    return objectOf({ type: 'object', properties, required }, wishes);
  }
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return fc.oneof(...alternatives.map((one) => described(one, wishes, name)));
  switch (schema.type) {
    case 'object':
      return objectOf(schema, wishes);
    case 'array':
      return fc.array(arbitraryOf(schema.items ?? {}, wishes, name), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? 3, 3)),
      });
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -5, max: Math.min(schema.maximum ?? 5, 2 ** 31 - 1) });
    case 'number':
      return fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
    case 'boolean':
      return fc.boolean();
    case 'string':
      return textOf(schema);
    default:
      return fc.constantFrom<unknown>('text', 1, true);
  }
}

function objectOf({ properties = {}, required = [] }: Schema, wishes: Wishes): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, property]) => [name, arbitraryOf(property, wishes, name)]);
  const known = fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: wishes.junkPercent === 0 || required.length === 0 ? required : [],
    noNullPrototype: true,
  });
  if (wishes.junkPercent === 0) return known;
  // Required fields are seldom missing, and fields that nobody knows are seldom there.
  const whole = fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: required,
    noNullPrototype: true,
  });
  return fc.oneof({ weight: 40, arbitrary: whole }, { weight: 1, arbitrary: known });
}

function textOf({ format, pattern, minLength = 0, maxLength = 20 }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.constantFrom(...TIMES);
  if (format === 'date') return fc.constantFrom('2026-01-15', '2024-02-29', '0001-01-01');
  if (format === 'uri')
    return fc.constantFrom('https://ven.example/callback', 'urn:uuid:x', 'https://a.example:8443/b?c=d');
  if (pattern?.includes('P(?=') === true) return fc.constantFrom(...DURATIONS);
  if (pattern?.startsWith('^[+-]?[0-9]+') === true) return fc.constantFrom('0.5', '1', '12.25', '+0', '-1');
  if (pattern?.startsWith('^[+-]?[0-9]+') === true) return fc.constantFrom('0', '1', '+12.50', '-0.5');
  if (pattern !== undefined) return fc.stringMatching(/^[A-Z][A-Z0-9_]{1,8}$/);
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 20)), unit: 'grapheme' });
}
