import { pino, stdTimeFunctions } from 'pino';
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
 */
export function createLog(options: { name: string; level: LogLevel; destination?: DestinationStream }): Logger {
  const settings = {
    name: options.name,
    level: options.level,
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}
