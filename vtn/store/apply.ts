import type { Insertable } from 'kysely';
import type { Report, StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import { conflict } from '../api/errors.ts';
import { chunked } from './chunks.ts';
import { eventRow, filedTargets, KINDS, programRow, reportRow, resourceRow, subscriptionRow, venRow } from './rows.ts';
import type { Collection, TargetTable } from './rows.ts';
import type { Database } from './schema.ts';
import type { Change, Db } from './store.ts';

type OutboxRow = Insertable<Database['outbox']>;

/**
 * Stores changes in their order: the object's row, its targets, and one outbox row each. Creations and deletions that follow
 * one another and are of the same kind go into shared statements.
 *
 * @returns the collections that were touched
 */
export async function applyChanges(db: Db, changes: readonly Change[], nowMs: number): Promise<Set<Collection>> {
  const touched = new Set<Collection>();
  const outbox: OutboxRow[] = [];
  for (const run of runs(changes)) {
    const [first] = run;
    touched.add(KINDS[first.object.objectType].collection);
    if (first.operation === 'UPDATE') outbox.push(await update(db, first, nowMs));
    else {
      const objects = run.map((change) => change.object);
      if (first.operation === 'CREATE') await create(db, objects);
      else await remove(db, objects);
      outbox.push(...run.map((change) => outboxRow(change, null, nowMs)));
    }
  }
  for (const rows of chunked(outbox)) await db.insertInto('outbox').values(rows).execute();
  return touched;
}

/** Neighbours with the same operation and type; updates stay alone. */
function runs(changes: readonly Change[]): [Change, ...Change[]][] {
  const result: [Change, ...Change[]][] = [];
  for (const change of changes) {
    const last = result.at(-1);
    const joins =
      last !== undefined &&
      change.operation !== 'UPDATE' &&
      last[0].operation === change.operation &&
      last[0].object.objectType === change.object.objectType;
    if (joins) last.push(change);
    else result.push([change]);
  }
  return result;
}

function outboxRow(change: Change, previous: string | null, nowMs: number): OutboxRow {
  return {
    operation: change.operation,
    object_type: change.object.objectType,
    object_id: change.object.id,
    body: JSON.stringify(change.object),
    previous,
    created_ms: nowMs,
  };
}

async function create(db: Db, objects: readonly StoredObject[]): Promise<void> {
  const rows = await rowsOf(db, objects);
  for (const chunk of chunked(rows)) await db.insertInto(collectionOf(objects)).values(chunk).execute();
  await insertTargets(db, objects);
}

async function remove(db: Db, objects: readonly StoredObject[]): Promise<void> {
  const collection = collectionOf(objects);
  let removed = 0n;
  for (const ids of chunked(objects.map((object) => object.id))) {
    const result = await db.deleteFrom(collection).where('id', 'in', ids).executeTakeFirst();
    removed += result.numDeletedRows;
  }
  if (removed !== BigInt(objects.length)) throw gone();
}

/** Updates one object. What it was before is read here when the change does not say it: the outbox needs it for routing. */
async function update(db: Db, change: Change, nowMs: number): Promise<OutboxRow> {
  const { object } = change;
  const collection = collectionOf([object]);
  const stored = change.previous
    ? JSON.stringify(change.previous)
    : (await db.selectFrom(collection).select('body').where('id', '=', object.id).executeTakeFirst())?.body;
  if (stored === undefined) throw gone();

  const [row] = await rowsOf(db, [object]);
  const result = await db
    .updateTable(collection)
    .set(row ?? {})
    .where('id', '=', object.id)
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) throw gone();

  const previous = change.previous ?? (JSON.parse(stored) as StoredObject);
  if (filedTargets(previous).join('\n') !== filedTargets(object).join('\n')) await replaceTargets(db, object);
  return outboxRow(change, stored, nowMs);
}

const gone = () => conflict('Changed meanwhile', 'The object was deleted while it was being changed. Read it again.');

/**
 * The tables differ in columns but not in how they are written, so one typed as `programs` stands for all six in the
 * statements above; `rowsOf` makes the row that the object's own table takes.
 */
function collectionOf(objects: readonly StoredObject[]): 'programs' {
  return KINDS[(objects[0] as StoredObject).objectType].collection as 'programs';
}

async function rowsOf(db: Db, objects: readonly StoredObject[]): Promise<Insertable<Database['programs']>[]> {
  const programOf = await programsOfReports(db, objects);
  return objects.map((object) => {
    switch (object.objectType) {
      case 'PROGRAM':
        return programRow(object);
      case 'EVENT':
        return eventRow(object);
      case 'VEN':
        return venRow(object);
      case 'RESOURCE':
        return resourceRow(object);
      case 'REPORT':
        return reportRow(object, programOf.get(object.eventID) ?? '');
      case 'SUBSCRIPTION':
        return subscriptionRow(object);
    }
  }) as Insertable<Database['programs']>[];
}

/** eventID -> programID of the events that the reports among the objects answer. */
async function programsOfReports(db: Db, objects: readonly StoredObject[]): Promise<Map<string, string>> {
  const reports = objects.filter((object): object is Report => object.objectType === 'REPORT');
  const programOf = new Map<string, string>();
  for (const ids of chunked([...new Set(reports.map((report) => report.eventID))])) {
    const events = await db.selectFrom('events').select(['id', 'program_id']).where('id', 'in', ids).execute();
    for (const event of events) programOf.set(event.id, event.program_id);
  }
  return programOf;
}

async function insertTargets(db: Db, objects: readonly StoredObject[]): Promise<void> {
  const filed = objects.flatMap((object) => filedTargets(object).map((target) => ({ id: object.id, target })));
  const targets = targetsOf(objects);
  if (!targets) return;
  for (const chunk of chunked(filed)) {
    const rows = chunk.map(({ id, target }) => ({ [targets.column]: id, target }));
    await db.insertInto(targets.table).values(rows).execute();
  }
}

async function replaceTargets(db: Db, object: StoredObject): Promise<void> {
  const targets = targetsOf([object]);
  if (targets) await db.deleteFrom(targets.table).where(targets.column, '=', object.id).execute();
  await insertTargets(db, [object]);
}

/** As with `collectionOf`: one of the four stands for all. */
function targetsOf(objects: readonly StoredObject[]): { table: 'program_targets'; column: 'program_id' } | undefined {
  const first = objects[0];
  return first && (KINDS[first.objectType].targets as { table: TargetTable & 'program_targets'; column: 'program_id' });
}
