import type { ObjectType, Subscription } from '@openadr-gateway/shared/openadr/objects.ts';
import { canSee } from '../../auth/access.ts';
import type { Caller } from '../../auth/caller.ts';
import { newSigningSecret } from '../../notify/signature.ts';
import { programById } from '../../store/programs.ts';
import type { Db } from '../../store/store.ts';
import {
  callbackTokens,
  listSubscriptionBodies,
  storeCallbackTokens,
  storeSubscriptionOwner,
  subscriptionById,
} from '../../store/subscriptions.ts';
import { parkedUrls } from '../../store/webhooks.ts';
import { conflict } from '../errors.ts';
import type { OperationHandler } from '../http.ts';
import { callbacksOf, type FormerCallbacks } from './callbacks.ts';
import { Challenges } from './challenges.ts';
import type { CallbackDeps, ObjectDeps } from './deps.ts';
import { fieldsOf, newObject, objectAnswer, replaced, textOf, unknownReference } from './objects.ts';
import { ownedOperations } from './owned.ts';

/**
 * `/subscriptions`: everyone with a token for it subscribes for itself; a VEN sees and changes its own, business logic all.
 * A subscription belongs to a client, whether it has a ven or not (Definition "Subscriptions", "Object Privacy").
 */
export function subscriptionOperations(deps: ObjectDeps): Record<string, OperationHandler> {
  const { store, grants, callbacks } = deps;
  const challenges = new Challenges(callbacks, deps.clock);
  const requireProgramOf = async (db: Db, caller: Caller, programId: string | undefined): Promise<void> => {
    if (programId === undefined) return;
    const { held } = await grants.of(caller);
    await requireProgram(db, caller, held, programId, deps.unknownProgramStatus);
  };
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
      prepare: async ({ caller, body }) => {
        const wishes = wishesOf(body, callbacks.rules);
        await store.read((db) => requireProgramOf(db, caller, wishes.programId));
        await challenges.pass(caller.clientId, wishes, new Set());
      },
      handle: async ({ caller, body }) => {
        const { fields, tokens, programId } = wishesOf(body, callbacks.rules);
        const object = newObject<Subscription>('SUBSCRIPTION', { ...fields, clientID: caller.clientId }, deps);
        const secret = newSigningSecret();
        await store.write(async (tx) => {
          await requireProgramOf(tx.db, caller, programId);
          await tx.apply([{ operation: 'CREATE', object }]);
          await storeCallbackTokens(tx.db, object.id, tokens);
          const { role } = caller;
          await storeSubscriptionOwner(tx.db, object.id, { role, version: callbacks.version, signing_secret: secret });
        });
        const answer = objectAnswer(201, object);
        return { ...answer, headers: { ...answer.headers, 'webhook-secret': secret } };
      },
    },
    updateSubscription: {
      authorise: owned.mayWrite,
      prepare: async (request) => {
        const { wishes, known, owner } = await store.read(async (db) => {
          const previous = await owned.toChange(db, request);
          const former = { ...previous, tokens: await callbackTokens(db, previous) };
          const wanted = wishesOf(request.body, callbacks.rules, former);
          await requireProgramOf(db, request.caller, wanted.programId);
          return { wishes: wanted, known: await goodUrls(db, previous), owner: previous.clientID };
        });
        for (const url of await challenges.pass(request.caller.clientId, wishes, known))
          await callbacks.resume(owner, url);
      },
      handle: async (request) => {
        const { caller, body } = request;
        const subscription = await store.write(async (tx) => {
          const previous = await owned.toChange(tx.db, request);
          const former = { ...previous, tokens: await callbackTokens(tx.db, previous) };
          const { fields, tokens, programId } = wishesOf(body, callbacks.rules, former);
          const object = replaced(previous, { ...fields, clientID: previous.clientID }, deps);
          await requireProgramOf(tx.db, caller, programId);
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
function wishesOf(body: unknown, rules: CallbackDeps['rules'], former?: FormerCallbacks) {
  const fields = fieldsOf('SUBSCRIPTION', body);
  if (fields['programID'] === null) delete fields['programID'];
  const entries = fields['objectOperations'] as Parameters<typeof callbacksOf>[0];
  const { objectOperations, tokens } = callbacksOf(entries, rules, former);
  const programId = fields['programID'] as string | undefined;
  return { fields: { ...fields, objectOperations }, programId, objectOperations, tokens };
}

/** Like the event of a report: a program that the caller may not see is told like one that is unknown. */
async function requireProgram(
  db: Db,
  caller: Caller,
  held: readonly string[],
  programID: string,
  status: 400 | 409,
): Promise<void> {
  const program = await programById(db, programID);
  if (program && canSee(caller, held, { object: program })) return;
  if (status === 409) throw conflict('programID is unknown', `body.programID: there is no program ${programID}`);
  throw unknownReference('programID', 'a program', programID);
}

/** The URLs of a subscription that were challenged before and have not been given up since. */
async function goodUrls(db: Db, { clientID, objectOperations }: Subscription): Promise<Set<string>> {
  const parked = await parkedUrls(db, clientID);
  return new Set(objectOperations.map(({ callbackUrl }) => callbackUrl).filter((url) => !parked.includes(url)));
}
