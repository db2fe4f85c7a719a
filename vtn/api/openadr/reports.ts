import type { Report } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Caller } from '../../auth/caller.ts';
import { listReportBodies, reportById } from '../../store/reports.ts';
import type { Db } from '../../store/store.ts';
import type { OperationHandler } from '../http.ts';
import type { ObjectDeps } from './deps.ts';
import { visibleEvent } from './events.ts';
import { fieldsOf, newObject, objectAnswer, replaced, textOf, unknownReference } from './objects.ts';
import { ownedOperations } from './owned.ts';

/** `/reports`: VENs write and read their own; business logic reads all and may delete. */
export function reportOperations(deps: ObjectDeps): Record<string, OperationHandler> {
  const { store, grants } = deps;
  const owned = ownedOperations<Report>(deps, {
    type: 'report',
    collection: 'reports',
    idParameter: 'reportID',
    writeScope: 'write_reports',
    byId: reportById,
    list: (db, query, filter) =>
      listReportBodies(db, {
        programId: textOf(query, 'programID'),
        eventId: textOf(query, 'eventID'),
        clientName: textOf(query, 'clientName'),
        ...filter,
      }),
    isRemembered: true,
  });
  return {
    searchAllReports: owned.search,
    searchReportsByReportID: owned.searchById,
    createReport: {
      authorise: owned.mayWrite,
      handle: async ({ caller, body }) => {
        const fields = { ...fieldsOf('REPORT', body), clientID: caller.clientId };
        const report = newObject<Report>('REPORT', fields, deps);
        const { held } = await grants.of(caller);
        await store.write(async (tx) => {
          await requireEvent(tx.db, caller, held, report.eventID);
          await tx.apply([{ operation: 'CREATE', object: report }]);
          await deps.onReport(tx, report);
        });
        return objectAnswer(201, report);
      },
    },
    updateReport: {
      authorise: owned.mayWrite,
      handle: async (request) => {
        const { caller } = request;
        const { held } = await grants.of(caller);
        const report = await store.write(async (tx) => {
          const previous = await owned.toChange(tx.db, request);
          const fields = { ...fieldsOf('REPORT', request.body), clientID: previous.clientID };
          const object = replaced(previous, fields, deps);
          await requireEvent(tx.db, caller, held, object.eventID);
          await tx.apply([{ operation: 'UPDATE', object, previous }]);
          await deps.onReport(tx, object);
          return object;
        });
        return objectAnswer(200, report);
      },
    },
    deleteReport: owned.remove,
  };
}

/**
 * A report answers an event that its sender can see. One that is hidden is told like one that is unknown: 400 with the field's
 * path, which the document lists for POST /reports (404 it does not).
 */
async function requireEvent(db: Db, caller: Caller, held: readonly string[], eventId: string): Promise<void> {
  if (!(await visibleEvent(db, caller, held, eventId))) throw unknownReference('eventID', 'an event', eventId);
}
