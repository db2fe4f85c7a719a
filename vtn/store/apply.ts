import type { Insertable } from 'kysely';
import type { Event, Report, StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import { conflict } from '../api/errors.ts';
import { chunked } from './chunks.ts';
import { fileEventAnew, fileNewEvents, fileProgramAnew, rankEvent, type EventRow } from './event-audience.ts';
import { kept } from './kept.ts';
import { parsedOrUndefined } from './lists.ts';
import { eventRow, filedTargets, KINDS, programRow, reportRow, resourceRow, subscriptionRow, venRow } from './rows.ts';
import type { Collection, TargetTable } from './rows.ts';
import type { Database } from './schema.ts';
import type { Change, Db } from './store.ts';

type OutboxRow = Insertable<Database['outbox']>;
type ObjectRow = Insertable<Database['programs']>;

/**
 * The statements of a collection. The tables differ in columns but not in how they are written, so one typed as `programs`
 * stands for all six; `rowsOf` makes the row that the object's own table takes.
 */
function statementsOf(table: 'programs') {
  return {
    insert: kept((db, rows: readonly ObjectRow[]) => db.insertInto(table).values(rows)),
    update: kept((db, id: string, row: ObjectRow) => db.updateTable(table).set(row).where('id', '=', id)),
    remove: kept((db, ids: readonly string[]) => db.deleteFrom(table).where('id', 'in', ids)),
    bodyOf: kept((db, id: string) => db.selectFrom(table).select('body').where('id', '=', id)),
  };
}

const STATEMENTS = Object.fromEntries(
  Object.values(KINDS).map(({ collection }) => [collection, statementsOf(collection as 'programs')]),
) as Record<Collection, ReturnType<typeof statementsOf>>;

const insertOutbox = kept((db, rows: readonly OutboxRow[]) => db.insertInto('outbox').values(rows));

const programsOfEvents = kept((db, ids: readonly string[]) =>
  db.selectFrom('events').select(['id', 'program_id']).where('id', 'in', ids),
);

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
    if (first.operation === 'UPDATE') outbox.push(await updateOne(db, first, nowMs));
    else {
      const objects = run.map((change) => change.object);
      const bodies = first.operation === 'CREATE' ? await create(db, objects) : await remove(db, objects);
      run.forEach((change, i) => outbox.push(outboxRow(change, bodies[i] ?? '', null, nowMs)));
    }
  }
  for (const rows of chunked(outbox)) await insertOutbox(db, rows);
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

function outboxRow(change: Change, body: string, previous: string | null, nowMs: number): OutboxRow {
  return {
    operation: change.operation,
    object_type: change.object.objectType,
    object_id: change.object.id,
    body,
    previous,
    created_ms: nowMs,
  };
}

/** @returns the objects' JSON texts */
async function create(db: Db, objects: readonly StoredObject[]): Promise<string[]> {
  const rows = await rowsOf(db, objects);
  for (const chunk of chunked(rows)) await statements(objects).insert(db, chunk);
  await insertTargets(db, objects);
  if (objects[0]?.objectType === 'EVENT') {
    await fileNewEvents(
      db,
      objects.map((object) => object.id),
    );
  }
  return rows.map((row) => row.body);
}

/** @returns the objects' JSON texts */
async function remove(db: Db, objects: readonly StoredObject[]): Promise<string[]> {
  let removed = 0n;
  for (const ids of chunked(objects.map((object) => object.id))) {
    removed += (await statements(objects).remove(db, ids)).numAffectedRows ?? 0n;
  }
  if (removed !== BigInt(objects.length)) throw gone();
  return objects.map((object) => JSON.stringify(object));
}

/** Updates one object. What it was before is read here when the change does not say it: the outbox needs it for routing. */
async function updateOne(db: Db, change: Change, nowMs: number): Promise<OutboxRow> {
  const { object } = change;
  const { bodyOf, update } = statements([object]);
  const previous = change.previous ?? parsedOrUndefined<StoredObject>((await bodyOf(db, object.id)).rows[0]?.body);
  if (previous === undefined) throw gone();

  const [row, before] = (await rowsOf(db, [object, previous])) as [ObjectRow, ObjectRow];
  const changed = changedColumns(row, before);
  if ((await update(db, object.id, changed)).numAffectedRows !== 1n) throw gone();

  const hasOtherTargets = filedTargets(previous).join('\n') !== filedTargets(object).join('\n');
  if (hasOtherTargets) await replaceTargets(db, object);
  if (object.objectType === 'PROGRAM' && hasOtherTargets) await fileProgramAnew(db, object.id);
  if (object.objectType === 'EVENT') {
    const hasMoved = (previous as Event).programID !== object.programID;
    if (hasMoved || hasOtherTargets) await fileEventAnew(db, object.id);
    else if ('priority' in changed || 'ends_ms' in changed) await rankEvent(db, row as unknown as EventRow);
  }
  return outboxRow(change, row.body, before.body, nowMs);
}

/** What an update has to write: a column that is named is written anew in every index that has it, changed or not. */
function changedColumns(row: ObjectRow, before: ObjectRow): ObjectRow {
  const columns = Object.entries(row) as [keyof ObjectRow, unknown][];
  const changed = columns.filter(([column, value]) => column === 'body' || value !== before[column]);
  return Object.fromEntries(changed) as unknown as ObjectRow;
}

const gone = () => conflict('Changed meanwhile', 'The object was deleted while it was being changed. Read it again.');

const statements = (objects: readonly StoredObject[]) =>
  STATEMENTS[KINDS[(objects[0] as StoredObject).objectType].collection];

async function rowsOf(db: Db, objects: readonly StoredObject[]): Promise<ObjectRow[]> {
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
  }) as ObjectRow[];
}

/** eventID -> programID of the events that the reports among the objects answer. */
async function programsOfReports(db: Db, objects: readonly StoredObject[]): Promise<Map<string, string>> {
  const reports = objects.filter((object): object is Report => object.objectType === 'REPORT');
  const programOf = new Map<string, string>();
  for (const ids of chunked([...new Set(reports.map((report) => report.eventID))])) {
    const { rows } = await programsOfEvents(db, ids);
    for (const event of rows) programOf.set(event.id, event.program_id);
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

/** As with `statementsOf`: one of the four stands for all. */
function targetsOf(objects: readonly StoredObject[]): { table: 'program_targets'; column: 'program_id' } | undefined {
  const first = objects[0];
  return first && (KINDS[first.objectType].targets as { table: TargetTable & 'program_targets'; column: 'program_id' });
}
