import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { requireRole, requireScope } from '../../auth/roles.ts';
import { bearerToken, type Tokens } from '../../auth/tokens.ts';
import type { EventFeed } from '../../notify/feed/feed.ts';
import { problemDialect } from '../dialects.ts';
import type { Api, OperationHandler } from '../http.ts';

export interface FeedsDeps {
  feed: EventFeed;
  tokens: Tokens;
  clock: Clock;
}

/** Event feeds: for dashboards, utilities, and whoever else can read server-sent events. */
export function feedsApi(deps: FeedsDeps): Api {
  return {
    name: 'feeds',
    basePaths: ['/feeds'],
    documentPath: 'vtn/api/feeds/openapi.yaml',
    operations: { followEvents: followEvents(deps) },
    dialect: problemDialect,
  };
}

/** Who may read events may follow them; not without a token, since a connection costs us something. */
function followEvents({ feed, tokens, clock }: FeedsDeps): OperationHandler {
  const mayFollow = requireRole('bl', 'ven', 'utility');
  const mayRead = requireScope('read_targets');
  return {
    authorise: (caller) => {
      mayFollow(caller);
      mayRead(caller);
    },
    produces: 'text/event-stream',
    handle: async ({ caller, query, headers }) => {
      const token = bearerToken(headers['authorization'] as string) ?? '';
      const { expiresMs } = await tokens.inspect(token);
      feed.admit(caller.clientId);
      return {
        status: 200,
        headers: {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store, no-transform',
          // nginx would collect what is to be passed on at once.
          'x-accel-buffering': 'no',
        },
        stream: (response) =>
          feed.serve(response, {
            caller,
            programIds: query['programID'] as string[] | undefined,
            targets: query['targets'] as string[] | undefined,
            lastEventId: headers['last-event-id'] as string | undefined,
            lastsMs: expiresMs - clock.nowMs(),
            recheck: () => tokens.check(token),
          }),
      };
    },
  };
}
