import { readFileSync } from 'node:fs';
import { OpenAPIBackend } from 'openapi-backend';
import type { Document } from 'openapi-backend';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { addFormats } from '../../vtn/api/formats.ts';

const text = readFileSync(new URL('../../shared/openapi/openadr-3.0.1.yaml', import.meta.url), 'utf8');
const document = parse(text) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { required?: string[]; allOf?: { required?: string[]; $ref?: string }[] }> };
};
interface Operation {
  operationId: string;
  security: Record<string, string[]>[];
  responses: Record<string, unknown>;
}

/** operationId, method, path and scope of OpenADR 3.0.1, and the answers that it declares. */
const OPERATIONS = `
searchAllPrograms        GET    /programs                            read_all            200 400 403 500
createProgram            POST   /programs                            write_programs      201 400 403 409 500
searchProgramByProgramId GET    /programs/{programID}                read_all            200 400 403 404 500
updateProgram            PUT    /programs/{programID}                write_programs      200 400 403 404 409 500
deleteProgram            DELETE /programs/{programID}                write_programs      200 400 403 404 500
searchAllReports         GET    /reports                             read_all            200 400 403 500
createReport             POST   /reports                             write_reports       201 400 403 409 500
searchReportsByReportID  GET    /reports/{reportID}                  read_all            200 400 403 404 500
updateReport             PUT    /reports/{reportID}                  write_reports       200 400 403 404 409 500
deleteReport             DELETE /reports/{reportID}                  write_reports       200 400 403 404 500
searchAllEvents          GET    /events                              read_all            200 400 403 500
createEvent              POST   /events                              write_events        201 400 403 409 500
searchEventsByID         GET    /events/{eventID}                    read_all            200 400 403 404 500
updateEvent              PUT    /events/{eventID}                    write_events        200 400 403 404 409 500
deleteEvent              DELETE /events/{eventID}                    write_events        200 400 403 404 500
searchSubscriptions      GET    /subscriptions                       read_all            200 400 403 500
createSubscription       POST   /subscriptions                       write_subscriptions 201 400 403 409 500
searchSubscriptionByID   GET    /subscriptions/{subscriptionID}      read_all            200 400 403 404 500
updateSubscription       PUT    /subscriptions/{subscriptionID}      write_subscriptions 200 400 403 404 409 500
deleteSubscription       DELETE /subscriptions/{subscriptionID}      write_subscriptions 200 400 403 404 500
searchVens               GET    /vens                                read_all            200 400 403 500
createVen                POST   /vens                                write_vens          201 400 403 409 500
searchVenByID            GET    /vens/{venID}                        read_all            200 400 403 404 500
updateVen                PUT    /vens/{venID}                        write_vens          200 400 403 404 409 500
deleteVen                DELETE /vens/{venID}                        write_vens          200 400 403 404 500
searchVenResources       GET    /vens/{venID}/resources              read_all            200 400 403 404 500
createResource           POST   /vens/{venID}/resources              write_vens          201 400 403 404 409 500
searchVenResourceByID    GET    /vens/{venID}/resources/{resourceID} read_all            200 400 403 404 500
updateVenResource        PUT    /vens/{venID}/resources/{resourceID} write_vens          200 400 403 404 409 500
deleteVenResource        DELETE /vens/{venID}/resources/{resourceID} write_vens          200 400 403 404 500
fetchToken               POST   /auth/token                          -                   200 400 403 500
`
  .trim()
  .split('\n')
  .map((line) => line.split(/\s+/))
  .map(([id = '', method = '', path = '', scope = '', ...statuses]) => ({ id, method, path, scope, statuses }));

/** Schemas of OpenADR 3.0.1 and the fields that it requires of them. */
const ANSWERS: Record<string, string> = {
  program: 'programName',
  report: 'programID eventID clientName resources',
  event: 'programID intervals',
  ven: 'venName',
  resource: 'resourceName',
  // A subscription of 3.1 need not name a program.
  subscription: 'clientName objectOperations',
};
const REQUIRED: Record<string, string> = {
  ...ANSWERS,
  interval: 'id payloads',
  intervalPeriod: 'start',
  valuesMap: 'type values',
  point: 'x y',
  eventPayloadDescriptor: 'payloadType',
  reportPayloadDescriptor: 'payloadType',
  reportDescriptor: 'payloadType',
  clientCredentialResponse: 'access_token token_type',
  authError: 'error',
  // Credentials may come by HTTP Basic (RFC 6749, 2.3.1).
  clientCredentialRequest: 'grant_type',
  // The event tells the program.
  reportRequest: 'eventID clientName resources',
  programRequest: 'programName',
  eventRequest: 'programID intervals',
  venRequest: 'venName',
  resourceRequest: 'resourceName',
};

describe('the OpenAPI document of OpenADR 3.0.1', () => {
  it('passes the strict check of a whole document', async () => {
    const definition = parse(text) as Document;
    const api = new OpenAPIBackend({ definition, strict: true, customizeAjv: (ajv) => addFormats(ajv) });
    await expect(api.init()).resolves.toBeDefined();
  });

  it('has exactly the operations of OpenADR 3.0.1, and where to get a token', () => {
    const ours = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([key]) => key !== 'parameters')
        .map(([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`),
    );
    const official = OPERATIONS.map(({ id, method, path }) => `${id} ${method} ${path}`);
    expect(ours.sort()).toEqual([...official, 'getAuthServerInfo GET /auth/server'].sort());
  });

  it.each(OPERATIONS)('$id asks for the scope $scope and declares the answers $statuses', (expected) => {
    const op = document.paths[expected.path]?.[expected.method.toLowerCase()];
    const scopes = op?.security.flatMap((one) => one['oAuth2ClientCredentials'] ?? []);
    expect(scopes).toEqual(expected.scope === '-' ? [] : [expected.scope]);
    expect(Object.keys(op?.responses ?? {})).toEqual(expect.arrayContaining(expected.statuses));
  });

  it.each(Object.entries(REQUIRED))('%s requires "%s"', (name, required) => {
    const of = (schema: string): string[] => {
      const { required: own = [], allOf = [] } = document.components.schemas[schema] ?? {};
      return [
        ...own,
        ...allOf.flatMap((part) => (part.$ref ? of(part.$ref.split('/').at(-1) ?? '') : (part.required ?? []))),
      ];
    };
    // Those that the VTN gives, which ours promises in answers.
    const given = name in ANSWERS ? ['id', 'createdDateTime', 'modificationDateTime', 'objectType', 'venID'] : [];
    const asked = new Set(of(name).filter((field) => !given.includes(field)));
    expect([...asked].sort()).toEqual(required.split(' ').sort());
  });

  it('never forbids unknown fields', () => {
    expect(text).not.toContain('additionalProperties');
  });
});
