import { isDeepStrictEqual } from 'node:util';
import { resourceFrom30, resourceTo30, venFrom30, venTo30 } from '@openadr-gateway/shared/openadr/dialect-3.0.ts';
import type { Resource, Ven } from '@openadr-gateway/shared/openadr/objects.ts';
import { isBusinessLogic } from '../../auth/roles.ts';
import { resourcesByName, resourcesOfVen } from '../../store/resources.ts';
import { noSuch } from '../openadr/objects.ts';
import { venIds } from './names.ts';
import { asTargets, inside, unconditional } from './objects.ts';
import type { Shape, Written } from './shape.ts';
import { call } from './within.ts';

type VenBody = Parameters<typeof venFrom30>[0];
type ResourceBody = Parameters<typeof resourceFrom30>[0];

/** `/vens`: with the resources inside. */
export const VENS: Shape<Ven> = {
  operations: {
    list: 'searchVens',
    read: 'searchVenByID',
    create: 'createVen',
    update: 'updateVen',
    remove: 'deleteVen',
  },
  collections: ['vens', 'resources'],
  isPure: false,
  isTargeted: false,
  filtersTargets: true,
  parameters: ['venName'],
  show: async (vens, db) => {
    const shown: object[] = [];
    for (const ven of vens) shown.push(venTo30(ven, await resourcesOfVen(db, ven.id)));
    return shown;
  },
  take: ({ body, caller }, previous) => {
    const ven = body as VenBody;
    // 3.0.1 does not know whose a ven is; its name is what operators and clients agreed on.
    const isNameless = isBusinessLogic(caller) && !previous && ven.clientID === undefined;
    return { ...venFrom30(ven), ...(isNameless ? { clientID: ven.venName } : {}) };
  },
  after: writeResources,
  named: (type, values, _caller, db) => {
    if (type === 'VEN_NAME') return Promise.resolve(({ venName }) => values.includes(venName));
    if (type !== 'RESOURCE_NAME') return undefined;
    return Promise.all(values.map((name) => resourcesByName(db, name))).then((found) => {
      const ids = found.flat().map(({ venID }) => venID);
      return ({ id }) => ids.includes(id);
    });
  },
};

/** `/vens/{venID}/resources` */
export const RESOURCES: Shape<Resource> = {
  operations: {
    list: 'searchVenResources',
    read: 'searchVenResourceByID',
    create: 'createResource',
    update: 'updateVenResource',
    remove: 'deleteVenResource',
  },
  collections: ['resources', 'vens'],
  isPure: true,
  isTargeted: false,
  filtersTargets: true,
  parameters: ['resourceName'],
  show: (resources) => resources.map(resourceTo30),
  take: ({ body, params }) => resourceFrom30(body as ResourceBody, params['venID'] ?? ''),
  requirePlace: ({ params }, { id, venID }) => {
    if (venID !== params['venID']) throw noSuch('resource', id);
  },
  requireParent: async (request, operations) => {
    await call(operations, 'searchVenByID', request);
  },
  scope: ({ params }) => ({ venID: params['venID'] ?? '' }),
  named: (type, values, caller, db) => {
    if (type === 'RESOURCE_NAME') return Promise.resolve(({ resourceName }) => values.includes(resourceName));
    return type === 'VEN_NAME'
      ? venIds(db, values, caller).then(
          (ids) =>
            ({ venID }) =>
              ids.includes(venID),
        )
      : undefined;
  },
};

/**
 * The resources that were sent inside of the ven. One with the id or the name of one that is there replaces it, another one is
 * new. Those that were not sent stay: they are deleted where they are addressed themselves.
 */
async function writeResources({ object: ven, request, operations, db }: Written<Ven>): Promise<void> {
  const { resources } = request.body as VenBody;
  const known = await resourcesOfVen(db, ven.id);
  for (const [i, sent] of (resources ?? []).entries()) {
    const former = known.find(({ id }) => id === sent.id) ?? known.find((r) => r.resourceName === sent.resourceName);
    try {
      const body = asTargets(() => resourceFrom30(sent, ven.id));
      const inner = { ...unconditional(request), body };
      if (!former) await call(operations, 'createResource', inner);
      else if (
        !isDeepStrictEqual(
          body,
          asTargets(() => resourceFrom30(resourceTo30(former), ven.id)),
        )
      ) {
        await call(operations, 'updateVenResource', { ...inner, params: { resourceID: former.id } });
      }
    } catch (error) {
      throw inside(`resources[${i}]`, error);
    }
  }
}
