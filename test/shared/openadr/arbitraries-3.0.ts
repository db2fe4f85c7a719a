import fc from 'fast-check';

/** As it comes out of JSON: without -0 and undefined. */
const wire = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T> => value.map((v) => JSON.parse(JSON.stringify(v)) as T);

const name = fc.oneof(
  fc.constantFrom('a', 'b', '["A",1]', '{"begins":"GROUP","in":"EVENT"}'),
  fc.string({ minLength: 1, maxLength: 20 }),
);
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const value = fc.oneof(name, fc.constant(''), number, fc.boolean(), fc.record({ x: number, y: number }));

export const valuesMap30 = wire(
  fc.record({
    type: fc.oneof(fc.constantFrom('GROUP', 'VEN_NAME', 'PRICE'), fc.string({ minLength: 1, maxLength: 20 })),
    values: fc.array(value, { maxLength: 4 }),
  }),
);

const START = '2026-01-15T10:00:00Z';
const start = fc.constantFrom(START, '2026-01-15T12:00:00+01:00', '0001-01-01T00:00:00Z', '2026-02-28T23:59:59.5Z');
const duration = fc.constantFrom('PT15M', 'PT1H', 'P1D', 'PT0S', 'P1M', '-PT5M');
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary);
const optionally = <T extends object>(required: { [K in keyof T]?: fc.Arbitrary<T[K]> }, optional: object) =>
  fc.record(
    { ...required, ...(optional as Record<string, fc.Arbitrary<unknown>>) },
    { requiredKeys: Object.keys(required) as never[] },
  );

const period30 = optionally({ start }, { duration, randomizeStart: duration });
const intervals = (period: fc.Arbitrary<unknown>) =>
  fc.array(
    optionally({ id: fc.nat(99), payloads: fc.array(valuesMap30, { maxLength: 2 }) }, { intervalPeriod: period }),
    { maxLength: 4 },
  );
const targets30 = nullable(fc.array(valuesMap30, { maxLength: 3 }));
const units = nullable(fc.constantFrom('KW', 'KWH'));
const eventDescriptor = optionally(
  { payloadType: name },
  { objectType: fc.constant('EVENT_PAYLOAD_DESCRIPTOR'), units, currency: nullable(fc.constant('EUR')) },
);
const REPORT = 'REPORT_PAYLOAD_DESCRIPTOR';
const descriptorOfReport = (objectTypes: readonly string[]) =>
  optionally(
    { payloadType: name },
    {
      objectType: fc.constantFrom(...objectTypes),
      units,
      readingType: nullable(fc.constant('DIRECT_READ')),
      accuracy: nullable(fc.constant(0.5)),
      confidence: nullable(fc.nat(100)),
    },
  );
const int = fc.integer({ min: -1, max: 99 });
const wantedFields = {
  aggregate: fc.boolean(),
  startInterval: int,
  numIntervals: int,
  historical: fc.boolean(),
  frequency: int,
  repeat: int,
};
const text = nullable(fc.string());

export const program30 = wire(
  optionally(
    { programName: name },
    {
      programLongName: text,
      retailerName: text,
      retailerLongName: text,
      programType: text,
      country: text,
      principalSubdivision: text,
      timeZoneOffset: duration,
      intervalPeriod: period30,
      programDescriptions: nullable(fc.array(fc.record({ URL: fc.webUrl() }), { maxLength: 2 })),
      bindingEvents: nullable(fc.boolean()),
      localPrice: nullable(fc.boolean()),
      payloadDescriptors: nullable(fc.array(fc.oneof(eventDescriptor, descriptorOfReport([REPORT])), { maxLength: 2 })),
      targets: targets30,
    },
  ),
);

export const event30 = wire(
  optionally(
    { programID: fc.constant('p'), intervals: intervals(period30) },
    {
      eventName: text,
      priority: nullable(fc.nat()),
      targets: targets30,
      reportDescriptors: nullable(
        fc.array(optionally({ payloadType: name }, { readingType: text, units, targets: targets30, ...wantedFields }), {
          maxLength: 2,
        }),
      ),
      payloadDescriptors: nullable(fc.array(eventDescriptor, { maxLength: 2 })),
      intervalPeriod: period30,
    },
  ),
);

export const report30 = wire(
  optionally(
    {
      programID: fc.constant('p'),
      eventID: fc.constant('e'),
      clientName: name,
      resources: fc.array(
        optionally({ resourceName: name, intervals: intervals(period30) }, { intervalPeriod: period30 }),
        { maxLength: 2 },
      ),
    },
    {
      reportName: text,
      payloadDescriptors: nullable(
        fc.array(descriptorOfReport([REPORT, 'EVENT_PAYLOAD_DESCRIPTOR']), { maxLength: 2 }),
      ),
    },
  ),
);

const attributes = nullable(fc.array(valuesMap30, { maxLength: 2 }));
export const resource30 = wire(optionally({ resourceName: name }, { attributes, targets: targets30 }));
export const ven30 = wire(optionally({ venName: name }, { attributes, targets: targets30 }));
export const subscription30 = wire(
  optionally(
    {
      clientName: name,
      programID: fc.constant('p'),
      objectOperations: fc.array(
        fc.record({
          objects: fc.subarray(['PROGRAM', 'EVENT', 'REPORT', 'SUBSCRIPTION', 'VEN', 'RESOURCE']),
          operations: fc.subarray(['READ', 'CREATE', 'UPDATE', 'DELETE', 'GET', 'POST', 'PUT']),
          callbackUrl: fc.webUrl(),
          bearerToken: fc.constant(null),
        }),
        { maxLength: 2 },
      ),
    },
    { targets: targets30 },
  ),
);

// ---------------------------------------------------------------- 3.1, as stored

const period31 = optionally(
  {},
  { start, duration: fc.oneof(duration, fc.constant('P9999Y')), randomizeStart: duration },
);
const targets31 = nullable(fc.array(fc.string({ minLength: 1, maxLength: 40 }), { maxLength: 4 }));
const attributes31 = nullable(
  fc.array(
    fc.oneof(
      valuesMap30,
      fc.record({
        type: fc.constantFrom('COUNTRY', 'BINDING_EVENTS', 'LOCAL', 'TIME_ZONE_OFFSET', 'PROGRAM_LONG_NAME'),
        values: fc.array(fc.oneof(value, duration), { maxLength: 2 }),
      }),
    ),
    { maxLength: 5 },
  ),
);

export const program31 = wire(
  optionally(
    { programName: name },
    {
      intervalPeriod: period31,
      payloadDescriptors: nullable(fc.array(eventDescriptor, { maxLength: 2 })),
      attributes: attributes31,
      targets: targets31,
    },
  ),
);

export const event31 = wire(
  optionally(
    { programID: fc.constant('p'), intervals: intervals(period31) },
    {
      eventName: text,
      duration: duration,
      priority: nullable(fc.nat()),
      targets: targets31,
      reportDescriptors: nullable(
        fc.array(
          optionally(
            { payloadType: name },
            {
              readingType: text,
              units,
              targets: targets31,
              reportIntervals: nullable(fc.constantFrom('INTERVALS', 'SUB_INTERVALS', 'OPEN_INTERVALS')),
              ...Object.fromEntries(
                Object.entries(wantedFields).map(([field, one]) => [field, nullable<unknown>(one)]),
              ),
            },
          ),
          { maxLength: 2 },
        ),
      ),
      intervalPeriod: period31,
    },
  ),
);
