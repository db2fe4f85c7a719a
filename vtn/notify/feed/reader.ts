import type { ServerResponse } from 'node:http';
import type { Caller } from '../../auth/caller.ts';
import type { FeedAudience } from './routing.ts';
import { FeedStream } from './stream.ts';

/** What a caller may see: everything, or what the targets that he holds open. */
export interface FeedGrant {
  isAll: boolean;
  held: readonly string[];
}
export type GrantOf = (caller: Caller) => FeedGrant | Promise<FeedGrant>;

/** Who asks for the feed, and for what of it. */
export interface FeedRequest {
  caller: Caller;
  programIds?: readonly string[] | undefined;
  targets?: readonly string[] | undefined;
  /** Where to go on; without it the feed begins now. */
  lastEventId?: string | undefined;
  /** How long the access token lasts from now. */
  lastsMs: number;
  /** Throws or rejects with `ApiError` when the access token is no longer good. */
  recheck: () => unknown;
}

/** setTimeout cannot wait longer; the token is looked at with every heartbeat too. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One reader of the event feed. */
export class FeedReader {
  readonly request: FeedRequest;
  readonly stream: FeedStream;
  /** The last row that he was told of, or that he knows. */
  cursor = 0;
  readonly #expiry: NodeJS.Timeout;

  constructor(request: FeedRequest, response: ServerResponse, onSlow: (reader: FeedReader) => void) {
    this.request = request;
    this.stream = new FeedStream(response, () => onSlow(this));
    this.#expiry = setTimeout(() => this.stream.end(TOKEN_OVER), Math.min(request.lastsMs, MAX_TIMER_MS));
    this.stream.onClosed(() => clearTimeout(this.#expiry));
  }

  /** Whom he is told with. A VEN that asks for targets is told of those that it holds, as by `GET /events`. */
  audience({ isAll, held }: FeedGrant): FeedAudience {
    const { programIds, targets } = this.request;
    return { isAll, held, programIds, targets: isAll ? targets : targets?.filter((target) => held.includes(target)) };
  }

  /** Tells of a row, once. */
  tell(seq: number, chunk: string | Buffer): void {
    if (seq <= this.cursor) return;
    this.cursor = seq;
    this.stream.send(chunk);
  }
}

export const TOKEN_OVER = 'the access token is no longer good';
