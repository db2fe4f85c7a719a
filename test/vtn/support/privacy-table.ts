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
