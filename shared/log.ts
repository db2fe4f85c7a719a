import { destination, pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type { Logger } from 'pino';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** Fields that are never written, at the top of a log line and two levels below. */
const SECRETS = [
  'authorization',
  'Authorization',
  'client_secret',
  'clientSecret',
  'password',
  'token',
  'access_token',
  'accessToken',
  'bearerToken',
];

/**
 * A log of JSON lines, to standard output unless told otherwise. Times are ISO 8601; secrets are replaced by `[redacted]`.
 *
 * @param options.name says which program speaks.
 * @param options.buffered gathers lines for up to a quarter of a second, for a server that writes one per request. Whatever
 *   is gathered is written when the process exits.
 */
export function createLog(options: {
  name: string;
  level: LogLevel;
  destination?: DestinationStream;
  buffered?: boolean;
}): Logger {
  const settings = {
    name: options.name,
    level: options.level,
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
  };
  if (options.destination) return pino(settings, options.destination);
  if (!options.buffered) return pino(settings);
  return pino(settings, destination({ dest: 1, sync: false, minLength: 8_192, periodicFlush: 250 }));
}

/**
 * The same log for lines whose fields are all known to be harmless: looking for secrets in each would cost a request more than
 * the rest of its line.
 */
export function withoutRedaction(log: Logger): Logger {
  return log.child({}, { redact: [] });
}
