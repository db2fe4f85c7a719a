import { deliveryDayBounds, deliveryDayOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import { floorToSlot } from '@openadr-gateway/shared/time/slot.ts';
import { afterBands, newBands } from '../domain/asset-status.ts';
import type { InfeasibleDay } from '../domain/asset-status.ts';
import { appendStatuses, latestEntries, statusRow } from '../store/asset-statuses.ts';
import { countUp, INFEASIBLE_BANDS } from '../store/counters.ts';
import { eventsByNames } from '../store/events.ts';
import { staleBySubjects } from '../store/stale-schedules.ts';
import type { Writer } from '../store/store.ts';
import { dayEventName, horizon, KINDS } from '../translation/plan.ts';
import type { Kind } from '../translation/plan.ts';
import { keepPast } from '../translation/reconcile.ts';
import { dayEvent } from '../translation/translate.ts';
import type { WantedEvent } from '../translation/translate.ts';
import { SOURCES } from './kinds.ts';
import type { Days } from './kinds.ts';
import { applyWanted, ensureProgram } from './programs.ts';
import type { PublisherDeps } from './programs.ts';

/**
 * Makes the stored events of one kind for some subjects what their rows say, for those of the delivery days that lie within
 * the horizon. Runs inside the transaction that wrote the rows. What was said about slots that are over stays.
 *
 * @returns how many changes of events it took
 */
export async function publishDays(
  tx: Writer,
  kind: Kind,
  ids: readonly string[],
  days: readonly string[],
  deps: PublisherDeps,
): Promise<number> {
  const nowMs = deps.clock.nowMs();
  const daysIn = openDays(days, nowMs, deps);
  const subjects = (await SOURCES[kind].subjects(tx.db, ids)).flatMap(({ id, region, ...particulars }) =>
    daysIn[region].map(({ day, bounds }) => ({
      id,
      region,
      particulars,
      day,
      bounds,
      name: dayEventName(kind, id, day),
    })),
  );
  if (subjects.length === 0) return 0;
  const programId = await ensureProgram(tx, KINDS[kind], deps);
  const names = subjects.map((subject) => subject.name);
  const stored = await eventsByNames(tx.db, programId, names);
  const storedByName = new Map([...stored].reverse().map((event) => [event.eventName, event]));
  const published: Days = {
    names: [...new Set(subjects.map(({ day }) => day))],
    startMs: Math.min(...subjects.map(({ bounds }) => bounds.startMs)),
    endMs: Math.max(...subjects.map(({ bounds }) => bounds.endMs)),
  };
  const said = await SOURCES[kind].load(tx.db, [...new Set(subjects.map(({ id }) => id))], published, deps);
  const bands = new Map<string, { region: Region; days: InfeasibleDay[] }>();
  const wanted = subjects.flatMap(({ id, region, particulars, day, bounds, name }): WantedEvent[] => {
    const { spans, infeasible } = said(id, day, bounds);
    if (infeasible) bands.set(id, { region, days: [...(bands.get(id)?.days ?? []), { day, slotsMs: infeasible }] });
    const kept = keepPast(spans, storedByName.get(name), bounds.startMs, floorToSlot(nowMs));
    const event = dayEvent(kind, id, day, kept, particulars);
    return event ? [event] : [];
  });
  const changes = await applyWanted(tx, programId, wanted, stored, deps);
  await markBands(tx, bands, deps);
  if (changes > 0) await staleBySubjects(tx.db, kind, ids, nowMs);
  return changes;
}

/** Those of the days that lie within the horizon of each market. */
function openDays(days: readonly string[], nowMs: number, { horizonDays }: PublisherDeps) {
  const daysIn = (region: Region) =>
    horizon(region, nowMs, horizonDays)
      .filter((day) => days.includes(day))
      .map((day) => ({ day, bounds: deliveryDayBounds(day, region) }));
  return { DE: daysIn('DE'), PL: daysIn('PL') } satisfies Record<Region, unknown>;
}

/** The delivery days of the horizon that a period touches: the only ones that have events to change. */
export function daysOf(region: Region, startMs: number, endMs: number, deps: PublisherDeps): string[] {
  const [first, last] = [deliveryDayOf(startMs, region), deliveryDayOf(endMs - 1, region)];
  return horizon(region, deps.clock.nowMs(), deps.horizonDays).filter((day) => first <= day && day <= last);
}

/** Marks on the assets' statuses which days have energy bands that nothing can satisfy. What is new is logged and counted. */
async function markBands(
  tx: Writer,
  bands: ReadonlyMap<string, { region: Region; days: InfeasibleDay[] }>,
  { clock, log }: PublisherDeps,
): Promise<void> {
  const nowMs = clock.nowMs();
  const latest = await latestEntries(tx.db, [...bands.keys()]);
  let marked = 0;
  const entries = [...bands].flatMap(([assetId, { region, days }]) => {
    const before = latest.get(assetId);
    const entry = afterBands(before, days, deliveryDayOf(nowMs, region), nowMs);
    if (!entry) return [];
    for (const { detail, attributes } of newBands(before, entry)) {
      marked += 1;
      log?.warn({ assetId, ...attributes }, detail);
    }
    return [statusRow(assetId, entry, nowMs)];
  });
  await appendStatuses(tx.db, entries);
  if (marked > 0) await countUp(tx.db, INFEASIBLE_BANDS, marked);
}
