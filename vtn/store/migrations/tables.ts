import type { CreateTableBuilder, Kysely } from 'kysely';

/** Columns by name. */
export type Columns = Readonly<Record<string, 'text' | 'text?' | 'bigint' | 'bigint?' | 'integer?'>>;

/** Adds columns; a question mark makes one nullable. */
export function withColumns(
  table: CreateTableBuilder<string, string>,
  columns: Columns,
): CreateTableBuilder<string, string> {
  return Object.entries(columns).reduce<CreateTableBuilder<string, string>>((builder, [name, type]) => {
    if (type === 'text' || type === 'bigint') return builder.addColumn(name, type, (column) => column.notNull());
    return builder.addColumn(name, type === 'text?' ? 'text' : type === 'bigint?' ? 'bigint' : 'integer');
  }, table);
}

/** A table with its columns and a primary key of one or more of them. */
export function table(
  db: Kysely<unknown>,
  name: string,
  key: string[],
  columns: Columns,
): CreateTableBuilder<string, string> {
  return withColumns(db.schema.createTable(name), columns).addPrimaryKeyConstraint(`${name}_key`, key);
}

/** `create index table_a_b on table (a, b)`. */
export async function index(db: Kysely<unknown>, on: string, columns: string[], unique?: 'unique'): Promise<void> {
  const builder = db.schema
    .createIndex(`${on}_${columns.join('_')}`)
    .on(on)
    .columns(columns);
  await (unique ? builder.unique() : builder).execute();
}

/** What the tables of OpenADR objects have in common. */
export const object = { id: 'text', created_ms: 'bigint', modified_ms: 'bigint', body: 'text' } as const;
