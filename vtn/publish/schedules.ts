import type { ScheduleEntry } from '../scheduling/schedule.ts';
import type { DeviceRow } from '../store/devices.ts';
import { deleteEventsChanges, eventsByNames } from '../store/events.ts';
import { programByName } from '../store/programs.ts';
import type { Writer } from '../store/store.ts';
import { scheduleEventName } from '../translation/plan.ts';
import { keepPast } from '../translation/reconcile.ts';
import { scheduleEvent, scheduleSpan } from '../translation/translate.ts';
import { applyWanted, ensureProgram } from './programs.ts';
import type { PublisherDeps } from './programs.ts';

/** What a schedule has said stays in its event for so long. */
const PAST_MS = 86_400_000;

/**
 * Makes the event of a device say what its schedule says from now on; what an earlier one has said until now stays. Runs inside
 * the transaction that stores the schedule. A device in test mode, or without an asset, has no event.
 */
export async function publishSchedule(
  tx: Writer,
  device: DeviceRow,
  entries: readonly ScheduleEntry[],
  fromMs: number,
  deps: PublisherDeps,
): Promise<void> {
  if (device.asset_id === null || device.live_mode === 0) return;
  const programId = await ensureProgram(tx, 'schedules', deps);
  const stored = await eventsByNames(tx.db, programId, [scheduleEventName(device.id)]);
  const spans = keepPast(entries.map(scheduleSpan), stored[0], fromMs - PAST_MS, fromMs);
  const event = scheduleEvent(device.id, device.asset_id, spans);
  await applyWanted(tx, programId, event ? [event] : [], stored, deps);
}

/** Takes back the event of a device that follows no schedule any more, with the reports that answer it. */
export async function withdrawSchedule(tx: Writer, deviceId: string): Promise<void> {
  const program = await programByName(tx.db, 'schedules');
  if (!program) return;
  const stored = await eventsByNames(tx.db, program.id, [scheduleEventName(deviceId)]);
  await tx.apply(await deleteEventsChanges(tx.db, stored));
}
