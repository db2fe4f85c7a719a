import { sql, type RawBuilder, type Selectable } from 'kysely';
import { chunked } from './chunks.ts';
import { kept } from './kept.ts';
import { ALL, hasTarget, type Page } from './lists.ts';
import { EVERYBODY } from './rows.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** Stands for "no priority" in `rank`: after every number that a priority can be. */
const UNRANKED = Number.MAX_SAFE_INTEGER;

/**
 * The rows of `event_audience`. An event is filed under its own targets; without any under those of its program, which hides
 * its events; under everybody's when neither has targets. So a VEN may see an event only if it is filed under everybody's or
 * under a target that the VEN holds, and that is enough unless both, event and program, have targets.
 *
 * | program | event | filed under |
 * |---|---|---|
 * | untargeted | untargeted | everybody's |
 * | A, B | untargeted | A, B |
 * | untargeted | C, D | C, D |
 * | A, B | C, D | C, D; the program has to be asked as well |
 */
export const everyEvent: RawBuilder<unknown> = sql`
  insert into event_audience (event_id, target, rank, created_ms, program_id, ends_ms)
  select distinct events.id,
    case when event_targets.target = ${sql.lit(EVERYBODY)} then program_targets.target else event_targets.target end,
    coalesce(events.priority, ${sql.lit(UNRANKED)}), events.created_ms, events.program_id, events.ends_ms
  from events
  join event_targets on event_targets.event_id = events.id
  join program_targets on program_targets.program_id = events.program_id`;

const fileEvents = kept((_db, ids: readonly string[]) => sql`${everyEvent} where events.id in (${sql.join(ids)})`);
const fileProgram = kept((_db, programId: string) => sql`${everyEvent} where events.program_id = ${programId}`);
const forgetEvent = kept((db, id: string) => db.deleteFrom('event_audience').where('event_id', '=', id));
const forgetProgram = kept((db, programId: string) =>
  db
    .deleteFrom('event_audience')
    .where('event_id', 'in', (eb) => eb.selectFrom('events').select('id').where('program_id', '=', programId)),
);
const rerank = kept(
  (_db, id: string, rank: number, endsMs: number | null) => sql`
    update event_audience set rank = ${rank}, ends_ms = ${endsMs}
    where event_id = ${id} and (rank <> ${rank} or ends_ms is distinct from ${endsMs})`,
);

/** Files events that were just stored, with their targets. */
export async function fileNewEvents(db: Db, ids: readonly string[]): Promise<void> {
  for (const some of chunked(ids)) await fileEvents(db, some);
}

/** Files an event again whose targets or program have changed. */
export async function fileEventAnew(db: Db, id: string): Promise<void> {
  await forgetEvent(db, id);
  await fileEvents(db, [id]);
}

/** Files all events of a program again whose targets have changed. */
export async function fileProgramAnew(db: Db, programId: string): Promise<void> {
  await forgetProgram(db, programId);
  await fileProgram(db, programId);
}

/** Brings the order and the end of an event up to date, wherever it is filed. */
export async function rankEvent(
  db: Db,
  { id, priority, ends_ms }: Pick<EventRow, 'id' | 'priority' | 'ends_ms'>,
): Promise<void> {
  await rerank(db, id, priority ?? UNRANKED, ends_ms);
}

export type EventRow = Selectable<Database['events']>;

/** Which of the visible events, and which part of them. */
export interface AudienceFilter extends Page {
  /** What the VEN holds. */
  held: readonly string[];
  programId?: string | undefined;
  name?: string | undefined;
  activeAtMs?: number | undefined;
  /** Only events that have at least one of these targets themselves. */
  targets?: readonly string[] | undefined;
}

/**
 * JSON texts of the events that a VEN may see, in the order of lists. What is everybody's is read in order from the index, as far
 * as the page needs; of what the VEN holds the keys are gathered and sorted. Only the page's own events are fetched.
 */
export async function visibleEventBodies(db: Db, filter: AudienceFilter): Promise<string[]> {
  const { held, limit, skip = 0 } = filter;
  const wanted = sql.join(conditions(filter), sql` and `);
  // Neither part can give more of the page than this.
  const enough = limit === undefined ? sql`` : sql`limit ${limit + skip}`;
  const page = limit === undefined && skip === 0 ? sql`` : sql`limit ${limit ?? ALL} offset ${skip}`;
  const everybodys = sql`select * from (
    select event_id, rank, created_ms from event_audience
    where target = ${EVERYBODY} and ${wanted} order by ${ORDER} ${enough}) as everybodys`;
  const own = sql`union all select * from (
    select distinct event_id, rank, created_ms from event_audience
    where target in (${sql.join(held)}) and exists (
      select 1 from program_targets where program_targets.program_id = event_audience.program_id
      and program_targets.target in (${sql.join([EVERYBODY, ...held])}))
    and ${wanted} order by ${ORDER} ${enough}) as own`;
  const { rows } = await sql<{ body: string }>`
    select events.body from (
      select * from (${everybodys} ${held.length > 0 ? own : sql``}) as visible order by ${ORDER} ${page}) as page
    join events on events.id = page.event_id order by page.rank, page.created_ms desc, page.event_id`.execute(db);
  return rows.map((row) => row.body);
}

const ORDER = sql`rank, created_ms desc, event_id`;

function conditions({ programId, name, activeAtMs, targets, after }: AudienceFilter): RawBuilder<unknown>[] {
  const all: RawBuilder<unknown>[] = [sql`1 = 1`];
  if (programId !== undefined) all.push(sql`program_id = ${programId}`);
  if (activeAtMs !== undefined) all.push(sql`(ends_ms is null or ends_ms > ${activeAtMs})`);
  if (name !== undefined) all.push(sql`event_id in (select id from events where name = ${name})`);
  if (targets) all.push(hasTarget('event_id', 'event_targets', 'event_id', targets));
  if (after) {
    const { createdMs, id, priority } = after;
    const rank = priority ?? UNRANKED;
    all.push(sql`rank >= ${rank} and (rank > ${rank}
      or created_ms < ${createdMs} or (created_ms = ${createdMs} and event_id > ${id}))`);
  }
  return all;
}
