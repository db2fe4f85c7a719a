import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import request from 'supertest';
import { answerCheck, operationsOf } from '../support/documents.ts';
import type { DocumentedOperation } from '../support/documents.ts';
import { BASE, startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';
import { buildWorld, parties, subscription } from './matrix-world.ts';
import type { Ids, Party } from './matrix-world.ts';

/** Declared because OpenADR declares them; nothing here leads to them. */
const NEVER: Record<string, string> = {
  createReport: '409',
  updateReport: '409',
  // Lists are empty, not missing; what takes no parameters cannot be asked wrongly.
  searchVenResources: '404',
  listAllMqttNotifierTopicsPrograms: '400',
  listAllMqttNotifierTopicsEvents: '400',
  listAllMqttNotifierTopicsReports: '400',
  listAllMqttNotifierTopicsSubscriptions: '400',
  listAllMqttNotifierTopicsVens: '400',
  listAllMqttNotifierTopicsResources: '400',
};

interface Request {
  /** Which server: the usual one, or one whose switches are set otherwise. */
  at?: 'usual' | 'other';
  id?: string;
  search?: string;
  token?: string | undefined;
  headers?: Record<string, string>;
  body?: object | string;
}

const operations = await operationsOf('shared/openapi/openadr-3.1.yaml');
const check = answerCheck();
const isFor = (operation: DocumentedOperation, collection: string) => operation.path.startsWith(`/${collection}`);

describe('every status that the document of OpenADR 3.1 declares', () => {
  let usual: TestVtn;
  /** Without MQTT and tokens of its own; an unknown program is 409. */
  let other: TestVtn;
  let clients: Record<Party, TestClient>;
  let customer: TestClient;
  let elsewhere: TestClient;
  let ids: Ids;
  beforeAll(async () => {
    usual = await startVtn({
      server: { port: 0, bodyLimitBytes: 4_000 },
      log: { level: 'silent' },
      mqtt: { mode: 'external', url: 'mqtt://127.0.0.1:1' },
      auth: { tokenRequestsPerMinute: 3 },
    });
    other = await startVtn({ log: { level: 'silent' }, openadr: { unknownProgramStatus: 409 } });
    elsewhere = await other.client('bl');
    clients = await parties(usual);
    customer = await usual.client('customer', { account: 'a' });
    ids = await buildWorld(clients);
  });
  afterAll(async () => {
    await usual.stop();
    await other.stop();
  });

  const collectionOf = ({ path }: DocumentedOperation) =>
    (path.startsWith('/notifiers/mqtt') ? path.split('/')[4] : path.split('/')[1]) as keyof Ids;
  const known = (operation: DocumentedOperation) => {
    const all = ids[collectionOf(operation)] as Record<string, string> | undefined;
    return all?.['open'] ?? all?.['owners'] ?? 'none';
  };
  let n = 0;
  const bodyOf = (operation: DocumentedOperation): Record<string, unknown> | undefined => {
    if (!operation.requestBody) return undefined;
    const name = `new ${n++}`;
    const bodies: Record<string, Record<string, unknown>> = {
      programs: { programName: name },
      events: { programID: ids.programs['open'] },
      reports: { eventID: ids.events['open'], clientName: 'c', resources: [] },
      subscriptions: subscription(),
      vens: { venName: name, clientID: operation.method === 'post' ? name : clients.owner.id },
      resources: { venID: ids.vens['owners'], resourceName: name },
      auth: { grant_type: 'client_credentials', client_id: clients.bl.id, client_secret: clients.bl.secret },
    };
    return bodies[collectionOf(operation)];
  };
  /** What makes a name twice, or names a program that is not there. */
  const conflicting = async (operation: DocumentedOperation): Promise<Request> => {
    if (isFor(operation, 'events') || isFor(operation, 'subscriptions')) {
      const collection = collectionOf(operation);
      const { body: program } = await elsewhere.post('programs', { programName: `p ${n++}` }).expect(201);
      const made = { events: { programID: program.id as string }, subscriptions: subscription() }[
        collection as 'events'
      ];
      const { body } = await elsewhere.post(collection, made).expect(201);
      return { at: 'other', id: body.id as string, body: { ...made, programID: 'none' } };
    }
    const names: Record<string, object> = {
      programs: { programName: 'secret' },
      vens: { venName: 'others', clientID: clients.owner.id },
      resources: { venID: ids.vens['owners'], resourceName: 'twice' },
    };
    const body = names[collectionOf(operation)];
    if (isFor(operation, 'resources')) await clients.bl.post('resources', body);
    return { ...(body ? { body } : {}) };
  };

  /** A request that is answered with the status. */
  const requestFor = async (operation: DocumentedOperation, status: string): Promise<Request> => {
    const isToken = operation.operationId === 'fetchToken';
    const hasId = operation.path.includes('{');
    switch (status) {
      case '304':
        return { headers: { 'if-none-match': '*' } };
      case '400':
        if (hasId) return { id: 'a%20b' };
        if (isToken) return { body: { grant_type: 'password' } };
        return operation.requestBody ? { body: [] } : { search: '?limit=-1' };
      case '401':
        return isToken ? { body: { ...bodyOf(operation), client_secret: 'wrong' } } : { token: undefined };
      case '403':
        return { token: customer.token };
      case '404':
        if (hasId) return { id: 'none' };
        return operation.requestBody ? { body: { ...bodyOf(operation), venID: 'none' } } : { at: 'other' };
      case '406':
        return { headers: { accept: 'text/html' } };
      case '409':
        return conflicting(operation);
      case '412':
        return { headers: { 'if-match': '"another"' } };
      case '413':
        return { body: isToken ? { grant_type: 'x'.repeat(5_000) } : { programName: 'x'.repeat(5_000) } };
      case '415':
        return { headers: { 'content-type': 'text/plain' }, body: 'x' };
      case '429':
        for (let i = 0; i < 3; i++) await send(operation, {});
        return {};
      default:
        return {};
    }
  };

  const send = async (operation: DocumentedOperation, sent: Request): Promise<number> => {
    const isOther = sent.at === 'other';
    const path = operation.path.replace(/\{\w+\}/, sent.id ?? known(operation));
    const test = request((isOther ? other : usual).url)[operation.method as 'get'](
      `${BASE}${path}${sent.search ?? ''}`,
    );
    const token = 'token' in sent ? sent.token : (isOther ? elsewhere : clients.bl).token;
    if (token !== undefined) test.set('Authorization', `Bearer ${token}`);
    if (operation.path === '/auth/token') test.type('form').unset('Authorization');
    for (const [name, value] of Object.entries(sent.headers ?? {})) test.set(name, value);
    const answer = await test.send(sent.body ?? bodyOf(operation));
    const { status, headers, text } = answer;
    expect(check(operation, { status, contentType: headers['content-type'], text: text ?? '' })).toBeUndefined();
    if (operation.method === 'delete' && status === 200) ids = await buildWorld(clients);
    return status;
  };

  const cells = operations.flatMap((operation) =>
    Object.keys(operation.responses)
      // 500 has a test of its own in errors.test.ts, 501 one with the tokens.
      .filter((status) => !['default', '500', '501', NEVER[operation.operationId]].includes(status))
      .map((status) => ({ id: operation.operationId, status, operation })),
  );

  it.each(cells)('$id can be answered with $status', async ({ operation, status }) => {
    expect(String(await send(operation, await requestFor(operation, status)))).toBe(status);
  });

  it('are all asked for', () => {
    expect(cells.length).toBeGreaterThan(300);
    expect(new Set(cells.map((cell) => cell.id)).size).toBe(operations.length);
  });
});
