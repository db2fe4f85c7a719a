import type { Request } from 'express';
import { coerceQuery, unknownParameters } from './coerce.ts';
import type { DocumentOperation } from './document.ts';
import { invalid } from './errors.ts';
import { issuesOf } from './issues.ts';

/** Different query strings of one operation that are remembered. */
const MAX_REMEMBERED = 1_000;

export interface Parameters {
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, unknown>>;
}

/**
 * Reads and validates an operation's parameters. What a query string means never changes, so that for operations without path
 * and header parameters it is remembered: pollers send the same one again and again, and get the same (frozen) object.
 *
 * @param isStrict refuse parameters that the operation does not have, instead of leaving them out.
 */
export function parameterReader(op: DocumentOperation, isStrict = false): (request: Request) => Parameters {
  const headerNames = op.parameters.filter((p) => p.in === 'header').map((p) => p.name.toLowerCase());
  const isConstant = op.parameters.every((p) => p.in === 'query');
  const remembered = new Map<string, Parameters>();

  const read = (request: Request, search: string): Parameters => {
    const { query, issues } = coerceQuery(op, search);
    if (isStrict) issues.push(...unknownParameters(op, search));
    const params = { ...request.params } as Record<string, string>;
    const header = Object.fromEntries(
      headerNames.flatMap((n) => (request.headers[n] === undefined ? [] : [[n, request.headers[n]]])),
    );
    op.validateParameters({ path: params, query, header, cookie: {} });
    const broken = new Set(issues.map((issue) => issue.loc[1]));
    const found = issuesOf(op.validateParameters.errors ?? []).filter((issue) => !broken.has(issue.loc[1]));
    if (issues.length + found.length > 0) throw invalid([...issues, ...found]);
    return { params: Object.freeze(params), query: Object.freeze(query) };
  };

  return (request) => {
    const at = request.url.indexOf('?');
    const search = at < 0 ? '' : request.url.slice(at + 1);
    if (!isConstant) return read(request, search);
    const known = remembered.get(search);
    if (known) return known;
    const parameters = read(request, search);
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(search, parameters);
    return parameters;
  };
}
