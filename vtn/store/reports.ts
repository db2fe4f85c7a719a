import type { Report } from '@openadr-gateway/shared/openadr/objects.ts';
import { createdAfter, paged, parsed, parsedOrUndefined, type Page } from './lists.ts';
import type { Db } from './store.ts';

export interface ReportFilter extends Page {
  programId?: string | undefined;
  eventId?: string | undefined;
  /** `clientName` as the report says it. */
  clientName?: string | undefined;
  /** Only reports of this client: object privacy for VENs. */
  clientId?: string | undefined;
}

/** The report's JSON text as it is sent. */
export async function reportBody(db: Db, id: string): Promise<string | undefined> {
  return (await db.selectFrom('reports').select('body').where('id', '=', id).executeTakeFirst())?.body;
}

export async function reportById(db: Db, id: string): Promise<Report | undefined> {
  return parsedOrUndefined(await reportBody(db, id));
}

/** JSON texts in the order of lists: createdDateTime, then id. */
export async function listReportBodies(db: Db, filter: ReportFilter = {}): Promise<string[]> {
  let query = db.selectFrom('reports').select('body').orderBy('created_ms').orderBy('id');
  if (filter.programId !== undefined) query = query.where('program_id', '=', filter.programId);
  if (filter.eventId !== undefined) query = query.where('event_id', '=', filter.eventId);
  if (filter.clientName !== undefined) query = query.where('client_name', '=', filter.clientName);
  if (filter.clientId !== undefined) query = query.where('client_id', '=', filter.clientId);
  if (filter.after) query = query.where(createdAfter(filter.after));
  return (await paged(query, filter).execute()).map((row) => row.body);
}

export async function listReports(db: Db, filter: ReportFilter = {}): Promise<Report[]> {
  return parsed(await listReportBodies(db, filter));
}
