import { readFileSync } from 'node:fs';
import { OpenAPIBackend } from 'openapi-backend';
import type { Document } from 'openapi-backend';
import { parse } from 'yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { GENERATED, generateTypes } from '../../deploy/generate-types.ts';
import { addFormats } from '../../vtn/api/formats.ts';

const text = readFileSync(new URL('../../shared/openapi/openadr-3.1.yaml', import.meta.url), 'utf8');
const document = () => parse(text) as Document;
const strictly = (definition: Document, quick = false) =>
  new OpenAPIBackend({ definition, strict: true, quick, customizeAjv: (ajv) => addFormats(ajv) });

/** operationId, method, path and scope of OpenADR 3.1, and the answers that it declares besides its own success. */
const OPERATIONS = `
searchAllPrograms           GET    /programs                        read_targets        200 400 401 403 500
createProgram               POST   /programs                        write_programs      201 400 401 403 409 500
searchProgramByProgramId    GET    /programs/{programID}            read_targets        200 400 401 403 404 500
updateProgram               PUT    /programs/{programID}            write_programs      200 400 403 404 409 500
deleteProgram               DELETE /programs/{programID}            write_programs      200 400 401 403 404 500
searchAllReports            GET    /reports                         read_ven_objects    200 400 401 403 500
createReport                POST   /reports                         write_reports       201 400 401 403 409 500
searchReportsByReportID     GET    /reports/{reportID}              read_ven_objects    200 400 401 403 404 500
updateReport                PUT    /reports/{reportID}              write_reports       200 400 401 403 404 409 500
deleteReport                DELETE /reports/{reportID}              write_reports       200 400 401 403 404 500
searchAllEvents             GET    /events                          read_targets        200 400 401 403 500
createEvent                 POST   /events                          write_events        201 400 401 403 409 500
searchEventsByID            GET    /events/{eventID}                read_targets        200 400 401 403 404 500
updateEvent                 PUT    /events/{eventID}                write_events        200 400 401 403 404 409 500
deleteEvent                 DELETE /events/{eventID}                write_events        200 400 401 403 404 500
searchSubscriptions         GET    /subscriptions                   read_ven_objects    200 400 401 403 500
createSubscription          POST   /subscriptions                   write_subscriptions 201 400 401 403 409 500
searchSubscriptionByID      GET    /subscriptions/{subscriptionID}  read_ven_objects    200 400 401 403 404 500
updateSubscription          PUT    /subscriptions/{subscriptionID}  write_subscriptions 200 400 401 403 404 409 500
deleteSubscription          DELETE /subscriptions/{subscriptionID}  write_subscriptions 200 400 401 403 404 500
searchVens                  GET    /vens                            read_ven_objects    200 400 401 403 500
createVen                   POST   /vens                            write_vens          201 400 401 403 500
searchVenByID               GET    /vens/{venID}                    read_ven_objects    200 400 401 403 404 500
updateVen                   PUT    /vens/{venID}                    write_vens          200 400 401 403 404 409 500
deleteVen                   DELETE /vens/{venID}                    write_vens          200 400 401 403 404 500
searchVenResources          GET    /resources                       read_ven_objects    200 400 401 403 404 500
createResource              POST   /resources                       write_vens          201 400 401 403 404 409 500
searchVenResourceByID       GET    /resources/{resourceID}          read_ven_objects    200 400 401 403 404 500
updateVenResource           PUT    /resources/{resourceID}          write_vens          200 400 401 403 404 409 500
deleteVenResource           DELETE /resources/{resourceID}          write_vens          200 400 401 403 404 500
getAuthServerInfo           GET    /auth/server                     -                   200 500
fetchToken                  POST   /auth/token                      -                   200 400 401 500 501
listAllNotifiers            GET    /notifiers                       read_all            200
listAllMqttNotifierTopicsPrograms      GET /notifiers/mqtt/topics/programs                    read_all         200 400 401 404 500
listAllMqttNotifierTopicsProgram       GET /notifiers/mqtt/topics/programs/{programID}        read_all         200 400 401 404 500
listAllMqttNotifierTopicsEvents        GET /notifiers/mqtt/topics/events                      read_bl          200 400 401 403 404 500
listAllMqttNotifierTopicsProgramEvents GET /notifiers/mqtt/topics/programs/{programID}/events read_all         200 400 401 404 500
listAllMqttNotifierTopicsReports       GET /notifiers/mqtt/topics/reports                     read_bl          200 400 401 403 404 500
listAllMqttNotifierTopicsSubscriptions GET /notifiers/mqtt/topics/subscriptions               read_bl          200 400 401 403 404 500
listAllMqttNotifierTopicsVens          GET /notifiers/mqtt/topics/vens                        read_bl          200 400 401 403 404 500
listAllMqttNotifierTopicsVen           GET /notifiers/mqtt/topics/vens/{venID}                read_ven_objects 200 400 401 403 404 500
listAllMqttNotifierTopicsResources     GET /notifiers/mqtt/topics/resources                   read_bl          200 400 401 403 404 500
listAllMqttNotifierTopicsVenEvents     GET /notifiers/mqtt/topics/vens/{venID}/events         read_ven_objects 200 400 401 403 404 500
listAllMqttNotifierTopicsVenPrograms   GET /notifiers/mqtt/topics/vens/{venID}/programs       read_ven_objects 200 400 401 403 404 500
listAllMqttNotifierTopicsVenResources  GET /notifiers/mqtt/topics/vens/{venID}/resources      read_ven_objects 200 400 401 403 404 500
`
  .trim()
  .split('\n')
  .map((line) => line.split(/\s+/))
  .map(([id = '', method = '', path = '', scope = '', ...statuses]) => ({ id, method, path, scope, statuses }));

/** Schemas of OpenADR 3.1 and the fields that it requires of them; '' where it requires none. */
const SCHEMAS: Record<string, string> = {
  programRequest: 'programName',
  reportRequest: 'eventID clientName resources',
  eventRequest: 'programID',
  subscriptionRequest: 'clientName objectOperations',
  BlVenRequest: 'objectType clientID venName',
  VenVenRequest: 'objectType venName',
  BlResourceRequest: 'objectType clientID resourceName venID',
  VenResourceRequest: 'objectType resourceName venID',
  objectMetadata: 'id createdDateTime modificationDateTime objectType',
  interval: 'id payloads',
  intervalPeriod: '',
  valuesMap: 'type values',
  point: 'x y',
  eventPayloadDescriptor: 'objectType payloadType',
  reportPayloadDescriptor: 'objectType payloadType',
  reportDescriptor: 'payloadType',
  notification: 'objectType operation object',
  clientCredentialResponse: 'access_token token_type',
  authError: 'error',
  authServerInfo: 'tokenURL',
  problem: '',
  notifiersResponse: 'WEBHOOK',
  mqttNotifierBindingObject: 'URIS serialization authentication',
  mqttNotifierAuthenticationAnonymous: 'method',
  mqttNotifierAuthenticationOauth2BearerToken: 'method username',
  mqttNotifierAuthenticationCertificate: 'method caCert clientCert clientKey',
  notifierOperationsTopics: 'UPDATE DELETE',
  notifierTopicsResponse: 'topics',
};

/** Where we ask for less than OpenADR 3.1 does (the README lists the same): schema, then what is no longer required. */
const DEVIATIONS: Record<string, { official: string; ours: string }> = {
  // Credentials may come by HTTP Basic (RFC 6749, 2.3.1).
  clientCredentialRequest: { official: 'grant_type client_id client_secret', ours: 'grant_type' },
  // The caller's role tells whose request it is; the server asks business logic for a clientID.
  venRequest: { official: 'objectType venName', ours: 'venName' },
  resourceRequest: { official: 'objectType resourceName venID', ours: 'resourceName venID' },
};

interface Raw {
  operationId: string;
  security: Record<string, string[]>[];
  responses: Record<string, unknown>;
}
type Schemas = Record<string, { required?: string[]; enum?: unknown[] }>;
const raw = (doc: Document) => ({
  paths: doc.paths as unknown as Record<string, Record<string, Raw>>,
  schemas: doc.components?.schemas as unknown as Schemas,
});

describe('the OpenAPI document of OpenADR 3.1', () => {
  it('passes the strict check of a whole document', async () => {
    await expect(strictly(document()).init()).resolves.toBeDefined();
  });

  it('would not pass the strict check with exclusiveMaximum in the way of old JSON Schema drafts', async () => {
    const broken = document();
    Object.assign(raw(broken).schemas['valuesMap'] ?? {}, { exclusiveMaximum: true });
    // `quick` would only warn of what the meta-schema refuses.
    await expect(strictly(broken).init()).rejects.toThrow(/exclusiveMaximum/);
  });

  it('has exactly the operations of OpenADR 3.1', () => {
    const ours = Object.entries(raw(document()).paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([key]) => key !== 'parameters')
        .map(([method, op]) => `${op.operationId} ${method.toUpperCase()} ${path}`),
    );
    expect(ours.sort()).toEqual(OPERATIONS.map((o) => `${o.id} ${o.method} ${o.path}`).sort());
  });

  it.each(OPERATIONS)('$id asks for the scope $scope and declares the answers $statuses', (expected) => {
    const op = raw(document()).paths[expected.path]?.[expected.method.toLowerCase()];
    const scopes = op?.security.flatMap((s) => s['oAuth2ClientCredentials'] ?? []);
    expect(scopes).toEqual(expected.scope === '-' ? [] : [expected.scope]);
    expect(Object.keys(op?.responses ?? {})).toEqual(expect.arrayContaining(expected.statuses));
  });

  it.each(Object.entries(SCHEMAS))('%s requires "%s"', (name, required) => {
    expect(raw(document()).schemas[name]?.required ?? []).toEqual(required === '' ? [] : required.split(' '));
  });

  it.each(Object.entries(DEVIATIONS))('%s deviates as documented', (name, { official, ours }) => {
    const required = raw(document()).schemas[name]?.required ?? [];
    expect(required).toEqual(ours.split(' '));
    expect(official.split(' ')).toEqual(expect.arrayContaining(required));
  });

  it('answers errors as application/problem+json, those of the token endpoint as RFC 6749 says', () => {
    const responses = document().components?.responses as unknown as Record<string, { content?: object }>;
    const types = Object.fromEntries(
      Object.entries(responses).map(([name, r]) => [name, Object.keys(r.content ?? {})]),
    );
    const { notModified, tokenError, tooManyTokenRequests, notifiersTopicsResponse, ...problems } = types;
    expect(notModified).toEqual([]);
    const plain = new Set([tokenError, tooManyTokenRequests, notifiersTopicsResponse].flat());
    expect(plain).toEqual(new Set(['application/json']));
    expect(new Set(Object.values(problems).flat())).toEqual(new Set(['application/problem+json']));
  });

  it('never forbids unknown fields', () => {
    expect(text).not.toContain('additionalProperties');
  });
});

describe('request bodies', () => {
  let api: OpenAPIBackend;
  beforeAll(async () => {
    api = strictly(document(), true);
    await api.init();
  });
  const paths: Record<string, [string, string]> = {
    createProgram: ['post', '/programs'],
    createEvent: ['post', '/events'],
    createReport: ['post', '/reports'],
    createSubscription: ['post', '/subscriptions'],
    createVen: ['post', '/vens'],
    createResource: ['post', '/resources'],
  };
  const errors = (id: string, body: unknown) => {
    const [method = '', path = ''] = paths[id] ?? [];
    return (
      api.validateRequest({ method, path, body, headers: { 'content-type': 'application/json' } }, id).errors ?? []
    );
  };
  const period = { start: null, duration: null, randomizeStart: null };
  const interval = {
    id: 0,
    intervalPeriod: period,
    payloads: [{ type: 'PRICE', values: [0.17, 'a', true, { x: 1, y: 2 }] }],
  };
  const descriptor = { objectType: 'REPORT_PAYLOAD_DESCRIPTOR', payloadType: 'USAGE', readingType: null, units: null };

  it.each<[string, string, object]>([
    [
      'a program',
      'createProgram',
      {
        programName: 'p',
        intervalPeriod: null,
        programDescriptions: null,
        payloadDescriptors: null,
        attributes: null,
        targets: null,
      },
    ],
    [
      'an event',
      'createEvent',
      {
        programID: 'p',
        eventName: null,
        duration: null,
        priority: null,
        targets: null,
        reportDescriptors: null,
        payloadDescriptors: null,
        intervalPeriod: null,
        intervals: null,
      },
    ],
    [
      'descriptors and intervals of an event',
      'createEvent',
      {
        programID: 'p',
        intervalPeriod: period,
        intervals: [interval, { ...interval, intervalPeriod: null }],
        payloadDescriptors: [
          { objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType: 'PRICE', units: null, currency: null },
        ],
        reportDescriptors: [
          {
            payloadType: 'USAGE',
            readingType: null,
            units: null,
            targets: null,
            aggregate: null,
            startInterval: null,
            numIntervals: null,
            historical: null,
            frequency: null,
            repeat: null,
            reportIntervals: null,
          },
        ],
      },
    ],
    [
      'a report',
      'createReport',
      {
        eventID: 'e',
        clientName: 'c',
        reportName: null,
        payloadDescriptors: [{ ...descriptor, accuracy: null, confidence: null }],
        resources: [{ resourceName: 'r', intervalPeriod: null, intervals: [interval] }],
      },
    ],
    [
      'a subscription',
      'createSubscription',
      {
        clientName: 'c',
        programID: null,
        targets: null,
        objectOperations: [
          { objects: ['EVENT'], operations: ['CREATE', 'POST'], callbackUrl: 'https://x.example', bearerToken: null },
        ],
      },
    ],
    ['a ven', 'createVen', { objectType: null, venName: 'v', clientID: null, targets: null, attributes: null }],
    [
      'a resource',
      'createResource',
      { objectType: null, resourceName: 'r', venID: 'v', clientID: null, targets: null, attributes: null },
    ],
  ])('accept null for every optional field of %s', (_what, id, body) => {
    expect(errors(id, body)).toEqual([]);
  });

  it('accept ven and resource requests with and without objectType, also as answers carry it', () => {
    for (const objectType of [undefined, 'BL_VEN_REQUEST', 'VEN_VEN_REQUEST', 'VEN']) {
      expect(errors('createVen', { venName: 'v', clientID: 'c', ...(objectType && { objectType }) })).toEqual([]);
    }
    for (const objectType of [undefined, 'BL_RESOURCE_REQUEST', 'VEN_RESOURCE_REQUEST', 'RESOURCE']) {
      const body = { resourceName: 'r', venID: 'v', ...(objectType && { objectType }) };
      expect(errors('createResource', body)).toEqual([]);
    }
    expect(errors('createVen', { venName: 'v', objectType: 'EVENT' })).toHaveLength(1);
  });

  it('accept empty lists of intervals and resources, and fields that nobody knows', () => {
    expect(errors('createEvent', { programID: 'p', intervals: [], id: 7, colour: 'red' })).toEqual([]);
    expect(errors('createReport', { eventID: 'e', clientName: 'c', resources: [] })).toEqual([]);
  });

  it('accept the starts that mean now', () => {
    for (const start of ['0001-01-01', '0001-01-01T00:00:00', '0001-01-01T00:00:00Z', '2026-01-01T00:00:00Z']) {
      expect(errors('createEvent', { programID: 'p', intervalPeriod: { start, duration: 'P9999Y' } })).toEqual([]);
    }
  });

  it.each<[string, string, object, string]>([
    [
      'a start without its offset',
      'createEvent',
      { programID: 'p', intervalPeriod: { start: '2026-01-01T00:00:00' } },
      '/requestBody/intervalPeriod/start',
    ],
    ['null for a required field', 'createEvent', { programID: null }, '/requestBody/programID'],
    ['an id that is not safe in URLs', 'createEvent', { programID: 'a/b' }, '/requestBody/programID'],
    ['an empty name', 'createProgram', { programName: '' }, '/requestBody/programName'],
    ['a negative priority', 'createEvent', { programID: 'p', priority: -1 }, '/requestBody/priority'],
    ['a duration without P', 'createEvent', { programID: 'p', duration: '1H' }, '/requestBody/duration'],
    [
      'an interval without payloads',
      'createEvent',
      { programID: 'p', intervals: [{ id: 0 }] },
      '/requestBody/intervals/0',
    ],
  ])('refuse %s and say where', (_what, id, body, path) => {
    expect(errors(id, body).map((e) => e.instancePath)).toContain(path);
  });
});

describe('the generated types', () => {
  it.each(GENERATED)('of $document are what it generates', async ({ document, types }) => {
    const written = readFileSync(new URL(`../../${types}`, import.meta.url), 'utf8');
    expect(written, 'run `npm run generate`').toBe(await generateTypes(document));
  });
});
