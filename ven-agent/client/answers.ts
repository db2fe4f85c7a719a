import type { HttpAnswer } from './http.ts';

/** An answer that is no success, or no use. */
export class VtnError extends Error {
  override readonly name = 'VtnError';
  readonly status: number;
  readonly answer: string;
  /** From Retry-After (RFC 9110 10.2.3), when the VTN said so. */
  readonly retryAfterMs: number | undefined;

  constructor(what: string, status: number, answer: string, retryAfterMs?: number) {
    super(`${what}: ${status} ${answer.slice(0, 300)}`);
    this.status = status;
    this.answer = answer;
    this.retryAfterMs = retryAfterMs;
  }
}

export function failure(what: string, answer: HttpAnswer): VtnError {
  return new VtnError(what, answer.status, answer.text, retryAfterMs(answer));
}

/** Retry-After as a delay: seconds, or a date by the same clock as the answer's own. */
function retryAfterMs({ headers }: HttpAnswer): number | undefined {
  const asked = headers['retry-after'];
  if (asked === undefined) return undefined;
  if (/^\d+$/.test(asked)) return Number(asked) * 1000;
  const delayMs = Date.parse(asked) - Date.parse(headers.date ?? '');
  return Number.isNaN(delayMs) ? undefined : Math.max(0, delayMs);
}

/** @throws {VtnError} when the body is no JSON object */
export function objectOf(what: string, answer: HttpAnswer): Record<string, unknown> {
  const body = parsed(what, answer);
  if (!isObject(body)) throw new VtnError(what, answer.status, `expected an object: ${answer.text.slice(0, 100)}`);
  return body;
}

/** @throws {VtnError} when the body is no JSON list of OpenADR objects, each with its id */
export function listOf(what: string, answer: HttpAnswer): Record<string, unknown>[] {
  const body = parsed(what, answer);
  if (!Array.isArray(body) || !body.every((item) => isObject(item) && typeof item['id'] === 'string')) {
    throw new VtnError(what, answer.status, `expected a list of objects: ${answer.text.slice(0, 100)}`);
  }
  return body as Record<string, unknown>[];
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(what: string, answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.text) as unknown;
  } catch {
    throw new VtnError(what, answer.status, `expected JSON: ${answer.text.slice(0, 100)}`);
  }
}
