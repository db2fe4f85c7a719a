import type { Logger } from 'pino';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import type { Event, Program } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { deliveryDayBounds, deliveryDayOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import { floorToSlot } from '@openadr-gateway/shared/time/slot.ts';
import { afterBands } from './domain/asset-status.ts';
import type { InfeasibleDay } from './domain/asset-status.ts';
import { appendStatuses, latestEntries, statusRow } from './store/asset-statuses.ts';
import { assetsByIds, assetsWithLimits, assetsWithSubscription } from './store/assets.ts';
import type { AssetRow } from './store/assets.ts';
import { deleteEventsChanges, eventsByNames, listEvents } from './store/events.ts';
import { periodLimitsOf } from './store/period-limits.ts';
import type { PeriodLimitRow } from './store/period-limits.ts';
import { programByName } from './store/programs.ts';
import { specsOf } from './store/specs.ts';
import type { Store, Writer } from './store/store.ts';
import {
  horizon,
  isEventOf,
  limitsEventName,
  payloadDescriptors,
  PROGRAM_NAMES,
  PROGRAMS,
  subscriptionEventName,
} from './translation/plan.ts';
import type { ProgramName } from './translation/plan.ts';
import { keepPast, reconcile } from './translation/reconcile.ts';
import { limitsEvent, limitsSpans, subscriptionEvent } from './translation/translate.ts';
import type { WantedEvent } from './translation/translate.ts';

export interface PublisherDeps {
  clock: Clock;
  ids: IdSource;
  /** Events are made for delivery days from today to so many days later. */
  horizonDays: number;
  log?: Pick<Logger, 'warn'>;
}

/** Assets whose events are rolled in one transaction, so that others can write in between. */
const ROLL_CHUNK = 50;

/** Makes the programs that are missing. Found by name, so that they survive a restart. @returns the ids by name. */
export async function ensurePrograms(tx: Writer, deps: PublisherDeps): Promise<Record<ProgramName, string>> {
  const ids = {} as Record<ProgramName, string>;
  for (const name of PROGRAM_NAMES) ids[name] = await ensureProgram(tx, name, deps);
  return ids;
}

/**
 * Makes the stored limit events of some assets what their period limits say, for those of the delivery days that lie within
 * the horizon. Runs inside the transaction that wrote the rows. What was said about slots that are over stays.
 */
export async function publishLimits(
  tx: Writer,
  assetIds: readonly string[],
  days: readonly string[],
  deps: PublisherDeps,
): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const wantedDays = new Set(days);
  const subjects = (await assetsByIds(tx.db, assetIds)).flatMap((asset) =>
    horizon(asset.region as Region, nowMs, deps.horizonDays)
      .filter((day) => wantedDays.has(day))
      .map((day) => ({ asset, day, name: limitsEventName(asset.id, day) })),
  );
  if (subjects.length === 0) return;
  const programId = await ensureProgram(tx, 'capacity-limits', deps);
  const names = subjects.map((subject) => subject.name);
  const stored = await eventsByNames(tx.db, programId, names);
  const storedByName = new Map([...stored].reverse().map((event) => [event.eventName, event]));
  const publishedDays = [...new Set(subjects.map((subject) => subject.day))];
  const rows = new Map<string, PeriodLimitRow[]>(names.map((name) => [name, []]));
  for (const row of await periodLimitsOf(tx.db, unique(subjects.map((s) => s.asset.id)), publishedDays)) {
    rows.get(limitsEventName(row.asset_id, row.delivery_day))?.push(row);
  }
  const bands = new Map<string, InfeasibleDay[]>();
  const wanted = subjects.flatMap(({ asset, day, name }): WantedEvent[] => {
    const { spans, infeasible } = limitsSpans((rows.get(name) ?? []).map(toSlotLimits));
    bands.set(asset.id, [...(bands.get(asset.id) ?? []), { day, slotsMs: infeasible }]);
    const [firstMs] = infeasible;
    if (firstMs !== undefined) {
      const where = { assetId: asset.id, firstSlot: formatDateTime(firstMs), slots: infeasible.length };
      deps.log?.warn(where, 'energy_low is above energy_high; published as computed');
    }
    const { startMs } = deliveryDayBounds(day, asset.region as Region);
    const event = limitsEvent(asset.id, day, keepPast(spans, storedByName.get(name), startMs, floorToSlot(nowMs)));
    return event ? [event] : [];
  });
  await applyWanted(tx, programId, wanted, stored, deps);
  await markBands(tx, bands, new Map(subjects.map(({ asset }) => [asset.id, asset.region as Region])), nowMs);
}

/** Marks on the assets' statuses which days have energy bands that nothing can satisfy. */
async function markBands(
  tx: Writer,
  bands: ReadonlyMap<string, InfeasibleDay[]>,
  regions: ReadonlyMap<string, Region>,
  nowMs: number,
): Promise<void> {
  const latest = await latestEntries(tx.db, [...bands.keys()]);
  const entries = [...bands].flatMap(([assetId, days]) => {
    const today = deliveryDayOf(nowMs, regions.get(assetId) ?? 'DE');
    const entry = afterBands(latest.get(assetId), days, today, nowMs);
    return entry ? [statusRow(assetId, entry, nowMs)] : [];
  });
  await appendStatuses(tx.db, entries);
}

/** Makes the subscription event of each asset what its specs say; it also asks the asset for its reports. */
export async function publishSpecs(tx: Writer, assetIds: readonly string[], deps: PublisherDeps): Promise<void> {
  const assets = await assetsByIds(tx.db, assetIds);
  if (assets.length === 0) return;
  const programId = await ensureProgram(tx, 'capacity-subscription', deps);
  const stored = await eventsByNames(
    tx.db,
    programId,
    assets.map((asset) => subscriptionEventName(asset.id)),
  );
  const specs = await specsOf(
    tx.db,
    assets.map((asset) => asset.id),
  );
  const wanted = assets.map((asset) =>
    subscriptionEvent(
      { id: asset.id, type: asset.type, sinceMs: floorToSlot(asset.created_ms) },
      specs
        .filter((spec) => spec.asset_id === asset.id)
        .map((spec) => ({
          validFromMs: spec.valid_from_ms,
          validToMs: spec.valid_to_ms,
          gridConnectionMaxPowerW: spec.grid_connection_max_power_w,
        })),
      deps.clock.nowMs(),
    ),
  );
  await applyWanted(tx, programId, wanted, stored, deps);
}

/** The same for one asset. */
export async function publishSpec(tx: Writer, assetId: string, deps: PublisherDeps): Promise<void> {
  await publishSpecs(tx, [assetId], deps);
}

/** Takes back every event of an asset that is about to be deleted, with the reports that answer them. */
export async function withdrawAsset(tx: Writer, asset: AssetRow): Promise<void> {
  const doomed: Event[] = [];
  for (const name of PROGRAM_NAMES) {
    const program = await programByName(tx.db, name);
    const events = program ? await listEvents(tx.db, { programId: program.id, targets: [asset.id] }) : [];
    doomed.push(...events.filter((event) => isEventOf(event.eventName, asset.id)));
  }
  await tx.apply(await deleteEventsChanges(tx.db, doomed));
}

/**
 * Publishes every asset for every day of the horizon: at the start, which catches up after downtime, and at each market's
 * local midnight. Says nothing where nothing has changed.
 */
export async function rollHorizon(store: Store, deps: PublisherDeps): Promise<void> {
  await store.write((tx) => ensurePrograms(tx, deps));
  const days = unique(
    (['DE', 'PL'] as const).flatMap((region) => horizon(region, deps.clock.nowMs(), deps.horizonDays)),
  );
  const limited = await store.read((db) => assetsWithLimits(db, days));
  for (const some of piecesOf(limited)) await store.write((tx) => publishLimits(tx, some, days, deps));
  const subscribed = await store.read((db) => assetsWithSubscription(db));
  for (const some of piecesOf(subscribed)) await store.write((tx) => publishSpecs(tx, some, deps));
}

function piecesOf(assetIds: readonly string[]): string[][] {
  const count = Math.ceil(assetIds.length / ROLL_CHUNK);
  return Array.from({ length: count }, (_, n) => assetIds.slice(n * ROLL_CHUNK, (n + 1) * ROLL_CHUNK));
}

async function ensureProgram(tx: Writer, name: ProgramName, deps: PublisherDeps): Promise<string> {
  const found = await programByName(tx.db, name);
  if (found) return found.id;
  const now = formatDateTime(deps.clock.nowMs());
  const object: Program = {
    id: deps.ids.next(),
    createdDateTime: now,
    modificationDateTime: now,
    objectType: 'PROGRAM',
    programName: name,
    payloadDescriptors: payloadDescriptors(name),
    attributes: [{ type: 'PROGRAM_LONG_NAME', values: [PROGRAMS[name].longName] }],
  };
  await tx.apply([{ operation: 'CREATE', object }]);
  return object.id;
}

async function applyWanted(
  tx: Writer,
  programId: string,
  wanted: readonly WantedEvent[],
  stored: readonly Event[],
  deps: PublisherDeps,
): Promise<void> {
  const changes = reconcile(wanted, stored, {
    programId,
    nowMs: deps.clock.nowMs(),
    newId: () => deps.ids.next(),
  });
  const gone = changes.flatMap((change) => (change.operation === 'DELETE' ? [change.object as Event] : []));
  const rest = changes.filter((change) => change.operation !== 'DELETE');
  if (changes.length > 0) await tx.apply([...(gone.length > 0 ? await deleteEventsChanges(tx.db, gone) : []), ...rest]);
}

function toSlotLimits(row: PeriodLimitRow) {
  return {
    startMs: row.start_ms,
    powerChargeW: row.power_charge_w,
    powerDischargeW: row.power_discharge_w,
    energyLowWh: row.energy_low_wh,
    energyHighWh: row.energy_high_wh,
    tradingLocked: row.trading_locked === null ? null : row.trading_locked === 1,
  };
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
