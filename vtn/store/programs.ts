import type { Program } from '@openadr-gateway/shared/openadr/objects.ts';
import { deleteEventsChanges } from './events.ts';
import { kept } from './kept.ts';
import {
  createdAfter,
  hasTarget,
  paged,
  parsed,
  parsedOrUndefined,
  visibleUnder,
  type Page,
  type TargetFilter,
} from './lists.ts';
import type { Change, Db } from './store.ts';
import { listSubscriptions } from './subscriptions.ts';

export interface ProgramFilter extends Page, TargetFilter {
  name?: string | undefined;
}

const bodyById = kept((db, id: string) => db.selectFrom('programs').select('body').where('id', '=', id));
const bodyByName = kept((db, name: string) => db.selectFrom('programs').select('body').where('name', '=', name));

/** The program's JSON text as it is sent. */
export async function programBody(db: Db, id: string): Promise<string | undefined> {
  return (await bodyById(db, id)).rows[0]?.body;
}

export async function programById(db: Db, id: string): Promise<Program | undefined> {
  return parsedOrUndefined(await programBody(db, id));
}

/** programName is unique within the VTN (Definition "Object names"). */
export async function programByName(db: Db, name: string): Promise<Program | undefined> {
  return parsedOrUndefined((await bodyByName(db, name)).rows[0]?.body);
}

/** JSON texts in the order of lists: createdDateTime, then id. */
export async function listProgramBodies(db: Db, filter: ProgramFilter = {}): Promise<string[]> {
  let query = db.selectFrom('programs').select('body').orderBy('created_ms').orderBy('id');
  if (filter.name !== undefined) query = query.where('name', '=', filter.name);
  if (filter.targets) query = query.where(hasTarget('id', 'program_targets', 'program_id', filter.targets));
  if (filter.visibleTo) {
    query = query.where(hasTarget('id', 'program_targets', 'program_id', visibleUnder(filter.visibleTo.targets)));
  }
  if (filter.after) query = query.where(createdAfter(filter.after));
  return (await paged(query, filter).execute()).map((row) => row.body);
}

export async function listPrograms(db: Db, filter: ProgramFilter = {}): Promise<Program[]> {
  return parsed(await listProgramBodies(db, filter));
}

/** The deletion of a program with everything under it: reports, then events, then subscriptions, then the program itself. */
export async function deleteProgramChanges(db: Db, program: Program): Promise<Change[]> {
  const rows = await db
    .selectFrom('events')
    .select('body')
    .where('program_id', '=', program.id)
    .orderBy('created_ms')
    .orderBy('id')
    .execute();
  const children = await deleteEventsChanges(db, parsed(rows.map((row) => row.body)));
  const subscriptions = await listSubscriptions(db, { programId: program.id });
  return [...children, ...[...subscriptions, program].map((object): Change => ({ operation: 'DELETE', object }))];
}
