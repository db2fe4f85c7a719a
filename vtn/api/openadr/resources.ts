import type { Resource, Ven } from '@openadr-gateway/shared/openadr/objects.ts';
import { canSee } from '../../auth/access.ts';
import type { Caller } from '../../auth/caller.ts';
import { isBusinessLogic } from '../../auth/roles.ts';
import { listResourceBodies, resourceById, resourcesOfVen } from '../../store/resources.ts';
import type { Db } from '../../store/store.ts';
import { venById } from '../../store/vens.ts';
import { conflict, invalid } from '../errors.ts';
import type { OperationHandler } from '../http.ts';
import type { ObjectDeps } from './deps.ts';
import { fieldsOf, newObject, noSuch, objectAnswer, replaced, targetsOf, textOf } from './objects.ts';
import { ownedOperations } from './owned.ts';

/** `/resources`: as with vens, business logic writes any and grants targets, a VEN writes those of its own ven. */
export function resourceOperations(deps: ObjectDeps): Record<string, OperationHandler> {
  const { store } = deps;
  const owned = ownedOperations<Resource>(deps, {
    type: 'resource',
    collection: 'resources',
    idParameter: 'resourceID',
    writeScope: 'write_vens',
    byId: resourceById,
    list: (db, query, filter) =>
      listResourceBodies(db, {
        venId: textOf(query, 'venID'),
        name: textOf(query, 'resourceName'),
        targets: targetsOf(query),
        ...filter,
      }),
    isRemembered: true,
  });
  return {
    searchVenResources: owned.search,
    searchVenResourceByID: owned.searchById,
    createResource: {
      authorise: owned.mayWrite,
      handle: async ({ caller, body }) => {
        const resource = await store.write(async (tx) => {
          const ven = await venOf(tx.db, caller, body);
          const object = newObject<Resource>('RESOURCE', resourceFields(caller, ven, body), deps);
          await requireUniqueName(tx.db, object);
          await tx.apply([{ operation: 'CREATE', object }]);
          return object;
        });
        return objectAnswer(201, resource);
      },
    },
    updateVenResource: {
      authorise: owned.mayWrite,
      handle: async (request) => {
        const { caller, body } = request;
        const resource = await store.write(async (tx) => {
          const previous = await owned.toChange(tx.db, request);
          const ven = await venOf(tx.db, caller, body);
          const object = replaced(previous, resourceFields(caller, ven, body, previous), deps);
          await requireUniqueName(tx.db, object);
          await tx.apply([{ operation: 'UPDATE', object, previous }]);
          return object;
        });
        return objectAnswer(200, resource);
      },
    },
    deleteVenResource: owned.remove,
  };
}

/** The ven that the body names; 404 for one that is not there or not the caller's, as the document lists it. */
async function venOf(db: Db, caller: Caller, body: unknown): Promise<Ven> {
  const { venID } = body as { venID: string };
  const ven = await venById(db, venID);
  if (!ven || !canSee(caller, [], { object: ven })) throw noSuch('ven', venID);
  return ven;
}

/** A resource belongs to its ven's client: business logic may leave clientID out, but not name another. */
function resourceFields(caller: Caller, ven: Ven, body: unknown, previous?: Resource): Record<string, unknown> {
  const { clientID, resourceName, targets, attributes } = fieldsOf('RESOURCE', body);
  const own = {
    clientID: ven.clientID,
    resourceName,
    venID: ven.id,
    ...(attributes === undefined ? {} : { attributes }),
  };
  if (!isBusinessLogic(caller)) return { ...own, targets: previous?.targets ?? [] };
  if (clientID != null && clientID !== ven.clientID) {
    throw invalid([
      {
        loc: ['body', 'clientID'],
        msg: `expected ${ven.clientID}, the client of ven ${ven.id}`,
        type: 'value_error',
        input: clientID,
      },
    ]);
  }
  return { ...own, targets: targets ?? [] };
}

async function requireUniqueName(db: Db, resource: Resource): Promise<void> {
  const namesake = (await resourcesOfVen(db, resource.venID)).find((r) => r.resourceName === resource.resourceName);
  if (namesake && namesake.id !== resource.id) {
    throw conflict(
      'resourceName already exists in this ven',
      `body.resourceName: "${resource.resourceName}" is the name of resource ${namesake.id} of ven ${resource.venID}`,
    );
  }
}
