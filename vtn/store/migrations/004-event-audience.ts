import { sql } from 'kysely';
import { everyEvent } from '../event-audience.ts';
import type { Migration } from '../migrate.ts';
import { table } from './tables.ts';

/** For whom events are, in the order of lists, so that a VEN's page is read without looking at what it may not see. */
export const eventAudience: Migration = {
  name: '004-event-audience',
  async up(db) {
    await table(db, 'event_audience', ['event_id', 'target'], {
      event_id: 'text',
      target: 'text',
      rank: 'bigint',
      created_ms: 'bigint',
      program_id: 'text',
      ends_ms: 'bigint?',
    })
      .addForeignKeyConstraint('event_audience_event', ['event_id'], 'events', ['id'], (key) => key.onDelete('cascade'))
      .execute();
    await db.schema
      .createIndex('event_audience_order')
      .on('event_audience')
      .columns(['target', 'rank', 'created_ms desc', 'event_id', 'program_id', 'ends_ms'])
      .execute();
    await sql`${everyEvent}`.execute(db);
  },
};
