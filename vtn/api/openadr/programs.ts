import type { Program } from '@openadr-gateway/shared/openadr/objects.ts';
import { canSee, visible } from '../../auth/access.ts';
import { requireScope } from '../../auth/roles.ts';
import { deleteProgramChanges, listProgramBodies, programById, programByName } from '../../store/programs.ts';
import type { Db } from '../../store/store.ts';
import { conflict } from '../errors.ts';
import type { OperationHandler } from '../http.ts';
import type { ObjectDeps } from './deps.ts';
import { checkIfMatch, fieldsOf, newObject, noSuch, objectAnswer, replaced } from './objects.ts';
import { answerTargetedList } from './targeted-lists.ts';

/** `/programs`: business logic writes; everyone reads what is untargeted or granted to them. */
export function programOperations(deps: ObjectDeps): Record<string, OperationHandler> {
  const { store, grants } = deps;
  const mayRead = requireScope('read_targets');
  const mayWrite = requireScope('write_programs');
  return {
    searchAllPrograms: {
      authorise: mayRead,
      handle: (request) => answerTargetedList(deps, 'programs', ['programs'], request, listProgramBodies),
    },
    searchProgramByProgramId: {
      authorise: mayRead,
      handle: async ({ caller, params }) => {
        const id = params['programID'] ?? '';
        const { held } = await grants.of(caller);
        const program = await store.read((db) => programById(db, id));
        if (!program || !canSee(caller, held, { object: program })) throw noSuch('program', id);
        return objectAnswer(200, visible(caller, held, program));
      },
    },
    createProgram: {
      authorise: mayWrite,
      handle: async ({ body }) => {
        const program = newObject<Program>('PROGRAM', fieldsOf('PROGRAM', body), deps);
        await store.write(async (tx) => {
          await requireUniqueName(tx.db, program);
          await tx.apply([{ operation: 'CREATE', object: program }]);
        });
        return objectAnswer(201, program);
      },
    },
    updateProgram: {
      authorise: mayWrite,
      handle: async (request) => {
        const program = await store.write(async (tx) => {
          const previous = await existing(tx.db, request.params['programID'] ?? '');
          checkIfMatch(request, previous);
          const object = replaced(previous, fieldsOf('PROGRAM', request.body), deps);
          await requireUniqueName(tx.db, object);
          await tx.apply([{ operation: 'UPDATE', object, previous }]);
          return object;
        });
        return objectAnswer(200, program);
      },
    },
    deleteProgram: {
      authorise: mayWrite,
      handle: async (request) => {
        const program = await store.write(async (tx) => {
          const object = await existing(tx.db, request.params['programID'] ?? '');
          checkIfMatch(request, object);
          await tx.apply(await deleteProgramChanges(tx.db, object));
          return object;
        });
        return objectAnswer(200, program);
      },
    },
  };
}

async function existing(db: Db, id: string): Promise<Program> {
  const program = await programById(db, id);
  if (!program) throw noSuch('program', id);
  return program;
}

async function requireUniqueName(db: Db, program: Program): Promise<void> {
  const other = await programByName(db, program.programName);
  if (other && other.id !== program.id) {
    throw conflict(
      'programName already exists',
      `body.programName: "${program.programName}" is the name of program ${other.id}`,
    );
  }
}
