import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { OpenAPIBackend } from 'openapi-backend';
import type { Document } from 'openapi-backend';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as dialect from '../../../shared/openadr/dialect-3.0.ts';
import { absoluteIntervals } from '../../../shared/openadr/intervals.ts';
import type { Event, Program, Report, Resource, Subscription, Ven } from '../../../shared/openadr/objects.ts';
import { addFormats } from '../../../vtn/api/formats.ts';
import { anEvent, aProgram, aReport, aResource, aVen } from '../../support/openadr-objects.ts';
import {
  event30,
  event31,
  program30,
  program31,
  report30,
  resource30,
  subscription30,
  ven30,
} from './arbitraries-3.0.ts';

type Body = Record<string, unknown>;

/** What the VTN says of an object. */
const meta = (objectType: string) => ({
  id: 'x',
  createdDateTime: '2026-01-01T00:00:00Z',
  modificationDateTime: '2026-01-01T00:00:00Z',
  objectType,
});
/** As sent, but for what a conversion may change: the objectType of descriptors is filled in. */
const descriptors = (body: Body, objectType?: string): Body => {
  const sent = body['payloadDescriptors'] as Body[] | null | undefined;
  return sent
    ? {
        ...body,
        payloadDescriptors: sent.map((d) => ({ objectType: objectType ?? (expect.any(String) as string), ...d })),
      }
    : body;
};
const ATTRIBUTE_FIELDS = [
  'programLongName',
  'retailerName',
  'retailerLongName',
  'programType',
  'country',
  'principalSubdivision',
  'bindingEvents',
  'localPrice',
];
const withoutNulls = (body: Body): Body =>
  Object.fromEntries(
    Object.entries(body).filter(([name, value]) => value !== null || !ATTRIBUTE_FIELDS.includes(name)),
  );

let api: OpenAPIBackend;
beforeAll(async () => {
  const text = readFileSync(new URL('../../../shared/openapi/openadr-3.0.1.yaml', import.meta.url), 'utf8');
  api = new OpenAPIBackend({
    definition: parse(text) as Document,
    quick: true,
    customizeAjv: (ajv) => addFormats(ajv),
  });
  await api.init();
});
/** What the 3.0.1 document finds wrong with an answer. */
const faults = (operation: string, answer: object) => api.validateResponse(answer, operation, 200).errors ?? [];

describe('what is sent in 3.0.1 comes back', () => {
  it('of a program', () => {
    fc.assert(
      fc.property(program30, (body) => {
        const stored = { ...meta('PROGRAM'), ...dialect.programFrom30(body as never) } as unknown as Program;
        const shown = dialect.programTo30(stored);
        expect(shown).toEqual({ ...meta('PROGRAM'), ...withoutNulls(descriptors(body)) });
        expect(faults('searchProgramByProgramId', shown)).toEqual([]);
      }),
    );
  });

  it('of an event', () => {
    fc.assert(
      fc.property(event30, (body) => {
        const stored = { ...meta('EVENT'), ...dialect.eventFrom30(body as never) } as unknown as Event;
        const shown = dialect.eventTo30(stored);
        expect(shown).toEqual({ ...meta('EVENT'), ...descriptors(body, 'EVENT_PAYLOAD_DESCRIPTOR') });
        expect(faults('searchEventsByID', shown)).toEqual([]);
      }),
    );
  });

  it('of a report, with the program of its event', () => {
    fc.assert(
      fc.property(report30, (body) => {
        const stored = {
          ...meta('REPORT'),
          clientID: 'c',
          ...dialect.reportFrom30(body as never),
        } as unknown as Report;
        const shown = dialect.reportTo30(stored, 'p');
        expect(shown).toEqual({ ...meta('REPORT'), ...descriptors(body, 'REPORT_PAYLOAD_DESCRIPTOR') });
        expect(faults('searchReportsByReportID', shown)).toEqual([]);
      }),
    );
  });

  it('of a ven, a resource and a subscription', () => {
    fc.assert(
      fc.property(ven30, resource30, subscription30, (ven, resource, subscription) => {
        const own = { ...meta('RESOURCE'), clientID: 'c' };
        const storedResource = { ...own, ...dialect.resourceFrom30(resource as never, 'v') } as unknown as Resource;
        const shownResource = dialect.resourceTo30(storedResource);
        expect(shownResource).toEqual({ ...meta('RESOURCE'), ...resource, venID: 'v' });

        const storedVen = { ...meta('VEN'), clientID: 'c', ...dialect.venFrom30(ven as never) } as unknown as Ven;
        const shownVen = dialect.venTo30(storedVen, [storedResource]);
        expect(shownVen).toEqual({ ...meta('VEN'), ...ven, resources: [shownResource] });
        expect(faults('searchVenByID', shownVen)).toEqual([]);

        const wish = { ...meta('SUBSCRIPTION'), clientID: 'c', ...dialect.subscriptionFrom30(subscription as never) };
        const shownWish = dialect.subscriptionTo30(wish as unknown as Subscription);
        expect(shownWish).toEqual({ ...meta('SUBSCRIPTION'), ...subscription });
        expect(faults('searchSubscriptionByID', shownWish)).toEqual([]);
      }),
    );
  });
});

describe('what 3.1 keeps', () => {
  it('reads as a valid program in 3.0.1, and loses nothing when that is sent back', () => {
    fc.assert(
      fc.property(program31, (fields) => {
        const program = { ...meta('PROGRAM'), ...fields } as unknown as Program;
        const shown = dialect.programTo30(program);
        expect(faults('searchProgramByProgramId', shown)).toEqual([]);
        const again = dialect.programFrom30(shown, program);
        const sorted = (list: unknown) => ((list ?? []) as object[]).map((a) => JSON.stringify(a)).sort();
        expect(sorted(again['attributes'])).toEqual(sorted(program.attributes));
        expect(again['targets']).toEqual(program.targets);
      }),
    );
  });

  it('reads as a valid event in 3.0.1, and loses nothing when that is sent back', () => {
    fc.assert(
      fc.property(event31, (fields) => {
        const event = { ...meta('EVENT'), ...fields } as unknown as Event;
        const shown = dialect.eventTo30(event);
        expect(faults('searchEventsByID', shown)).toEqual([]);
        const again = dialect.eventFrom30(shown, event) as unknown as Event;
        const durations = (e: Event) => [
          e.duration,
          e.intervalPeriod?.duration,
          ...e.intervals.map((i) => i.intervalPeriod?.duration),
        ];
        expect(durations(again)).toEqual(durations(event));
        expect(again.targets).toEqual(event.targets);
        const wanted = (e: Event) => (e.reportDescriptors ?? []).map((d) => [d.targets, d.reportIntervals]);
        expect(wanted(again)).toEqual(wanted(event));
      }),
    );
  });

  it('means the same times in 3.0.1', () => {
    fc.assert(
      fc.property(event31, (fields) => {
        const event = { ...meta('EVENT'), ...fields } as unknown as Event;
        const again = { ...meta('EVENT'), ...dialect.eventFrom30(dialect.eventTo30(event), event) } as unknown as Event;
        const times = (e: Event) => {
          const { duration: _, reportDescriptors: __, ...rest } = e;
          const intervals = rest.intervals.map((one, id) => ({ ...one, id, payloads: [] }));
          return absoluteIntervals({ ...rest, intervals }, { nowMs: 0 }).map(({ id, startMs, endMs }) => [
            id,
            startMs,
            endMs,
          ]);
        };
        let expected: number[][];
        try {
          expected = times(event);
        } catch {
          return; // An event whose times nobody can tell.
        }
        expect(times(again)).toEqual(expected);
      }),
    );
  });
});

describe('in detail', () => {
  const start = '2026-01-15T10:00:00Z';

  it('a plain target is a group', () => {
    const event = anEvent('e', 'p', { targets: ['north', 'south'] });
    expect(dialect.eventTo30(event).targets).toEqual([{ type: 'GROUP', values: ['north', 'south'] }]);
  });

  it('P9999Y is written as PT0S, and both are read as infinity at the end of a sequence', () => {
    const event = anEvent('e', 'p', { intervalPeriod: { start, duration: 'P9999Y' } });
    const shown = dialect.eventTo30(event);
    expect(shown.intervalPeriod).toEqual({ start, duration: 'PT0S' });
    for (const duration of ['PT0S', 'P9999Y']) {
      const body = { programID: 'p', intervals: [], intervalPeriod: { start, duration } };
      expect(dialect.eventFrom30(body)['intervalPeriod']).toEqual({ start, duration: 'P9999Y' });
      const program = { programName: 'p', intervalPeriod: { start, duration } };
      expect(dialect.programFrom30(program)['intervalPeriod']).toEqual({ start, duration: 'P9999Y' });
    }
  });

  it('PT0S in the midst, and in reports, stays what it is', () => {
    const instant = { start, duration: 'PT0S' };
    const intervals = [
      { id: 0, intervalPeriod: instant, payloads: [] },
      { id: 1, intervalPeriod: instant, payloads: [] },
    ];
    const event = dialect.eventFrom30({ programID: 'p', intervalPeriod: instant, intervals }) as unknown as Event;
    expect(event.intervalPeriod).toEqual(instant);
    expect(event.intervals.map((one) => one.intervalPeriod?.duration)).toEqual(['PT0S', 'P9999Y']);
    const report = { eventID: 'e', clientName: 'c', resources: [{ resourceName: 'r', intervals }] };
    expect(dialect.reportFrom30(report)).toEqual(report);
  });

  it('a period without a start gets the one that it has, or "right after" where nobody can tell', () => {
    const intervals = [
      { id: 0, intervalPeriod: { duration: 'PT1H' }, payloads: [] },
      { id: 1, intervalPeriod: { duration: 'PT2H' }, payloads: [] },
      { id: 2, payloads: [] },
    ];
    const starts = (at: string) =>
      dialect
        .eventTo30(anEvent('e', 'p', { intervalPeriod: { start: at }, intervals }))
        .intervals.map((one) => one.intervalPeriod?.start);
    expect(starts(start)).toEqual([start, '2026-01-15T11:00:00Z', undefined]);
    expect(starts('0001-01-01')).toEqual(['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z', undefined]);
    const report = aReport('r', 'e', {
      resources: [{ resourceName: 'r', intervals: [{ id: 0, intervalPeriod: {}, payloads: [] }] }],
    });
    expect(dialect.reportTo30(report, 'p').resources[0]?.intervals[0]?.intervalPeriod).toEqual({
      start: '0001-01-01T00:00:00Z',
    });
  });

  it('fields of a program are attributes in 3.1, and other attributes survive a PUT', () => {
    const sent = { programName: 'p', country: 'DE', bindingEvents: false, localPrice: true, timeZoneOffset: 'PT1H' };
    const other = { type: 'COLOUR', values: ['red'] };
    const previous = aProgram('p', { attributes: [{ type: 'COUNTRY', values: ['PL'] }, other] });
    const expected = [
      { type: 'COUNTRY', values: ['DE'] },
      { type: 'BINDING_EVENTS', values: [false] },
      { type: 'LOCAL', values: [true] },
      { type: 'TIME_ZONE_OFFSET', values: ['PT1H'] },
      other,
    ];
    expect(dialect.programFrom30(sent, previous)['attributes']).toEqual(expected);
    expect(dialect.programFrom30({ programName: 'p' })).not.toHaveProperty('attributes');
  });

  it('attributes that a field cannot say are not shown', () => {
    const attributes = [
      { type: 'COUNTRY', values: ['DE', 'PL'] },
      { type: 'BINDING_EVENTS', values: ['yes'] },
      { type: 'TIME_ZONE_OFFSET', values: ['+1'] },
    ];
    const shown = dialect.programTo30(aProgram('p', { attributes }));
    expect(Object.keys(shown).sort()).toEqual([...Object.keys(meta('')), 'programName'].sort());
  });

  it.each([
    [{ payloadType: 'USAGE' }, 'REPORT'],
    [{ payloadType: 'PRICE' }, 'EVENT'],
    [{ payloadType: 'OURS' }, 'EVENT'],
    [{ payloadType: 'OURS', readingType: 'DIRECT_READ' }, 'REPORT'],
    [{ payloadType: 'USAGE', currency: 'EUR' }, 'EVENT'],
    [{ payloadType: 'USAGE', objectType: 'EVENT_PAYLOAD_DESCRIPTOR' as const }, 'EVENT'],
  ])('a program descriptor %o is one of a %s payload', (descriptor, kind) => {
    const [typed] = dialect.programFrom30({ programName: 'p', payloadDescriptors: [descriptor] })[
      'payloadDescriptors'
    ] as Body[];
    expect(typed).toEqual({ ...descriptor, objectType: `${kind}_PAYLOAD_DESCRIPTOR` });
  });

  it('3.0.1 does not know whose an object is', () => {
    const ven = aVen('v');
    expect(dialect.venTo30(ven, [aResource('r', 'v')])).not.toHaveProperty('clientID');
    expect(dialect.resourceTo30(aResource('r', 'v'))).not.toHaveProperty('clientID');
    expect(dialect.reportTo30(aReport('r', 'e'), 'p')).not.toHaveProperty('clientID');
  });

  it('a target that 3.1 cannot hold is refused with its path', () => {
    const targets = [{ type: 'GROUP', values: ['x'.repeat(129)] }];
    const body = { programID: 'p', intervals: [], reportDescriptors: [{ payloadType: 'USAGE', targets }] };
    expect(() => dialect.eventFrom30(body)).toThrow(/^reportDescriptors\[0\]\.targets\[0\]\.values\[0\]: /);
    expect(() => dialect.programFrom30({ programName: 'p', targets })).toThrow(/^targets\[0\]\.values\[0\]: /);
  });
});
