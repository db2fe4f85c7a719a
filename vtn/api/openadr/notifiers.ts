import { topicsFor, type TopicScope } from '@openadr-gateway/shared/openadr/topics.ts';
import { canSee, opensProgram } from '../../auth/access.ts';
import { isBusinessLogic, requireScope } from '../../auth/roles.ts';
import { bearerToken } from '../../auth/tokens.ts';
import { programById } from '../../store/programs.ts';
import type { Store } from '../../store/store.ts';
import { grantedTargetsOfVen } from '../../store/targets.ts';
import { venByClientId, venById } from '../../store/vens.ts';
import { notFound } from '../errors.ts';
import { taggedJson } from '../etag.ts';
import type { ApiRequest, OperationHandler } from '../http.ts';
import { noSuch } from './objects.ts';

export interface NotifierDeps {
  store: Store;
  /** What clients are told about the broker; `undefined` when there is none. */
  mqtt: MqttOffer | undefined;
}

export interface MqttOffer {
  /** Asked at each request: an embedded broker knows its port only once it listens. */
  uris: () => string[];
  authentication: 'ANONYMOUS' | 'OAUTH2_BEARER_TOKEN';
  /** Makes the broker take a caller's access token, where the broker cannot ask for itself. */
  admit?: (token: string) => Promise<void>;
}

type ScopeOf = (request: ApiRequest) => Promise<TopicScope>;

/**
 * `GET /notifiers` and the twelve `GET /notifiers/mqtt/topics/…` (Definition "Notifications via Additional Protocols").
 * What is advertised is what is published: see vtn/notify/routing.ts.
 */
export function notifierOperations(deps: NotifierDeps): Record<string, OperationHandler> {
  const everybody = requireScope('read_all');
  const businessLogic = requireScope('read_bl');
  const vensAndBusinessLogic = requireScope('read_ven_objects');

  const topics = (authorise: OperationHandler['authorise'], scopeOf: ScopeOf): OperationHandler => ({
    authorise,
    handle: async (request) => {
      if (deps.mqtt === undefined) throw notFound('This VTN offers no notifications over MQTT.');
      return taggedJson(200, JSON.stringify({ topics: topicsFor(await scopeOf(request)) }));
    },
  });
  const ofPrograms: ScopeOf = ({ caller }) =>
    Promise.resolve({ of: isBusinessLogic(caller) ? 'anyPrograms' : 'programs' });
  const fixed =
    (scope: TopicScope): ScopeOf =>
    () =>
      Promise.resolve(scope);
  const ofVen = (of: 'ven' | 'venEvents' | 'venPrograms' | 'venResources') =>
    topics(vensAndBusinessLogic, async (request) => ({ of, venId: await ownVenId(deps.store, request) }));
  const ofProgram = (of: 'program' | 'programEvents') =>
    topics(everybody, (request) => programScope(deps.store, request, of));

  return {
    listAllNotifiers: {
      authorise: everybody,
      handle: async ({ headers }) => {
        const token = bearerToken(headers['authorization'] as string | undefined);
        if (token !== undefined) await deps.mqtt?.admit?.(token);
        return taggedJson(200, JSON.stringify(notifiersResponse(deps.mqtt)));
      },
    },
    listAllMqttNotifierTopicsPrograms: topics(everybody, ofPrograms),
    listAllMqttNotifierTopicsProgram: ofProgram('program'),
    listAllMqttNotifierTopicsProgramEvents: ofProgram('programEvents'),
    listAllMqttNotifierTopicsEvents: topics(businessLogic, fixed({ of: 'events' })),
    listAllMqttNotifierTopicsReports: topics(businessLogic, fixed({ of: 'reports' })),
    listAllMqttNotifierTopicsSubscriptions: topics(businessLogic, fixed({ of: 'subscriptions' })),
    listAllMqttNotifierTopicsVens: topics(businessLogic, fixed({ of: 'vens' })),
    listAllMqttNotifierTopicsResources: topics(businessLogic, fixed({ of: 'resources' })),
    listAllMqttNotifierTopicsVen: ofVen('ven'),
    listAllMqttNotifierTopicsVenEvents: ofVen('venEvents'),
    listAllMqttNotifierTopicsVenPrograms: ofVen('venPrograms'),
    listAllMqttNotifierTopicsVenResources: ofVen('venResources'),
  };
}

function notifiersResponse(mqtt: MqttOffer | undefined): Record<string, unknown> {
  if (mqtt === undefined) return { WEBHOOK: true };
  const { authentication: method } = mqtt;
  return {
    WEBHOOK: true,
    MQTT: {
      URIS: mqtt.uris(),
      serialization: 'JSON',
      // The token is the password; the user name may be anything, so the distinguished one is as good as any.
      authentication: method === 'ANONYMOUS' ? { method } : { method, username: '{clientID}' },
    },
  };
}

/** The ven of the path; 404 when there is none, or when it is another client's (hidden: Definition "Object Privacy"). */
async function ownVenId(store: Store, { caller, params }: ApiRequest): Promise<string> {
  const id = params['venID'] ?? '';
  const ven = await store.read((db) => venById(db, id));
  if (ven === undefined || !canSee(caller, [], { object: ven })) throw noSuch('ven', id);
  return ven.id;
}

/**
 * The topics of a program or its events. Changes of a targeted program go only to the topics of the entitled vens, so these are
 * what an entitled ven is told; a program that it may not see does not exist for it. Business logic has topics of its own, with
 * everything.
 */
async function programScope(
  store: Store,
  { caller, params }: ApiRequest,
  of: 'program' | 'programEvents',
): Promise<TopicScope> {
  const programId = params['programID'] ?? '';
  return store.read(async (db) => {
    const program = await programById(db, programId);
    if (program === undefined) throw noSuch('program', programId);
    if (isBusinessLogic(caller)) return { of: of === 'program' ? 'anyProgram' : 'anyProgramEvents', programId };
    if (opensProgram([], program)) return { of, programId };
    const ven = await venByClientId(db, caller.clientId);
    const held = ven === undefined ? [] : await grantedTargetsOfVen(db, ven.id);
    if (ven === undefined || !canSee(caller, held, { object: program })) throw noSuch('program', programId);
    return of === 'program' ? { of: 'venPrograms', venId: ven.id } : { of: 'venEvents', venId: ven.id };
  });
}
