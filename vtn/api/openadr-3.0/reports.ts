import { reportFrom30, reportTo30 } from '@openadr-gateway/shared/openadr/dialect-3.0.ts';
import type { Report } from '@openadr-gateway/shared/openadr/objects.ts';
import { eventById } from '../../store/events.ts';
import { invalid } from '../errors.ts';
import type { Shape } from './shape.ts';

/** `/reports`: the programID is that of the event. */
export const REPORTS: Shape<Report> = {
  operations: {
    list: 'searchAllReports',
    read: 'searchReportsByReportID',
    create: 'createReport',
    update: 'updateReport',
    remove: 'deleteReport',
  },
  collections: ['reports', 'events'],
  isPure: false,
  isTargeted: false,
  filtersTargets: false,
  parameters: ['programID', 'eventID', 'clientName'],
  show: async (reports, db) => {
    const programs = new Map<string, string | undefined>();
    for (const { eventID } of reports) {
      if (!programs.has(eventID)) programs.set(eventID, (await eventById(db, eventID))?.programID);
    }
    return reports.flatMap((report) => {
      const programID = programs.get(report.eventID);
      return programID === undefined ? [] : [reportTo30(report, programID)];
    });
  },
  take: ({ body }) => reportFrom30(body as Parameters<typeof reportFrom30>[0]),
  // Only now is it known that the sender may see the event at all.
  after: async ({ object, request, db }) => {
    const { programID } = request.body as { programID?: string };
    const event = await eventById(db, object.eventID);
    if (programID === undefined || event?.programID === programID) return;
    const msg = `expected ${event?.programID ?? ''}, the program of event ${object.eventID}`;
    throw invalid([{ loc: ['body', 'programID'], msg, type: 'value_error', input: programID }]);
  },
};
