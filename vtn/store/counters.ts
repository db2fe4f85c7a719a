import { sql } from 'kysely';
import { kept } from './kept.ts';
import type { Db } from './store.ts';

/** How often a delivery day of an asset came to have slots whose energy band no stored energy can satisfy. */
export const INFEASIBLE_BANDS = 'infeasible-bands';

const raise = kept((db, name: string, by: number) =>
  db
    .insertInto('counters')
    .values({ name, value: by })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ value: sql`counters.value + ${sql.ref('excluded.value')}` }),
    )
    .returning('value'),
);

const valueOf = kept((db, name: string) => db.selectFrom('counters').select('value').where('name', '=', name));

/** Raises a counter, which begins at 0. It goes with the transaction, and never goes back. @returns its new value */
export async function countUp(db: Db, name: string, by = 1): Promise<number> {
  return (await raise(db, name, by)).rows[0]?.value ?? by;
}

/** The value of a counter; 0 for one that was never raised. */
export async function counted(db: Db, name: string): Promise<number> {
  return (await valueOf(db, name)).rows[0]?.value ?? 0;
}
