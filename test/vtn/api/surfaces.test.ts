import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewClient } from '../../../vtn/auth/clients.ts';
import type { Role } from '../../../vtn/auth/caller.ts';
import { ROLES } from '../../../vtn/auth/caller.ts';
import { operationsOf } from '../support/documents.ts';
import type { DocumentedOperation } from '../support/documents.ts';
import { startVtn } from '../support/server.ts';
import type { TestVtn } from '../support/server.ts';

/** Who may call what beside OpenADR and the utilities, which have matrices of their own; `only` where an operation is another's. */
const SURFACES: {
  file: string;
  base: string;
  roles: readonly Role[];
  only?: Readonly<Record<string, readonly Role[]>>;
}[] = [
  {
    file: 'vtn/api/operations/openapi.yaml',
    base: '/api/v1',
    roles: ['bl', 'admin'],
    only: { listClients: ['admin'], createClient: ['admin'], getClient: ['admin'], deleteClient: ['admin'] },
  },
  { file: 'vtn/api/customer/openapi.yaml', base: '/api/v0', roles: ['customer'] },
  { file: 'vtn/api/schedules/openapi.yaml', base: '/schedules', roles: ['bl', 'admin'] },
  { file: 'vtn/api/feeds/openapi.yaml', base: '/feeds', roles: ['bl', 'admin', 'ven', 'utility'] },
];

const MORE: Partial<Record<Role, Partial<NewClient>>> = {
  customer: { account: 'a' },
  utility: { utility: { level: 'admin' } },
};

describe.each(SURFACES)('$base', ({ file, base, roles, only = {} }) => {
  let vtn: TestVtn;
  let operations: DocumentedOperation[];
  const tokens = new Map<Role, string>();
  beforeAll(async () => {
    vtn = await startVtn();
    operations = await operationsOf(file);
    for (const role of ROLES) tokens.set(role, (await vtn.client(role, MORE[role])).token);
  });
  afterAll(() => vtn.stop());

  /** The status of a request without query and body, which says who may call before it says what is missing. */
  const statusOf = async (
    { method, path }: DocumentedOperation,
    authorization: string | undefined,
  ): Promise<number> => {
    const url = vtn.url + base + path.replaceAll(/\{[^}]+\}/g, 'none');
    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(url, { method: method.toUpperCase(), headers });
    // A feed does not end by itself: what it begins with is enough.
    await response.body?.cancel();
    return response.status;
  };

  it('lets each role do what is its, and nothing else', async () => {
    expect(operations.length).toBeGreaterThan(0);
    for (const operation of operations) {
      const allowed = only[operation.operationId] ?? roles;
      for (const role of ROLES) {
        const status = await statusOf(operation, `Bearer ${tokens.get(role)}`);
        const cell = `${operation.operationId} as ${role}`;
        if (allowed.includes(role)) expect([401, 403, 500, 501], cell).not.toContain(status);
        else expect(status, cell).toBe(403);
      }
    }
  });

  it('is closed to whoever has no token, or a wrong one', async () => {
    for (const operation of operations) {
      expect(await statusOf(operation, undefined), operation.operationId).toBe(401);
      expect(await statusOf(operation, 'Bearer wrong'), operation.operationId).toBe(401);
    }
  });
});
