import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';

/** Which event a resource's reports answer. */
export interface ReportRequest {
  resourceName: string;
  eventId: string;
}

/** What this agent can report on; a request for other things alone is not for it. */
const OFFERED = new Set([
  'STORAGE_CHARGE_LEVEL',
  'STORAGE_USABLE_CAPACITY',
  'DEMAND',
  'USAGE',
  'OPERATING_STATE',
  'SETPOINT',
]);

/**
 * The standing report request of each resource: the event that carries reportDescriptors and names the resource among
 * its targets. Where several do, the one that was created last, then the lowest id.
 */
export function reportPlan(events: readonly Event[], resourceNames: readonly string[]): ReportRequest[] {
  const asking = events
    .filter((event) => event.reportDescriptors?.some(({ payloadType }) => OFFERED.has(payloadType)))
    .sort((a, b) => b.createdDateTime.localeCompare(a.createdDateTime) || a.id.localeCompare(b.id));
  return resourceNames.flatMap((resourceName) => {
    const event = asking.find(({ targets }) => targets?.includes(resourceName));
    return event === undefined ? [] : [{ resourceName, eventId: event.id }];
  });
}
