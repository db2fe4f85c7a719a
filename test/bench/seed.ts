import pino from 'pino';
import { randomIds } from '@openadr-gateway/shared/ids.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { SCOPES_BY_ROLE, type Role } from '@openadr-gateway/vtn/auth/caller.ts';
import { Tokens } from '@openadr-gateway/vtn/auth/tokens.ts';
import { vtnConfig } from '@openadr-gateway/vtn/config.ts';
import { SqliteStore } from '@openadr-gateway/vtn/store/sqlite.ts';
import { aProgram, anEvent, aVen, created } from '../support/openadr-objects.ts';

export interface Seed {
  venIds: string[];
  venTokens: string[];
  operatorToken: string;
  /** An event that the first VEN sees. */
  eventId: string;
}

const CHUNK = 500;

/** Whom the events are for: one ven each, one ven each because its program is, or everybody. */
export type EventsFor = 'targeted' | 'in targeted programs' | 'untargeted';

/** Fills a database with clients, vens and events; gives tokens that a VTN on this file accepts. */
export async function seed(
  path: string,
  vens: number,
  events: number,
  eventsFor: EventsFor = 'targeted',
): Promise<Seed> {
  const store = new SqliteStore({ path, clock: systemClock });
  await store.start();
  const client = (id: string, role: Role) => ({
    id,
    name: id,
    role,
    secret_hash: 'none: tokens are issued here',
    account: null,
    utility_id: null,
    utility_level: null,
    created_ms: systemClock.nowMs(),
    revoked_ms: null,
  });
  const venIds = Array.from({ length: vens }, (_, i) => `ven-${i}`);
  await store.write(async (tx) => {
    await tx.db.insertInto('clients').values(client('bench-operator', 'bl')).execute();
    for (const id of venIds)
      await tx.db
        .insertInto('clients')
        .values(client(`client-${id}`, 'ven'))
        .execute();
    await tx.apply(created(aProgram('bench')));
    await tx.apply(created(...venIds.map((id) => aVen(id, { clientID: `client-${id}`, targets: [`asset-${id}`] }))));
  });
  if (eventsFor === 'in targeted programs') {
    await store.write((tx) =>
      tx.apply(created(...venIds.map((id) => aProgram(`program-${id}`, { targets: [`asset-${id}`] })))),
    );
  }
  const eventOf = (n: number) => {
    const id = venIds[n % vens] ?? '';
    const event = limitEvent(`event-${n}`, `asset-${id}`);
    if (eventsFor === 'targeted') return event;
    return { ...event, targets: null, ...(eventsFor === 'untargeted' ? {} : { programID: `program-${id}` }) };
  };
  for (let from = 0; from < events; from += CHUNK) {
    const some = Array.from({ length: Math.min(CHUNK, events - from) }, (_, i) => eventOf(from + i));
    await store.write((tx) => tx.apply(created(...some)));
  }
  // Nobody has to hear of them: the broker is not what is measured here.
  await store.write(async (tx) => void (await tx.db.deleteFrom('outbox').execute()));
  const { auth } = vtnConfig.parse({});
  const tokens = new Tokens({
    store,
    clock: systemClock,
    ids: randomIds,
    log: pino({ level: 'silent' }),
    issuer: auth.issuer,
    audience: auth.audience,
    ttlSeconds: auth.tokenTtlSeconds,
    clockToleranceSeconds: auth.clockToleranceSeconds,
    invalidTokenStatus: auth.invalidTokenStatus,
  });
  await tokens.start();
  const issue = async (clientId: string, role: Role): Promise<string> =>
    (await tokens.issue({ clientId, role, scopes: SCOPES_BY_ROLE[role] })).token;
  const result = {
    venIds,
    venTokens: await Promise.all(venIds.map((id) => issue(`client-${id}`, 'ven'))),
    operatorToken: await issue('bench-operator', 'bl'),
    eventId: 'event-0',
  };
  tokens.stop();
  await store.stop();
  return result;
}

/** About 500 bytes: a limit of two intervals, in force for a long time. */
function limitEvent(id: string, target: string) {
  return anEvent(id, 'bench', {
    eventName: `limits/${target}/${id}`,
    priority: 0,
    targets: [target],
    intervalPeriod: { start: '2026-01-01T00:00:00Z', duration: 'P9999Y' },
    intervals: [
      {
        id: 0,
        payloads: [
          { type: 'IMPORT_CAPACITY_LIMIT', values: [4000] },
          { type: 'EXPORT_CAPACITY_LIMIT', values: [6500] },
        ],
      },
    ],
  });
}
