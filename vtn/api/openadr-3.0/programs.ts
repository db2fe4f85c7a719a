import { programFrom30, programTo30 } from '@openadr-gateway/shared/openadr/dialect-3.0.ts';
import type { Program } from '@openadr-gateway/shared/openadr/objects.ts';
import { aimedAt } from './names.ts';
import type { Shape } from './shape.ts';

/** `/programs` */
export const PROGRAMS: Shape<Program> = {
  operations: {
    list: 'searchAllPrograms',
    read: 'searchProgramByProgramId',
    create: 'createProgram',
    update: 'updateProgram',
    remove: 'deleteProgram',
  },
  collections: ['programs', 'vens'],
  isPure: true,
  isTargeted: true,
  filtersTargets: true,
  parameters: [],
  show: (programs) => programs.map(programTo30),
  take: ({ body }, previous) => programFrom30(body as Parameters<typeof programFrom30>[0], previous),
  named: (type, values, caller, db) => {
    if (type === 'PROGRAM_NAME') return Promise.resolve(({ programName }) => values.includes(programName));
    return type === 'VEN_NAME' ? aimedAt(db, values, caller) : undefined;
  },
};
