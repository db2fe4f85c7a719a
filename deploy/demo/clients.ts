import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { hashSecret } from '@openadr-gateway/vtn/auth/secrets.ts';
import type { Role } from '@openadr-gateway/vtn/auth/caller.ts';
import { clientById } from '@openadr-gateway/vtn/store/clients.ts';
import { countUp } from '@openadr-gateway/vtn/store/counters.ts';
import { SqliteStore } from '@openadr-gateway/vtn/store/sqlite.ts';
import type { Db } from '@openadr-gateway/vtn/store/store.ts';
import { insertUtility, UTILITY_DEFAULTS } from '@openadr-gateway/vtn/store/utilities.ts';
import type { Credentials } from './files.ts';

type Seeded = 'admin' | 'operator' | 'customer' | 'utility';

/** Known to everyone who reads the README; the demo binds to 127.0.0.1 only. */
const CLIENTS: Record<Seeded, { credentials: Credentials; role: Role; account: string | null }> = {
  admin: { credentials: { id: 'admin', secret: 'demo-admin-secret' }, role: 'admin', account: null },
  operator: { credentials: { id: 'operator', secret: 'demo-operator-secret' }, role: 'bl', account: null },
  customer: {
    credentials: { id: 'customer', secret: 'demo-customer-secret' },
    role: 'customer',
    account: 'demo-customer',
  },
  utility: { credentials: { id: 'utility', secret: 'demo-utility-secret' }, role: 'utility', account: null },
};

const UTILITY = { name: 'Demo Utility', city: 'Immenstadt', total_customers: 12_000, total_subscriptions: 10 };

/**
 * Puts the demo's OAuth clients into the database, before the VTN opens it, and the utility whose leader one of them is. Finds
 * those of an earlier run.
 */
export async function seedClients(
  databasePath: string,
): Promise<{ clients: Record<Seeded, Credentials>; utilityId: string }> {
  const rows = await Promise.all(
    Object.values(CLIENTS).map(async ({ credentials, role, account }) => ({
      id: credentials.id,
      name: `demo ${credentials.id}`,
      role,
      secret_hash: await hashSecret(credentials.secret),
      account,
      utility_id: null,
      utility_level: null,
      created_ms: systemClock.nowMs(),
      revoked_ms: null,
    })),
  );
  const store = new SqliteStore({ path: databasePath, clock: systemClock });
  await store.start();
  try {
    const utilityId = await store.write(async ({ db }) => {
      const known = await clientById(db, CLIENTS.utility.credentials.id);
      const id = known?.utility_id ?? (await seedUtility(db));
      const members = rows.map((row) =>
        row.role === 'utility' ? { ...row, utility_id: id, utility_level: 'leader' } : row,
      );
      await db
        .insertInto('clients')
        .values(members)
        .onConflict((c) => c.column('id').doNothing())
        .execute();
      return id;
    });
    const { admin, operator, customer, utility } = CLIENTS;
    const clients = {
      admin: admin.credentials,
      operator: operator.credentials,
      customer: customer.credentials,
      utility: utility.credentials,
    };
    return { clients, utilityId };
  } finally {
    await store.stop();
  }
}

async function seedUtility(db: Db): Promise<string> {
  const id = await countUp(db, 'utility');
  const nowMs = systemClock.nowMs();
  const active = { est_is_active: 1, is_active: 1, created_ms: nowMs, updated_ms: nowMs };
  await insertUtility(db, { ...UTILITY_DEFAULTS, ...UTILITY, ...active, id });
  return String(id);
}
