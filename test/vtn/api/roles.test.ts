import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import request from 'supertest';
import { SCOPES_BY_ROLE } from '../../../vtn/auth/caller.ts';
import type { Role, Scope } from '../../../vtn/auth/caller.ts';
import { BASE, startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

interface Operation {
  operationId: string;
  security: { oAuth2ClientCredentials?: Scope[] }[];
}
const document = parse(readFileSync(new URL('../../../shared/openapi/openadr-3.1.yaml', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  ['get', 'post', 'put', 'delete'].flatMap((method) => {
    const operation = item[method];
    const scope = operation?.security[0]?.oAuth2ClientCredentials?.[0];
    return operation && scope
      ? [{ id: operation.operationId, method, path: path.replace(/\{\w+\}/g, 'none'), scope }]
      : [];
  }),
);
const roles = Object.keys(SCOPES_BY_ROLE) as Role[];

describe('every operation of the OpenADR document, for every role', () => {
  let vtn: TestVtn;
  const clients = {} as Record<Role, TestClient>;
  beforeAll(async () => {
    vtn = await startVtn();
    for (const role of roles) {
      const more =
        role === 'customer' ? { account: 'a' } : role === 'utility' ? { utility: { level: 'leader' as const } } : {};
      clients[role] = await vtn.client(role, more);
    }
  });
  afterAll(() => vtn.stop());

  const call = (op: (typeof operations)[number], token?: string) => {
    const test = request(vtn.url)[op.method as 'get'](BASE + op.path);
    return token === undefined ? test : test.set('Authorization', `Bearer ${token}`);
  };

  it.each(operations)('$id asks for $scope, and for a token', async (op) => {
    expect((await call(op)).status).toBe(401);
    for (const role of roles) {
      const { status } = await call(op, clients[role].token);
      expect(status).not.toBe(501);
      const mayDo = SCOPES_BY_ROLE[role].includes(op.scope);
      expect(`${role} ${status === 403 ? 'forbidden' : 'allowed'}`).toBe(`${role} ${mayDo ? 'allowed' : 'forbidden'}`);
    }
  });

  it('covers the whole document', () => expect(operations.length).toBeGreaterThan(40));
});
