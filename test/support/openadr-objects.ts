import type { Event, Program, Report, Resource, Subscription, Ven } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Change } from '@openadr-gateway/vtn/store/store.ts';

const DEFAULT_TIME = '2026-01-01T00:00:00Z';

const meta = (id: string) => ({ id, createdDateTime: DEFAULT_TIME, modificationDateTime: DEFAULT_TIME });

export const aProgram = (id: string, more: Partial<Program> = {}): Program => ({
  ...meta(id),
  objectType: 'PROGRAM',
  programName: `name of ${id}`,
  ...more,
});

export const anEvent = (id: string, programID: string, more: Partial<Event> = {}): Event => ({
  ...meta(id),
  objectType: 'EVENT',
  programID,
  intervals: [{ id: 0, payloads: [{ type: 'SIMPLE', values: [1] }] }],
  ...more,
});

export const aVen = (id: string, more: Partial<Ven> = {}): Ven => ({
  ...meta(id),
  objectType: 'VEN',
  clientID: `client of ${id}`,
  venName: `name of ${id}`,
  ...more,
});

export const aResource = (id: string, venID: string, more: Partial<Resource> = {}): Resource => ({
  ...meta(id),
  objectType: 'RESOURCE',
  clientID: `client of ${venID}`,
  venID,
  resourceName: `name of ${id}`,
  ...more,
});

export const aReport = (id: string, eventID: string, more: Partial<Report> = {}): Report => ({
  ...meta(id),
  objectType: 'REPORT',
  eventID,
  clientID: 'client of v',
  clientName: 'v',
  resources: [],
  ...more,
});

export const aSubscription = (id: string, more: Partial<Subscription> = {}): Subscription => ({
  ...meta(id),
  objectType: 'SUBSCRIPTION',
  clientID: 'client of v',
  clientName: 'v',
  objectOperations: [
    { objects: ['EVENT'], operations: ['CREATE'], callbackUrl: 'https://ven.example/callback', bearerToken: null },
  ],
  ...more,
});

export const created = (...objects: Change['object'][]): Change[] =>
  objects.map((object) => ({ operation: 'CREATE', object }));

export const updated = (object: Change['object'], previous?: Change['object']): Change[] => [
  { operation: 'UPDATE', object, ...(previous ? { previous } : {}) },
];

export const deleted = (...objects: Change['object'][]): Change[] =>
  objects.map((object) => ({ operation: 'DELETE', object }));
