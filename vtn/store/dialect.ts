import type { CreateTableBuilder, RawBuilder } from 'kysely';
import { sql } from 'kysely';

/**
 * Everything in which the databases differ beyond what Kysely hides. Migrations get it as an argument; the collections are
 * written so that they need nothing of it.
 */
export interface DialectTraits {
  name: 'sqlite' | 'postgres';
  /** Adds `column` as the primary key: integers that ascend and are never given out twice, even after deletes. */
  withSerialKey<Table extends string>(
    table: CreateTableBuilder<Table>,
    column: string,
  ): CreateTableBuilder<Table, string>;
}

export const sqliteTraits: DialectTraits = {
  name: 'sqlite',
  // AUTOINCREMENT, since a plain rowid is reused when the newest rows are deleted, as the outbox does.
  withSerialKey: (table, column) => table.addColumn(column, 'integer', (key) => key.primaryKey().autoIncrement()),
};

/**
 * Sort keys of "priority ascending, unset last": both databases order and index this expression alike, whereas their
 * defaults for NULL differ.
 */
export const priorityUnset: RawBuilder<unknown> = sql`(${sql.ref('priority')} is null)`;
