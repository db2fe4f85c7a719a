import type { Logger } from 'pino';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import type { Event, Program } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { deleteEventsChanges } from '../store/events.ts';
import { programByName } from '../store/programs.ts';
import type { Writer } from '../store/store.ts';
import { payloadDescriptors, PROGRAMS } from '../translation/plan.ts';
import type { ProgramName } from '../translation/plan.ts';
import { reconcile } from '../translation/reconcile.ts';
import type { WantedEvent } from '../translation/translate.ts';

export interface PublisherDeps {
  clock: Clock;
  ids: IdSource;
  /** Events are made for delivery days from today to so many days later. */
  horizonDays: number;
  /** Markets whose reservations are reserved, not delivered, such as `FCR*`; the usual ones when left out. */
  capacityProducts?: readonly string[];
  log?: Pick<Logger, 'warn'>;
}

/** The id of a program, which is made when it is missing. */
export async function ensureProgram(tx: Writer, name: ProgramName, deps: PublisherDeps): Promise<string> {
  const found = await programByName(tx.db, name);
  if (found) return found.id;
  const now = formatDateTime(deps.clock.nowMs());
  const { longName, attributes = {} } = PROGRAMS[name];
  const object: Program = {
    id: deps.ids.next(),
    createdDateTime: now,
    modificationDateTime: now,
    objectType: 'PROGRAM',
    programName: name,
    payloadDescriptors: payloadDescriptors(name),
    attributes: [
      { type: 'PROGRAM_LONG_NAME', values: [longName] },
      ...Object.entries(attributes).map(([type, value]) => ({ type, values: [value] })),
    ],
  };
  await tx.apply([{ operation: 'CREATE', object }]);
  return object.id;
}

/** Makes the stored events of a program the wanted ones, with the fewest changes. @returns how many */
export async function applyWanted(
  tx: Writer,
  programId: string,
  wanted: readonly WantedEvent[],
  stored: readonly Event[],
  deps: PublisherDeps,
): Promise<number> {
  const changes = reconcile(wanted, stored, {
    programId,
    nowMs: deps.clock.nowMs(),
    newId: () => deps.ids.next(),
  });
  const gone = changes.flatMap((change) => (change.operation === 'DELETE' ? [change.object as Event] : []));
  const rest = changes.filter((change) => change.operation !== 'DELETE');
  if (changes.length > 0) await tx.apply([...(gone.length > 0 ? await deleteEventsChanges(tx.db, gone) : []), ...rest]);
  return changes.length;
}
