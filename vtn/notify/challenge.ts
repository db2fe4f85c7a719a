import { randomBytes } from 'node:crypto';
import type { CallbackCaller } from './callback-caller.ts';

/** Who calls, for the logs of the other side. */
export const USER_AGENT = 'openadr-gateway';

/**
 * Asks whoever is behind a callback URL whether he wants to be called (Definition "Webhooks"): GET with a random `echo` in the
 * query, which has to come back in the body of a 200.
 *
 * @param bearerToken sent along, as with every call
 * @returns why the URL is not good, `undefined` when it is
 */
export async function challenge(
  caller: CallbackCaller,
  url: string,
  bearerToken: string | undefined,
): Promise<string | undefined> {
  const echo = randomBytes(24).toString('base64url');
  const outcome = await caller.call({
    method: 'GET',
    url: withEcho(url, echo),
    headers: {
      accept: '*/*',
      'user-agent': USER_AGENT,
      ...(bearerToken === undefined ? {} : { authorization: `Bearer ${bearerToken}` }),
    },
  });
  if (outcome.kind === 'failed') return outcome.reason;
  const { status, body } = outcome;
  if (status >= 300 && status < 400) return `it answered with a redirect (${status}), which is not followed`;
  if (status !== 200) return `it answered ${status}, not 200`;
  return body.includes(echo) ? undefined : 'its answer does not contain the value of the query parameter echo';
}

/** The URL with one more parameter; the rest of it stays as it was given. */
function withEcho(url: string, echo: string): string {
  const [before = ''] = url.split('#');
  return `${before}${before.includes('?') ? '&' : '?'}echo=${echo}`;
}
