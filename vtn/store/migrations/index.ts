import type { Migration } from '../migrate.ts';
import { foundation } from './001-foundation.ts';
import { subscriptions } from './002-subscriptions.ts';
import { keyLifetimes } from './003-key-lifetimes.ts';
import { eventAudience } from './004-event-audience.ts';
import { assetReports } from './005-asset-reports.ts';
import { reservations } from './006-reservations.ts';
import { forecasts } from './007-forecasts.ts';
import { connectionLimits } from './008-connection-limits.ts';
import { tariffs } from './009-tariffs.ts';
import { outboxChannels } from './010-outbox-channels.ts';
import { dispatches } from './011-dispatches.ts';
import { customers } from './012-customers.ts';
import { utilities } from './013-utilities.ts';
import { outboxDeletedPrograms } from './014-outbox-deleted-programs.ts';
import { devices } from './015-devices.ts';
import { webhooks } from './016-webhooks.ts';

/** All migrations in their order. Listed by hand, so that a bundle carries them. */
export const migrations: readonly Migration[] = [
  foundation,
  subscriptions,
  keyLifetimes,
  eventAudience,
  assetReports,
  reservations,
  forecasts,
  connectionLimits,
  tariffs,
  outboxChannels,
  dispatches,
  customers,
  utilities,
  outboxDeletedPrograms,
  devices,
  webhooks,
];
