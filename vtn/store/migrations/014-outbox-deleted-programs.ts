import { sql } from 'kysely';
import type { Migration } from '../migrate.ts';

/** Finds the deleted program of an event among all that the outbox keeps. Partial, so that other rows cost nothing. */
export const outboxDeletedPrograms: Migration = {
  name: '014-outbox-deleted-programs',
  async up(db) {
    await sql`create index outbox_deleted_programs on outbox (object_id)
      where operation = 'DELETE' and object_type = 'PROGRAM'`.execute(db);
  },
};
