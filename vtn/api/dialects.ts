import { pathOf } from './errors.ts';
import type { ApiError, Issue } from './errors.ts';
import type { Dialect } from './http.ts';

/**
 * OpenADR 3.1 `problem`, RFC 9457. Invalid fields are 400 there, with each field's path in `detail`; `instance` names the
 * request, under which the log explains what a 500 hides.
 */
export const problemDialect: Dialect = (error, requestId) => {
  const status = error.code === 'validation_failed' ? 400 : error.status;
  return {
    status,
    contentType: 'application/problem+json',
    body: {
      type: 'about:blank',
      title: titleOf(error),
      status,
      detail: error.detail,
      instance: `urn:uuid:${requestId}`,
      ...(error.issues.length > 0
        ? { errors: error.issues.map(({ loc, msg, type }) => ({ path: pathOf(loc), message: msg, type })) }
        : {}),
    },
  };
};

/** RFC 9457: with `about:blank` the title is the status phrase; conflicts keep the distinct titles that clients tell them apart by. */
function titleOf(error: ApiError): string {
  return error.code === 'validation_failed' || error.code === 'malformed_json' ? 'Bad Request' : error.title;
}

/**
 * The operations API: 422 with a list when fields are wrong (malformed JSON is `json_invalid`), else one sentence.
 * `{ "detail": [{ "loc": ["body", "limits", 0, "amount"], "msg": "…", "type": "…", "input": …, "ctx": … }] }`
 */
export const fastapiDialect: Dialect = (error, requestId) => {
  const isList = error.code === 'validation_failed' || error.code === 'malformed_json';
  if (isList) {
    const detail = error.issues.length > 0 ? error.issues : [{ loc: ['body'], msg: error.detail, type: 'value_error' }];
    return { status: 422, contentType: 'application/json', body: { detail } };
  }
  const detail = error.status === 500 ? `${error.detail} (request ${requestId})` : error.detail;
  return { status: error.status, contentType: 'application/json', body: { detail } };
};

/**
 * The customer API: 400 with the fields that are wrong and what is expected of each; what is wrong with the body as a whole is
 * `non_field_errors`. `{ "end_time_utc": ["expected a time after start_time_utc"] }`. Anything else is `{ "detail": "…" }`.
 */
export const customerDialect: Dialect = (error, requestId) => {
  const contentType = 'application/json';
  if (error.code !== 'validation_failed') {
    const detail = error.status === 500 ? `${error.detail} (request ${requestId})` : error.detail;
    return { status: error.status, contentType, body: { detail } };
  }
  const fields: Record<string, string[]> = {};
  for (const { loc, msg } of error.issues) (fields[loc[1] ?? 'non_field_errors'] ??= []).push(msg);
  return { status: 400, contentType, body: fields };
};

/**
 * JSON:API 1.0: one error object for each fault, with a pointer into the body or the name of the parameter. Wrong fields of the
 * body are 422, wrong parameters 400, as the format demands of unknown ones.
 * `{ "errors": [{ "status": "422", "code": "missing", "title": "…", "detail": "…", "source": { "pointer": "/data/attributes/name" } }] }`
 */
export const jsonApiDialect: Dialect = (error, requestId) => {
  const { code, title, detail } = error;
  const isOfBody = error.issues.some(({ loc }) => loc[0] === 'body');
  const status = code === 'validation_failed' && !isOfBody ? 400 : error.status;
  const told = status === 500 ? `${detail} (request ${requestId})` : detail;
  const whole = [{ status: String(status), code, title, detail: told }];
  const errors = error.issues.map((issue) => ({
    status: String(status),
    code: issue.type,
    title,
    detail: issue.msg,
    ...(code === 'malformed_json' ? {} : { source: sourceOf(issue) }),
  }));
  const body = { errors: errors.length > 0 ? errors : whole };
  return { status, contentType: 'application/vnd.api+json', body };
};

/** RFC 6901: `~` and `/` inside names are escaped. */
function sourceOf({ loc: [part, ...path] }: Issue): { pointer: string } | { parameter: string } {
  if (part !== 'body') return { parameter: String(path[0] ?? part) };
  return { pointer: path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('') };
}
