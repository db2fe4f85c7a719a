import type { Report } from '@openadr-gateway/shared/openadr/objects.ts';
import { canSee, canWrite } from '../../auth/access.ts';
import type { Caller } from '../../auth/caller.ts';
import { isBusinessLogic, requireScope } from '../../auth/roles.ts';
import { listReportBodies, reportById } from '../../store/reports.ts';
import type { Db } from '../../store/store.ts';
import type { OperationHandler } from '../http.ts';
import type { ObjectDeps } from './deps.ts';
import { lastOf } from './list-cache.ts';
import { visibleEvent } from './events.ts';
import {
  checkIfMatch,
  fieldsOf,
  newObject,
  noSuch,
  objectAnswer,
  readerOf,
  replaced,
  textOf,
  unknownReference,
} from './objects.ts';

/** `/reports`: VENs write and read their own; business logic reads all and may delete. */
export function reportOperations(deps: ObjectDeps): Record<string, OperationHandler> {
  const { store, grants, lists } = deps;
  const mayRead = requireScope('read_ven_objects');
  const mayWrite = requireScope('write_reports');
  return {
    searchAllReports: {
      authorise: mayRead,
      handle: async ({ caller, query }) => {
        const clientId = isBusinessLogic(caller) ? undefined : caller.clientId;
        const filter = {
          programId: textOf(query, 'programID'),
          eventId: textOf(query, 'eventID'),
          clientName: textOf(query, 'clientName'),
          clientId,
        };
        const request = { name: 'reports', ...readerOf(caller), query, collections: ['reports'] as const };
        return lists.page(request, async (page) => {
          const bodies = await store.read((db) => listReportBodies(db, { ...filter, ...page }));
          return { bodies, last: lastOf(bodies, page) };
        });
      },
    },
    searchReportsByReportID: {
      authorise: mayRead,
      handle: async ({ caller, params }) => {
        const id = params['reportID'] ?? '';
        const report = await store.read((db) => reportById(db, id));
        if (!report || !canSee(caller, [], { object: report })) throw noSuch('report', id);
        return objectAnswer(200, report);
      },
    },
    createReport: {
      authorise: mayWrite,
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
      authorise: mayWrite,
      handle: async (request) => {
        const { caller } = request;
        const { held } = await grants.of(caller);
        const report = await store.write(async (tx) => {
          const previous = await writable(tx.db, caller, request.params['reportID'] ?? '');
          checkIfMatch(request, previous);
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
    deleteReport: {
      authorise: mayWrite,
      handle: async (request) => {
        const report = await store.write(async (tx) => {
          const object = await writable(tx.db, request.caller, request.params['reportID'] ?? '');
          checkIfMatch(request, object);
          await tx.apply([{ operation: 'DELETE', object }]);
          return object;
        });
        return objectAnswer(200, report);
      },
    },
  };
}

/**
 * A report answers an event that its sender can see. One that is hidden is told like one that is unknown: 400 with the field's
 * path, which the document lists for POST /reports (404 it does not).
 */
async function requireEvent(db: Db, caller: Caller, held: readonly string[], eventId: string): Promise<void> {
  if (!(await visibleEvent(db, caller, held, eventId))) throw unknownReference('eventID', 'an event', eventId);
}

async function writable(db: Db, caller: Caller, id: string): Promise<Report> {
  const report = await reportById(db, id);
  if (!report || !canWrite(caller, report)) throw noSuch('report', id);
  return report;
}
