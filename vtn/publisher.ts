import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { deliveryDayBounds } from '@openadr-gateway/shared/time/delivery-day.ts';
import { floorToSlot } from '@openadr-gateway/shared/time/slot.ts';
import { REGIONS } from './domain/markets.ts';
import { publishDays } from './publish/days.ts';
import { SOURCES } from './publish/kinds.ts';
import type { Days } from './publish/kinds.ts';
import { applyWanted, ensureProgram } from './publish/programs.ts';
import type { PublisherDeps } from './publish/programs.ts';
import { assetsByIds, assetsWithSubscription } from './store/assets.ts';
import { deleteEventsChanges, eventsByNames, listEvents } from './store/events.ts';
import { programByName } from './store/programs.ts';
import { specsOf } from './store/specs.ts';
import type { Store, Writer } from './store/store.ts';
import {
  dayEventName,
  horizon,
  isEventOf,
  KIND_NAMES,
  KINDS,
  PROGRAM_NAMES,
  subscriptionEventName,
} from './translation/plan.ts';
import type { Kind, ProgramName } from './translation/plan.ts';
import { subscriptionEvent } from './translation/translate.ts';

export { publishDays, daysOf } from './publish/days.ts';
export type { PublisherDeps } from './publish/programs.ts';

/** Subjects whose events are rolled in one transaction: so few that nobody who waits for it notices. */
const ROLL_CHUNK = 5;

/** Makes the programs that are missing. Found by name, so that they survive a restart. @returns the ids by name. */
export async function ensurePrograms(tx: Writer, deps: PublisherDeps): Promise<Record<ProgramName, string>> {
  const ids = {} as Record<ProgramName, string>;
  for (const name of PROGRAM_NAMES) ids[name] = await ensureProgram(tx, name, deps);
  return ids;
}

/** Makes the subscription event of each asset what its specs say; it also asks the asset for its reports. @returns how many changes it took */
export async function publishSpecs(tx: Writer, assetIds: readonly string[], deps: PublisherDeps): Promise<number> {
  const assets = await assetsByIds(tx.db, assetIds);
  if (assets.length === 0) return 0;
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
  return applyWanted(tx, programId, wanted, stored, deps);
}

/** The same for one asset. */
export async function publishSpec(tx: Writer, assetId: string, deps: PublisherDeps): Promise<void> {
  await publishSpecs(tx, [assetId], deps);
}

/** Takes back every event of an asset, site or inverter that is about to be deleted, with the reports that answer them. */
export async function withdraw(tx: Writer, id: string): Promise<void> {
  const doomed: Event[] = [];
  for (const name of PROGRAM_NAMES) {
    const program = await programByName(tx.db, name);
    const events = program ? await listEvents(tx.db, { programId: program.id, targets: [id] }) : [];
    doomed.push(...events.filter((event) => isEventOf(event.eventName, id)));
  }
  await tx.apply(await deleteEventsChanges(tx.db, doomed));
}

/** Takes back the events of one kind about a subject, whatever their targets, with the reports that answer them. */
export async function withdrawDays(tx: Writer, kind: Kind, id: string): Promise<void> {
  const program = await programByName(tx.db, KINDS[kind]);
  if (!program) return;
  const events = await listEvents(tx.db, { programId: program.id, namePrefix: dayEventName(kind, id, '') });
  await tx.apply(await deleteEventsChanges(tx.db, events));
}

/**
 * Publishes everything for every day of the horizon: at the start, which catches up after downtime, and when a new day has
 * begun in a market. Says nothing where nothing has changed.
 *
 * @param pace called after each small transaction; may wait, so that others get their turn, and may end the roll by throwing
 * @returns how many changes of events it took
 */
export async function rollHorizon(
  store: Store,
  deps: PublisherDeps,
  pace: () => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  await store.write((tx) => ensurePrograms(tx, deps));
  const names = unique(REGIONS.flatMap((region) => horizon(region, deps.clock.nowMs(), deps.horizonDays)));
  const bounds = names.flatMap((day) => REGIONS.map((region) => deliveryDayBounds(day, region)));
  const days: Days = {
    names,
    startMs: Math.min(...bounds.map(({ startMs }) => startMs)),
    endMs: Math.max(...bounds.map(({ endMs }) => endMs)),
  };
  let changes = 0;
  for (const kind of KIND_NAMES) {
    const ids = await store.read((db) => SOURCES[kind].idsWithRows(db, days));
    for (const some of piecesOf(ids)) {
      changes += await store.write((tx) => publishDays(tx, kind, some, names, deps));
      await pace();
    }
  }
  const subscribed = await store.read((db) => assetsWithSubscription(db));
  for (const some of piecesOf(subscribed)) {
    changes += await store.write((tx) => publishSpecs(tx, some, deps));
    await pace();
  }
  return changes;
}

function piecesOf(assetIds: readonly string[]): string[][] {
  const count = Math.ceil(assetIds.length / ROLL_CHUNK);
  return Array.from({ length: count }, (_, n) => assetIds.slice(n * ROLL_CHUNK, (n + 1) * ROLL_CHUNK));
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
