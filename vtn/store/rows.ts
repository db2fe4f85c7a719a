import type { Insertable } from 'kysely';
import { eventEndMs } from '@openadr-gateway/shared/openadr/intervals.ts';
import type {
  Event,
  Program,
  Report,
  Resource,
  StoredObject,
  Subscription,
  Ven,
} from '@openadr-gateway/shared/openadr/objects.ts';
import type { Database } from './schema.ts';
import type { Versions } from './store.ts';

export type Collection = keyof Versions;
export type TargetTable = 'program_targets' | 'event_targets' | 'ven_targets' | 'resource_targets';

/**
 * The target under which programs and events without targets are filed: "everybody's". No client can send it, since a target
 * has at least one character (`target.minLength`). With it, what a VEN may see is one walk through an index.
 */
export const EVERYBODY = '';

export interface Kind {
  collection: Collection;
  /** Where the targets are filed; reports have none, and nobody looks for subscriptions by theirs. */
  targets?: { table: TargetTable; column: string; everybody: boolean };
}

export const KINDS: Readonly<Record<StoredObject['objectType'], Kind>> = {
  PROGRAM: { collection: 'programs', targets: { table: 'program_targets', column: 'program_id', everybody: true } },
  EVENT: { collection: 'events', targets: { table: 'event_targets', column: 'event_id', everybody: true } },
  VEN: { collection: 'vens', targets: { table: 'ven_targets', column: 'ven_id', everybody: false } },
  RESOURCE: {
    collection: 'resources',
    targets: { table: 'resource_targets', column: 'resource_id', everybody: false },
  },
  REPORT: { collection: 'reports' },
  SUBSCRIPTION: { collection: 'subscriptions' },
};

/** What every object's row has. */
function common(object: StoredObject) {
  return {
    id: object.id,
    created_ms: Date.parse(object.createdDateTime),
    modified_ms: Date.parse(object.modificationDateTime),
    body: JSON.stringify(object),
  };
}

export const programRow = (program: Program): Insertable<Database['programs']> => ({
  ...common(program),
  name: program.programName,
});

export const eventRow = (event: Event): Insertable<Database['events']> => {
  const row = common(event);
  return {
    ...row,
    program_id: event.programID,
    name: event.eventName ?? null,
    priority: event.priority ?? null,
    ends_ms: endsMs(event, row.created_ms),
  };
};

export const venRow = (ven: Ven): Insertable<Database['vens']> => ({
  ...common(ven),
  client_id: ven.clientID,
  name: ven.venName,
});

export const resourceRow = (resource: Resource): Insertable<Database['resources']> => ({
  ...common(resource),
  ven_id: resource.venID,
  client_id: resource.clientID,
  name: resource.resourceName,
});

/** @param programId of the event that the report answers; OpenADR 3.1 reports do not say it themselves */
export const reportRow = (report: Report, programId: string): Insertable<Database['reports']> => ({
  ...common(report),
  event_id: report.eventID,
  program_id: programId,
  client_id: report.clientID,
  client_name: report.clientName,
  name: report.reportName ?? null,
});

export const subscriptionRow = (subscription: Subscription): Insertable<Database['subscriptions']> => ({
  ...common(subscription),
  program_id: subscription.programID ?? null,
  client_id: subscription.clientID,
  client_name: subscription.clientName,
  objects: `,${[...new Set(subscription.objectOperations.flatMap((entry) => entry.objects))].join(',')},`,
});

/** The targets under which an object is filed, each once. */
export function filedTargets(object: StoredObject): string[] {
  const kind = KINDS[object.objectType];
  if (!kind.targets || object.objectType === 'REPORT') return [];
  const targets = [...new Set(object.targets ?? [])];
  return targets.length === 0 && kind.targets.everybody ? [EVERYBODY] : targets;
}

/** NULL when the event never ends, or when nobody can tell: then it counts as active, which hides nothing. */
function endsMs(event: Event, createdMs: number): number | null {
  const endMs = eventEndMs(event, createdMs);
  return Number.isSafeInteger(endMs) ? endMs : null;
}
