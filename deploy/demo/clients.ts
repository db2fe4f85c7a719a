import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { hashSecret } from '@openadr-gateway/vtn/auth/secrets.ts';
import { SqliteStore } from '@openadr-gateway/vtn/store/sqlite.ts';
import type { Credentials } from './files.ts';

type Seeded = 'admin' | 'operator' | 'customer';

/** Known to everyone who reads the README; the demo binds to 127.0.0.1 only. */
const CLIENTS: Record<Seeded, { credentials: Credentials; role: 'admin' | 'bl' | 'customer'; account: string | null }> =
  {
    admin: { credentials: { id: 'admin', secret: 'demo-admin-secret' }, role: 'admin', account: null },
    operator: { credentials: { id: 'operator', secret: 'demo-operator-secret' }, role: 'bl', account: null },
    customer: {
      credentials: { id: 'customer', secret: 'demo-customer-secret' },
      role: 'customer',
      account: 'demo-customer',
    },
  };

/** Puts the demo's OAuth clients into the database, before the VTN opens it. Finds those of an earlier run. */
export async function seedClients(databasePath: string): Promise<Record<Seeded, Credentials>> {
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
    await store.write(async ({ db }) => {
      await db
        .insertInto('clients')
        .values(rows)
        .onConflict((c) => c.column('id').doNothing())
        .execute();
    });
  } finally {
    await store.stop();
  }
  const { admin, operator, customer } = CLIENTS;
  return { admin: admin.credentials, operator: operator.credentials, customer: customer.credentials };
}
