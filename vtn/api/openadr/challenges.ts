import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { RateLimit } from '../../auth/rate-limit.ts';
import { challenge } from '../../notify/challenge.ts';
import type { CallbackTokens } from '../../store/subscriptions.ts';
import { ApiError, invalid } from '../errors.ts';
import { callbackIssue } from './callbacks.ts';
import type { CallbackDeps } from './deps.ts';

interface Wish {
  objectOperations: readonly { callbackUrl: string }[];
  tokens: CallbackTokens;
}

/** Asks those who are to be called whether they want it, before a subscription is stored (Definition "Webhooks"). */
export class Challenges {
  readonly #callbacks: CallbackDeps;
  readonly #limit: RateLimit;

  constructor(callbacks: CallbackDeps, clock: Clock) {
    this.#callbacks = callbacks;
    this.#limit = new RateLimit(clock, callbacks.challengesPerMinute);
  }

  /**
   * Challenges each URL once, all at a time.
   *
   * @param known URLs that need not be asked
   * @returns the URLs that were asked
   * @throws ApiError 400 naming every callbackUrl that did not answer as it should, 429 for a client that asks for too many
   */
  async pass(clientId: string, { objectOperations, tokens }: Wish, known: ReadonlySet<string>): Promise<string[]> {
    const places = new Map<string, number>();
    objectOperations.forEach(({ callbackUrl }, position) => {
      if (!known.has(callbackUrl) && !places.has(callbackUrl)) places.set(callbackUrl, position);
    });
    for (const _ of places) {
      const seconds = this.#limit.take(clientId);
      if (seconds > 0) throw tooMany(seconds);
    }
    const asked = [...places].map(async ([url, position]) => {
      const reason = await challenge(this.#callbacks.caller, url, tokens[position]);
      return reason === undefined
        ? []
        : [callbackIssue(position, `expected a URL that passes the challenge: ${reason}`)];
    });
    const issues = (await Promise.all(asked)).flat();
    if (issues.length > 0) throw invalid(issues);
    return [...places.keys()];
  }
}

function tooMany(seconds: number): ApiError {
  return new ApiError({
    status: 429,
    code: 'too_many_requests',
    title: 'Too Many Requests',
    detail: `too many callback URLs have to be challenged; come back in ${seconds} s`,
    headers: { 'retry-after': String(seconds) },
  });
}
