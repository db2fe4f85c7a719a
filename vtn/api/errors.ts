/**
 * One error family for every API (rule 5 of the house). Handlers throw `ApiError`; each API turns it into its own dialect
 * with one function. Anything else that is thrown becomes a 500 that says nothing but the request's id.
 */
export type ErrorCode =
  | 'bad_request'
  | 'malformed_json'
  | 'validation_failed'
  | 'unauthorized'
  | 'invalid_token'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'conflict'
  | 'precondition_failed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'too_many_requests'
  | 'internal'
  | 'not_implemented'
  | 'unavailable'
  | 'insufficient_storage';

/** One thing that is wrong with a request, and where. */
export interface Issue {
  /** From the request's part down to the field: `['body', 'limits', 0, 'power_charge', 'amount']`, `['query', 'limit']`. */
  loc: (string | number)[];
  /** What was expected, in words. */
  msg: string;
  /** A stable slug: `missing`, `type_error`, `enum`, `slot_grid`, `sign_convention`, `unknown_asset` … */
  type: string;
  /** What was sent, when it helps and is no secret. */
  input?: unknown;
  /** The limits that were broken, for programs: `{ "max": 50 }`. */
  ctx?: Record<string, unknown>;
}

export interface ErrorInit {
  status: number;
  code: ErrorCode;
  title: string;
  detail: string;
  issues?: Issue[];
  headers?: Record<string, string>;
  cause?: unknown;
}

export class ApiError extends Error {
  readonly status: number;
  readonly code: ErrorCode;
  readonly title: string;
  readonly detail: string;
  readonly issues: readonly Issue[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(init: ErrorInit) {
    super(`${init.title}: ${init.detail}`, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'ApiError';
    this.status = init.status;
    this.code = init.code;
    this.title = init.title;
    this.detail = init.detail;
    this.issues = init.issues ?? [];
    this.headers = init.headers ?? {};
  }
}

const make = (status: number, code: ErrorCode, title: string) => (detail: string, issues?: Issue[]) =>
  new ApiError({ status, code, title, detail, ...(issues ? { issues } : {}) });

export const badRequest = make(400, 'bad_request', 'Bad Request');
export const forbidden = make(403, 'forbidden', 'Forbidden');
export const notFound = make(404, 'not_found', 'Not Found');
/** Duplicates answer 409 with a title of their own each: `conflict('programName already exists', …)`. */
export const conflict = (title: string, detail: string, issues?: Issue[]) =>
  new ApiError({ status: 409, code: 'conflict', title, detail, ...(issues ? { issues } : {}) });
export const notAcceptable = (expected: string, accept: string | undefined) =>
  make(
    406,
    'not_acceptable',
    'Not Acceptable',
  )(`header.accept: expected ${expected} among the accepted media types, got "${accept ?? ''}"`);
export const preconditionFailed = make(412, 'precondition_failed', 'Precondition Failed');
export const notImplemented = make(501, 'not_implemented', 'Not Implemented');
export const unavailable = make(503, 'unavailable', 'Service Unavailable');

/** The fields of a request that are wrong. 400 in OpenADR, 422 in the operations API: the dialect decides. */
export const invalid = (issues: Issue[]) =>
  new ApiError({
    status: 422,
    code: 'validation_failed',
    title: 'Invalid Request',
    detail: issues.map((i) => `${pathOf(i.loc)}: ${i.msg}`).join('; '),
    issues,
  });

/** `['body', 'limits', 0, 'amount']` as people read it: `body.limits[0].amount`. */
export function pathOf(loc: readonly (string | number)[]): string {
  return loc.reduce<string>(
    (path, step) => (typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`),
    '',
  );
}
