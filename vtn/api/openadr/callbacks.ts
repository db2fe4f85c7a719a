import type { ObjectOperation } from '@openadr-gateway/shared/openadr/objects.ts';
import type { CallbackRules } from '../../notify/callback-rules.ts';
import type { CallbackTokens } from '../../store/subscriptions.ts';
import { invalid } from '../errors.ts';
import type { Issue } from '../errors.ts';

/** An entry of `objectOperations` as the document lets it in. */
type Entry = Omit<ObjectOperation, 'bearerToken'> & { bearerToken?: string | null };

/** What a client wants to be called for, and apart from it what it wants to be called with. */
export interface Callbacks {
  objectOperations: ObjectOperation[];
  tokens: CallbackTokens;
}

/** Where the callbacks were, and what they were called with, before a subscription is replaced. */
export interface FormerCallbacks {
  objectOperations: readonly { callbackUrl: string }[];
  tokens: CallbackTokens;
}

const NONE: FormerCallbacks = { objectOperations: [], tokens: [] };

/** Calls to a client at a time while it waits, and so different URLs of a subscription. */
const MAX_URLS = 20;

/** What a header can carry (RFC 9110, 5.5): printable ASCII that neither begins nor ends with a space. */
const HEADER_TEXT = /^[!-~](?:[ -~]*[!-~])?$/;

/**
 * Takes the tokens out of validated `objectOperations`, so that what is stored as the object shows none (`bearerToken: null`).
 *
 * Since answers mask them, a null says nothing about a token: an entry that replaces one with the same callbackUrl keeps its
 * token. An empty text ends it, and a token never follows to another URL.
 *
 * @throws ApiError naming every field that is wrong; the values are not repeated, for they may hold secrets
 */
export function callbacksOf(
  entries: readonly Entry[],
  rules: Pick<CallbackRules, 'faultOf'>,
  former?: FormerCallbacks,
): Callbacks {
  const issues = entries.flatMap((entry, position) => [
    ...urlIssues(entry.callbackUrl, position, rules),
    ...tokenIssues(entry.bearerToken, position),
  ]);
  if (new Set(entries.map(({ callbackUrl }) => callbackUrl)).size > MAX_URLS) {
    const msg = `expected no more than ${MAX_URLS} different values of callbackUrl`;
    issues.push({ loc: ['body', 'objectOperations'], msg, type: 'too_many_callbacks', ctx: { max: MAX_URLS } });
  }
  if (issues.length > 0) throw invalid(issues);
  return {
    objectOperations: entries.map(({ objects, operations, callbackUrl }) => ({
      objects,
      operations,
      callbackUrl,
      bearerToken: null,
    })),
    tokens: tokensOf(entries, former),
  };
}

function tokensOf(entries: readonly Entry[], former: FormerCallbacks = NONE): CallbackTokens {
  const { objectOperations, tokens } = former;
  const urls = objectOperations.map((entry) => entry.callbackUrl);
  const byUrl = new Map(urls.map((url, position) => [url, tokens[position]]));
  return entries.map(({ bearerToken, callbackUrl }, position) => {
    if (typeof bearerToken === 'string') return bearerToken === '' ? undefined : bearerToken;
    // Entries with one URL may differ in their tokens; then their places tell them apart.
    return urls[position] === callbackUrl ? tokens[position] : byUrl.get(callbackUrl);
  });
}

function urlIssues(url: string, position: number, rules: Pick<CallbackRules, 'faultOf'>): Issue[] {
  const msg = rules.faultOf(url);
  return msg === undefined ? [] : [callbackIssue(position, msg)];
}

/** Something is wrong with where to call. */
export const callbackIssue = (position: number, msg: string): Issue => ({
  loc: at(position, 'callbackUrl'),
  msg,
  type: 'callback_url',
});

function tokenIssues(token: string | null | undefined, position: number): Issue[] {
  if (token == null || token === '' || HEADER_TEXT.test(token)) return [];
  const msg = 'expected printable ASCII characters without a space at either end, as a header carries them';
  return [{ loc: at(position, 'bearerToken'), msg, type: 'bearer_token' }];
}

const at = (position: number, field: string) => ['body', 'objectOperations', position, field];
