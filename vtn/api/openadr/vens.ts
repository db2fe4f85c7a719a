import type { Ven } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Caller } from '../../auth/caller.ts';
import { isBusinessLogic } from '../../auth/roles.ts';
import { resourcesOfVen } from '../../store/resources.ts';
import type { Change, Db } from '../../store/store.ts';
import { deleteVenChanges, listVenBodies, venByClientId, venById, venByName } from '../../store/vens.ts';
import { conflict, invalid } from '../errors.ts';
import type { OperationHandler } from '../http.ts';
import type { ObjectDeps } from './deps.ts';
import { fieldsOf, newObject, objectAnswer, replaced, targetsOf, textOf } from './objects.ts';
import { ownedOperations } from './owned.ts';

/**
 * `/vens`: business logic writes any and grants targets; a VEN writes its own, whose clientID comes from its token and whose
 * targets it cannot touch (Definition "Object Privacy": only BL clients may write targets to ven and resource objects).
 */
export function venOperations(deps: ObjectDeps): Record<string, OperationHandler> {
  const { store } = deps;
  const owned = ownedOperations<Ven>(deps, {
    type: 'ven',
    collection: 'vens',
    idParameter: 'venID',
    writeScope: 'write_vens',
    byId: venById,
    list: (db, query, filter) =>
      listVenBodies(db, { name: textOf(query, 'venName'), targets: targetsOf(query), ...filter }),
    isRemembered: true,
    deleteChanges: deleteVenChanges,
  });
  return {
    searchVens: owned.search,
    searchVenByID: owned.searchById,
    createVen: {
      authorise: owned.mayWrite,
      handle: async ({ caller, body }) => {
        const ven = newObject<Ven>('VEN', venFields(caller, body), deps);
        await store.write(async (tx) => {
          await requireUnique(tx.db, ven);
          await tx.apply([{ operation: 'CREATE', object: ven }]);
        });
        return objectAnswer(201, ven);
      },
    },
    updateVen: {
      authorise: owned.mayWrite,
      handle: async (request) => {
        const ven = await store.write(async (tx) => {
          const previous = await owned.toChange(tx.db, request);
          const object = replaced(previous, venFields(request.caller, request.body, previous), deps);
          await requireUnique(tx.db, object);
          await tx.apply([
            { operation: 'UPDATE', object, previous },
            ...(await followingResources(tx.db, previous, object, deps)),
          ]);
          return object;
        });
        return objectAnswer(200, ven);
      },
    },
    deleteVen: owned.remove,
  };
}

function venFields(caller: Caller, body: unknown, previous?: Ven): Record<string, unknown> {
  const { clientID, venName, targets, attributes } = fieldsOf('VEN', body);
  const others = { venName, ...(attributes === undefined ? {} : { attributes }) };
  if (!isBusinessLogic(caller)) return { clientID: caller.clientId, targets: previous?.targets ?? [], ...others };
  const owner = clientID ?? previous?.clientID;
  if (owner === undefined) {
    throw invalid([{ loc: ['body', 'clientID'], msg: 'required of business logic, but missing', type: 'missing' }]);
  }
  return { clientID: owner, targets: targets ?? [], ...others };
}

async function requireUnique(db: Db, ven: Ven): Promise<void> {
  const namesake = await venByName(db, ven.venName);
  if (namesake && namesake.id !== ven.id) {
    throw conflict('venName already exists', `body.venName: "${ven.venName}" is the name of another ven`);
  }
  const sibling = await venByClientId(db, ven.clientID);
  if (sibling && sibling.id !== ven.id) {
    throw conflict('clientID already has a ven', `body.clientID: client ${ven.clientID} has the ven ${sibling.id}`);
  }
}

/** A ven that goes to another client takes its resources along; otherwise they would stay visible to the former one. */
async function followingResources(db: Db, previous: Ven, ven: Ven, deps: ObjectDeps): Promise<Change[]> {
  if (previous.clientID === ven.clientID) return [];
  const resources = await resourcesOfVen(db, ven.id);
  return resources.map((resource) => {
    const { attributes, resourceName, targets, venID } = resource;
    const fields = {
      clientID: ven.clientID,
      resourceName,
      venID,
      targets: targets ?? [],
      ...(attributes === undefined ? {} : { attributes }),
    };
    return { operation: 'UPDATE', object: replaced(resource, fields, deps), previous: resource };
  });
}
