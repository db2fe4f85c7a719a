/**
 * Definition "Object Privacy" as a table: who is told of a change of what. `one` is a VEN that holds A, `two` one that holds B,
 * `none` has no ven.
 *
 * | | open program | program for A |
 * |---|---|---|
 * | untargeted event | everybody | business logic, one |
 * | event for A | business logic, one | business logic, one |
 * | event for B | business logic, two | business logic |
 * | event for A and B | business logic, one, two | business logic, one |
 */
export const READERS = ['bl', 'admin', 'one', 'two', 'none', 'utility'] as const;
export type Reader = (typeof READERS)[number];

export interface PrivacyRow {
  name: string;
  program: 'open' | 'for A';
  targets: string[];
  /** Who sees it, and which of its targets. */
  seen: Partial<Record<Reader, string[]>>;
}

const all = (targets: string[]) => ({ bl: targets, admin: targets });

export const PRIVACY: readonly PrivacyRow[] = [
  {
    name: 'untargeted',
    program: 'open',
    targets: [],
    seen: { ...all([]), one: [], two: [], none: [], utility: [] },
  },
  { name: 'for A', program: 'open', targets: ['A'], seen: { ...all(['A']), one: ['A'] } },
  { name: 'for B', program: 'open', targets: ['B'], seen: { ...all(['B']), two: ['B'] } },
  { name: 'for A and B', program: 'open', targets: ['A', 'B'], seen: { ...all(['A', 'B']), one: ['A'], two: ['B'] } },
  { name: 'untargeted for A', program: 'for A', targets: [], seen: { ...all([]), one: [] } },
  { name: 'for A for A', program: 'for A', targets: ['A'], seen: { ...all(['A']), one: ['A'] } },
  { name: 'for B for A', program: 'for A', targets: ['B'], seen: { ...all(['B']) } },
  { name: 'for A and B for A', program: 'for A', targets: ['A', 'B'], seen: { ...all(['A', 'B']), one: ['A'] } },
];

/** `name [targets]` of each event that a reader is to see, in the order of the table. */
export const expectedBy = (reader: Reader): string[] =>
  PRIVACY.flatMap(({ name, seen }) => {
    const targets = seen[reader];
    return targets === undefined ? [] : [`${name} [${targets.join()}]`];
  });

/** Who is told that one of the other objects was made. */
export interface ObjectRow {
  name: string;
  collection: 'programs' | 'vens' | 'resources' | 'reports' | 'subscriptions';
  by: 'bl' | 'one' | 'two';
  targets?: string[];
  told: Reader[];
  /** Where it differs: VENs have no topics for reports, subscriptions and the making of vens. */
  toldOverMqtt?: Reader[];
}

const operators: Reader[] = ['bl', 'admin'];
const own = (collection: ObjectRow['collection'], by: 'one' | 'two', more: Partial<ObjectRow> = {}): ObjectRow => ({
  ...{ name: `${collection} of ${by}`, collection, by, told: [...operators, by], ...more },
});
const program = (targets: string[], ...told: Reader[]): ObjectRow => ({
  ...{
    name: `program for ${targets.join()}`,
    collection: 'programs',
    by: 'bl',
    targets,
    told: [...operators, ...told],
  },
});

export const OBJECTS: readonly ObjectRow[] = [
  program([], 'one', 'two', 'none'),
  program(['A'], 'one'),
  program(['B'], 'two'),
  program(['A', 'B'], 'one', 'two'),
  program(['nobody']),
  { name: 'ven of somebody', collection: 'vens', by: 'bl', told: operators },
  own('resources', 'one'),
  own('resources', 'two'),
  own('reports', 'one', { toldOverMqtt: operators }),
  own('reports', 'two', { toldOverMqtt: operators }),
  own('subscriptions', 'one', { toldOverMqtt: operators }),
  own('subscriptions', 'two', { toldOverMqtt: operators }),
];

/** What an object of the table is made of; `eventID` is that of an event that everybody may see. */
export function bodyOf(
  { name, collection, targets }: ObjectRow,
  ids: { venID: string; eventID: string; callbackUrl: string },
): object {
  const callback = { callbackUrl: ids.callbackUrl, objects: ['EVENT'], operations: ['READ'] };
  return {
    programs: { programName: name, targets },
    vens: { clientID: name, venName: name, targets: [] },
    resources: { resourceName: name, venID: ids.venID },
    reports: { eventID: ids.eventID, clientName: name, resources: [] },
    subscriptions: { clientName: name, objectOperations: [callback] },
  }[collection];
}

/** The name of an object of the table. */
export function nameOf(object: object): string {
  const keys = ['programName', 'venName', 'resourceName', 'clientName', 'eventName'];
  const named = Object.entries(object).find(([key]) => keys.includes(key));
  return String(named?.[1]);
}
