import type { Kysely } from 'kysely';
import type { DialectTraits } from './dialect.ts';
import { MigrationError } from './errors.ts';

/** One step of the schema. Never edited once released: a change is a new migration with the next number. */
export interface Migration {
  /** `001-foundation`: the number orders, the rest explains. Recorded in `schema_migrations`. */
  name: string;
  up(db: Kysely<unknown>, traits: DialectTraits): Promise<void>;
}

type MigrationTables = { schema_migrations: { name: string; applied_ms: number } };

export interface MigrateOptions {
  migrations: readonly Migration[];
  traits: DialectTraits;
  nowMs: number;
}

/**
 * Brings the schema up to date. The caller runs it inside one transaction, and rolls that back when it throws: then either
 * all pending migrations are in, or the database is as it was and the version before goes on with it.
 *
 * @returns the names of those that were applied now
 * @throws MigrationError naming the migration and the cause
 */
export async function migrate(db: Kysely<unknown>, { migrations, traits, nowMs }: MigrateOptions): Promise<string[]> {
  const records = db.withTables<MigrationTables>();
  await db.schema
    .createTable('schema_migrations')
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('applied_ms', 'bigint', (column) => column.notNull())
    .execute();
  const rows = await records.selectFrom('schema_migrations').select('name').orderBy('name').execute();
  const applied = rows.map((row) => row.name);
  refuseUnknown(applied, migrations);

  const pending = migrations.slice(applied.length);
  for (const migration of pending) {
    try {
      await migration.up(db, traits);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw new MigrationError(
        migration.name,
        `Migration ${migration.name} failed: ${cause}. Nothing was changed; the database is as it was.`,
        error,
      );
    }
    await records.insertInto('schema_migrations').values({ name: migration.name, applied_ms: nowMs }).execute();
  }
  return pending.map((migration) => migration.name);
}

/** What was applied must be the beginning of what this version knows, in the same order. */
function refuseUnknown(applied: readonly string[], migrations: readonly Migration[]): void {
  for (const [index, name] of applied.entries()) {
    const known = migrations[index]?.name;
    if (known === name) continue;
    const newest = migrations.at(-1)?.name ?? 'none';
    throw new MigrationError(
      name,
      known === undefined
        ? `The database was migrated by a newer version: it has ${name}, this version ends at ${newest}. ` +
            'Start that version, or restore a backup. Nothing was changed.'
        : `The database has migration ${name} where this version has ${known}: it belongs to another product or build. ` +
            'Nothing was changed.',
    );
  }
}
