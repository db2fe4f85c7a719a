import { ApiError } from '../api/errors.ts';

/**
 * What those without a token, or with a wrong one, are told (RFC 6750, 3).
 *
 * @param status 401 by the OpenADR document; 403 for suites that expect it.
 * @param code `unauthorized` without a token, `invalid_token` with one that is not accepted.
 */
export function refusal(status: 401 | 403, code: 'unauthorized' | 'invalid_token', detail: string): ApiError {
  // RFC 6750 allows printable ASCII without quotes; names of claims come from the configuration.
  const description = detail.replace(/[^\x20-\x7e]|["\\]/g, '?');
  const error = code === 'invalid_token' ? `, error="invalid_token", error_description="${description}"` : '';
  return new ApiError({
    status,
    code,
    title: status === 401 ? 'Unauthorized' : 'Forbidden',
    detail,
    headers: { 'www-authenticate': `Bearer realm="openadr"${error}` },
  });
}
