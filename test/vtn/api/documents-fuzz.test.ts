import fc from 'fast-check';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerCheck, operationsOf } from '../support/documents.ts';
import type { DocumentedOperation } from '../support/documents.ts';
import { arbitraryOf } from '../support/schema-arbitrary.ts';
import type { Wishes } from '../support/schema-arbitrary.ts';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

/** Every API that is mounted with who may do everything there, and how many random requests each of its operations gets; FUZZ_RUNS asks for more. */
const APIS = [
  { file: 'shared/openapi/openadr-3.1.yaml', base: '/openadr3/3.1.1', role: 'bl' },
  { file: 'shared/openapi/openadr-3.0.1.yaml', base: '/openadr3/3.0.1', role: 'bl' },
  { file: 'vtn/api/operations/openapi.yaml', base: '/api/v1', role: 'admin' },
  { file: 'vtn/api/customer/openapi.yaml', base: '/api/v0', role: 'customer' },
  { file: 'vtn/api/utilities/openapi.yaml', base: '/v1', role: 'admin' },
] as const;
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 12);
/** The same requests at each run, so that a fault can be met again; another FUZZ_SEED makes others. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_260_115);

/** A secret, a webhook that had failed for long, what nothing else hangs on: random requests seldom meet them. */
const BY_CHANCE = ['fetchToken', 'resumeWebhook', 'deletePlant', 'deleteLocation'];

interface Call {
  /** Path parameters, query and body; `@programs@3` stands for the id of a program. */
  path: Record<string, unknown>;
  query: Record<string, unknown>;
  body: unknown;
  headers: Record<string, string>;
  who: number;
}

/** A value as it stands in a path, a query or a form; lone surrogates cannot. */
const text = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).replace(/\p{Surrogate}/gu, '?');

describe.each(APIS)('whatever is sent to the operations of $file', ({ file, base, role }) => {
  let vtn: TestVtn;
  let clients: TestClient[];
  let operations: DocumentedOperation[];
  const check = answerCheck();
  /** Ids of objects that were made, by collection. */
  const pools = new Map<string, string[]>();

  beforeAll(async () => {
    vtn = await startVtn({
      log: { level: 'silent' },
      mqtt: { mode: 'external', url: 'mqtt://127.0.0.1:1' },
      auth: { tokenRequestsPerMinute: 5 },
    });
    clients = [
      await vtn.client(role, role === 'customer' ? { account: 'own' } : {}),
      await vtn.client('ven'),
      await vtn.client('utility', { utility: { level: 'admin' } }),
    ];
    operations = await operationsOf(file);
  });
  afterAll(() => vtn.stop());

  /** `programID`, `asset_id`, `asset_ids` -> programs, assets. */
  const poolOf = (name: string) => /^([a-z]+)_?ids?$/i.exec(name)?.[1]?.concat('s');
  const wishes = (junkPercent: number): Wishes => ({
    junkPercent,
    byName: (name) => {
      if (name === 'clientID') return fc.constantFrom('@client@0', '@client@1', 'another');
      // In their order, so that ranges are right often enough.
      if (name === 'from')
        return fc.constantFrom('2026-01-15T09:00:00Z', '2026-01-14T23:00:00Z', '9999-12-31T00:00:00Z');
      if (name === 'to')
        return fc.constantFrom('2026-01-15T12:15:00+01:00', '2026-01-16T00:00:00Z', '0001-01-01T00:00:00Z');
      if (name === 'grant_type') return fc.constant('client_credentials');
      if (name === 'start_time') return fc.constantFrom('2026-01-15T09:00:00Z', '2026-01-14T23:00:00Z');
      if (name === 'end_time') return fc.constantFrom('2026-01-15T12:15:00+01:00', '2026-01-15T18:00:00Z');
      if (name === 'start_time_utc') return fc.constantFrom('2026-01-15T09:07:00Z', '2026-01-15T12:00:00+01:00');
      if (name === 'end_time_utc') return fc.constantFrom('2026-01-15T11:55:00', '2026-01-16T00:00:00Z');
      // Plants are named by the path and can be renamed.
      if (role === 'customer' && /^(?:plant_id|name)$/.test(name)) return fc.constantFrom('NORTH_PLANT', 'SOUTH_PLANT');
      if (role === 'customer' && name === 'asset_id') return fc.constant(null);
      if (name === 'capacity_mw') return fc.constantFrom(0.5, 20);
      if (name === 'timezone' || name === 'timezone_source') return fc.constant('Europe/Madrid');
      if (/(?:state_of_charge|efficiency)$/.test(name)) return fc.constantFrom(0.5, '1', 1);
      // The body names the utility of the path.
      if (base === '/v1') return /^(?:utility_)?id$/.test(name) ? fc.constant('@utilities@0') : undefined;
      const pool = role === 'customer' && name === 'id' ? 'unavailabilities' : poolOf(name);
      return pool === undefined ? undefined : fc.nat(9).map((n) => `@${pool}@${n}`);
    },
  });
  const filled = (text: string) =>
    text.replace(/@([a-z]+)@(\d)/gi, (_all, name: string, digit: string) => {
      const pool = name === 'client' ? clients.map((client) => client.id) : (pools.get(name) ?? []);
      return pool.length === 0 ? 'none' : (pool.at(-1 - (Number(digit) % pool.length)) ?? 'none');
    });

  const headers = fc.oneof(
    { weight: 6, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc.dictionary(
        fc.constantFrom('accept', 'if-match', 'if-none-match', 'accept-encoding', 'content-type'),
        fc.constantFrom(
          '*',
          '"x", W/"y"',
          'text/plain',
          '*/*;q=0',
          'gzip;q=0.5, br',
          ';=,',
          'application/json;charset=x',
        ),
        { noNullPrototype: true },
      ),
    },
  );
  const callOf = (operation: DocumentedOperation, junkPercent: number): fc.Arbitrary<Call> => {
    const parameters = (place: string) => {
      const some = (operation.parameters ?? []).filter((parameter) => parameter.in === place);
      const record = some.map(({ name, schema }) => [name, arbitraryOf(schema, wishes(junkPercent), name)]);
      return fc.record(Object.fromEntries(record) as Record<string, fc.Arbitrary<unknown>>, {
        requiredKeys: some.filter((parameter) => parameter.required === true).map((parameter) => parameter.name),
        noNullPrototype: true,
      });
    };
    const [content] = Object.values(operation.requestBody?.content ?? {});
    return fc.record({
      path: parameters('path'),
      query: parameters('query'),
      body: content ? arbitraryOf(content.schema, wishes(junkPercent)) : fc.constant(undefined),
      headers: junkPercent === 0 ? fc.constant({}) : headers,
      who: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) }),
    });
  };

  const send = async (operation: DocumentedOperation, call: Call): Promise<number> => {
    const path = operation.path.replace(/\{(\w+)\}/g, (_all, name: string) => {
      const segment = encodeURIComponent(filled(text(call.path[name] ?? 'none')));
      return ['', '.', '..'].includes(segment) ? 'none' : segment;
    });
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(call.query)) {
      for (const one of Array.isArray(value) ? value : [value]) search.append(name, filled(text(one)));
    }
    const test = request(vtn.url)[operation.method as 'post'](`${base}${path}?${search.toString()}`);
    test.set('Authorization', `Bearer ${clients[call.who]?.token ?? ''}`);
    const [mediaType] = Object.keys(operation.requestBody?.content ?? {});
    if (mediaType !== undefined) test.type(mediaType);
    for (const [name, value] of Object.entries(call.headers)) test.set(name, value);
    test.buffer(true).parse((response, done) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => done(null, Buffer.concat(chunks).toString('utf8')));
    });
    const isForm = mediaType === 'application/x-www-form-urlencoded';
    const body = isForm
      ? new URLSearchParams(Object.entries(call.body ?? {}).map(([k, v]): [string, string] => [k, text(v)])).toString()
      : JSON.stringify(call.body);
    const answer = call.body === undefined ? await test : await test.send(filled(body));
    const told = typeof answer.body === 'string' ? answer.body : '';
    expect(
      check(operation, { status: answer.status, contentType: answer.headers['content-type'], text: told }),
    ).toBeUndefined();
    expect(answer.status, told).not.toBe(500);
    remember(operation, answer.status, told);
    return answer.status;
  };

  const remember = (operation: DocumentedOperation, status: number, text: string) => {
    if (status !== 201 || text === '') return;
    const made = JSON.parse(text) as { id?: string; client_id?: string; name?: string; data?: { id?: string } };
    const id = made.id ?? made.client_id ?? made.name ?? made.data?.id;
    const collection = operation.path.split('/').findLast((segment) => segment !== '') ?? '';
    if (id !== undefined) pools.set(collection, [...(pools.get(collection) ?? []), id]);
  };

  it('is answered as the document says, and never with 500', async () => {
    const never: string[] = [];
    for (const operation of inOrder(operations)) {
      let right = 0;
      const run = async (call: Call) => {
        if ((await send(operation, call)) < 400) right++;
      };
      await fc.assert(fc.asyncProperty(callOf(operation, 2), run), { numRuns: RUNS, seed: SEED });
      // Right ones too: at least one, so that what lies behind the first checks was reached.
      for (const call of fc.sample(callOf(operation, 0), { numRuns: 200, seed: SEED })) {
        if (right > 0) break;
        await run(call);
      }
      if (right === 0) never.push(operation.operationId);
    }
    expect(never.filter((id) => !BY_CHANCE.includes(id))).toEqual([]);
  }, 120_000);
});

describe('the check of an answer', () => {
  it('finds what the document does not say', async () => {
    const operations = await operationsOf('shared/openapi/openadr-3.1.yaml');
    const of = (id: string) => operations.find((operation) => operation.operationId === id) as DocumentedOperation;
    const check = answerCheck();
    const json = 'application/json; charset=utf-8';
    const topics = '{"topics":{"UPDATE":"u","DELETE":"d"}}';
    const fits = { status: 200, contentType: json, text: topics };
    expect(check(of('listAllMqttNotifierTopicsPrograms'), fits)).toBeUndefined();
    expect(check(of('listAllMqttNotifierTopicsPrograms'), { ...fits, status: 201 })).toContain('not documented');
    expect(check(of('listAllMqttNotifierTopicsPrograms'), { ...fits, text: '{}' })).toContain('topics');
    expect(check(of('searchAllEvents'), { ...fits, text: '[{}]' })).toContain('intervals');
    expect(check(of('searchAllEvents'), { ...fits, contentType: 'text/plain' })).toContain('media type');
    expect(check(of('searchAllEvents'), { status: 304, contentType: undefined, text: 'x' })).toContain('no body');
  });
});

/** What makes objects goes first, those that others refer to before these; what takes them away last, the other way round. */
function inOrder(operations: readonly DocumentedOperation[]): DocumentedOperation[] {
  const methods = ['post', 'put', 'patch', 'get', 'delete'];
  const collections = [
    'programs',
    'plants',
    'vens',
    'events',
    'assets',
    'sites',
    'resources',
    'inverters',
    'reports',
    'locations',
  ];
  const rank = ({ method, path }: DocumentedOperation) => {
    const collection = path.split('/').findLast((segment) => /^[a-z]/.test(segment)) ?? '';
    const place = collections.includes(collection) ? collections.indexOf(collection) : collections.length;
    return methods.indexOf(method) * 100 + (method === 'delete' ? -place : place);
  };
  return [...operations].sort((a, b) => rank(a) - rank(b));
}
