import type { ObjectType, Subscription } from '@openadr-gateway/shared/openadr/objects.ts';
import { canSee } from '../../auth/access.ts';
import type { Caller } from '../../auth/caller.ts';
import { programById } from '../../store/programs.ts';
import type { Db } from '../../store/store.ts';
import {
  callbackTokens,
  listSubscriptionBodies,
  storeCallbackTokens,
  subscriptionById,
} from '../../store/subscriptions.ts';
import { conflict } from '../errors.ts';
import type { OperationHandler } from '../http.ts';
import { callbacksOf, type FormerCallbacks } from './callbacks.ts';
import type { ObjectDeps } from './deps.ts';
import { fieldsOf, newObject, objectAnswer, replaced, textOf, unknownReference } from './objects.ts';
import { ownedOperations } from './owned.ts';

/**
 * `/subscriptions`: everyone with a token for it subscribes for itself; a VEN sees and changes its own, business logic all.
 * A subscription belongs to a client, whether it has a ven or not (Definition "Subscriptions", "Object Privacy").
 */
export function subscriptionOperations(deps: ObjectDeps): Record<string, OperationHandler> {
  const { store, grants } = deps;
  const owned = ownedOperations<Subscription>(deps, {
    type: 'subscription',
    collection: 'subscriptions',
    idParameter: 'subscriptionID',
    writeScope: 'write_subscriptions',
    byId: subscriptionById,
    list: (db, query, filter) =>
      listSubscriptionBodies(db, {
        programId: textOf(query, 'programID'),
        clientName: textOf(query, 'clientName'),
        objects: query['objects'] as ObjectType[] | undefined,
        ...filter,
      }),
    // The command line may have ended a client meanwhile, which this process does not hear of.
    isRemembered: false,
  });
  return {
    searchSubscriptions: owned.search,
    searchSubscriptionByID: owned.searchById,
    createSubscription: {
      authorise: owned.mayWrite,
      handle: async ({ caller, body }) => {
        const { fields, tokens } = wishesOf(body);
        const object = newObject<Subscription>('SUBSCRIPTION', { ...fields, clientID: caller.clientId }, deps);
        const { held } = await grants.of(caller);
        await store.write(async (tx) => {
          await requireProgram(tx.db, caller, held, object, deps.unknownProgramStatus);
          await tx.apply([{ operation: 'CREATE', object }]);
          await storeCallbackTokens(tx.db, object.id, tokens);
        });
        return objectAnswer(201, object);
      },
    },
    updateSubscription: {
      authorise: owned.mayWrite,
      handle: async (request) => {
        const { caller, body } = request;
        const { held } = await grants.of(caller);
        const subscription = await store.write(async (tx) => {
          const previous = await owned.toChange(tx.db, request);
          const { objectOperations } = previous;
          const { fields, tokens } = wishesOf(body, {
            objectOperations,
            tokens: await callbackTokens(tx.db, previous),
          });
          const object = replaced(previous, { ...fields, clientID: previous.clientID }, deps);
          await requireProgram(tx.db, caller, held, object, deps.unknownProgramStatus);
          await tx.apply([{ operation: 'UPDATE', object, previous }]);
          await storeCallbackTokens(tx.db, object.id, tokens);
          return object;
        });
        return objectAnswer(200, subscription);
      },
    },
    deleteSubscription: owned.remove,
  };
}

/** The object's fields, masked, and the tokens that belong to its callbacks. Without a program: no `programID` in answers. */
function wishesOf(body: unknown, former?: FormerCallbacks) {
  const fields = fieldsOf('SUBSCRIPTION', body);
  if (fields['programID'] === null) delete fields['programID'];
  const entries = fields['objectOperations'] as Parameters<typeof callbacksOf>[0];
  const { objectOperations, tokens } = callbacksOf(entries, former);
  return { fields: { ...fields, objectOperations }, tokens };
}

/** Like the event of a report: a program that the caller may not see is told like one that is unknown. */
async function requireProgram(
  db: Db,
  caller: Caller,
  held: readonly string[],
  { programID }: Subscription,
  status: 400 | 409,
): Promise<void> {
  if (programID == null) return;
  const program = await programById(db, programID);
  if (program && canSee(caller, held, { object: program })) return;
  if (status === 409) throw conflict('programID is unknown', `body.programID: there is no program ${programID}`);
  throw unknownReference('programID', 'a program', programID);
}
