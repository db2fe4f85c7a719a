import { describe, expect, it } from 'vitest';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { reportPlan } from '../../../ven-agent/reporting/report-plan.ts';
import { event } from '../builders.ts';

const asking = (fields: Partial<Event>, payloadType = 'DEMAND') =>
  event([], { reportDescriptors: [{ payloadType, repeat: -1 }] as never, ...fields });

describe('the report plan', () => {
  it('answers the event that asks and names the resource', () => {
    const events = [event([]), asking({ id: 'a', targets: ['PV_1'] }), asking({ id: 'b', targets: ['BESS_1'] })];
    expect(reportPlan(events, ['BESS_1', 'PV_1', 'PV_2'])).toEqual([
      { resourceName: 'BESS_1', eventId: 'b' },
      { resourceName: 'PV_1', eventId: 'a' },
    ]);
  });

  it('answers the latest of several requests', () => {
    const late = asking({ id: 'late', createdDateTime: '2026-06-02T00:00:00Z' });
    expect(reportPlan([asking({ id: 'early' }), late], ['BESS_1'])).toMatchObject([{ eventId: 'late' }]);
  });

  it('leaves requests alone for things that it cannot measure', () => {
    expect(reportPlan([asking({}, 'BASELINE'), event([], { reportDescriptors: null as never })], ['BESS_1'])).toEqual(
      [],
    );
  });
});
