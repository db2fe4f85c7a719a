import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { endpointById, listEndpoints } from '../../store/webhooks.ts';
import type { EndpointFilter, ListedEndpoint } from '../../store/webhooks.ts';
import { notFound } from '../errors.ts';
import type { OperationsDeps } from './deps.ts';
import { pageOf } from './fields.ts';
import type { Handle } from './index.ts';

/** `/webhooks`: the endpoints that subscribers are called at, and how it goes there. */
export function webhookOperations({ store, webhooks }: OperationsDeps): Record<string, Handle> {
  return {
    listWebhooks: async ({ query }) => {
      const { limit, offset } = pageOf(query);
      const { client_id: clientId, state } = query as { client_id?: string; state?: EndpointFilter['state'] };
      const rows = await store.read((db) => listEndpoints(db, { limit, skip: offset, clientId, state }));
      return { status: 200, body: { limit, offset, webhooks: rows.map(webhookAnswer) } };
    },
    resumeWebhook: async ({ params }) => {
      const id = params['webhook_id'] ?? '';
      const isThere = await webhooks.resume(id);
      const row = isThere ? await store.read((db) => endpointById(db, id)) : undefined;
      if (!row) throw notFound(`unknown webhook_id: ${id}`);
      return { status: 200, body: webhookAnswer(row) };
    },
  };
}

function webhookAnswer(row: ListedEndpoint) {
  const time = (ms: number | null) => (ms === null ? null : formatDateTime(ms));
  return {
    webhook_id: row.id,
    client_id: row.client_id,
    callback_url: row.url,
    state: row.parked_ms !== null ? 'PARKED' : row.failures > 0 ? 'FAILING' : 'ACTIVE',
    reason: row.reason,
    failures: row.failures,
    failing_since: time(row.failing_since_ms),
    parked_at: time(row.parked_ms),
    waiting: row.waiting,
    dropped: row.dropped,
    created_at: formatDateTime(row.created_ms),
  };
}
