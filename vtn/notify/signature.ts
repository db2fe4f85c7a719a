import { createHmac, randomBytes } from 'node:crypto';

/**
 * Notifications are signed as the Standard Webhooks specification says, for which there are libraries in most languages:
 *
 * ```text
 *   webhook-id:        the same for every attempt to deliver a message: who has seen it may drop it
 *   webhook-timestamp: seconds since 1970; refuse what is older than a few minutes
 *   webhook-signature: v1,base64(HMAC-SHA256(key, "<webhook-id>.<webhook-timestamp>.<body>"))
 * ```
 *
 * The key is that of the subscription: what follows `whsec_` in its secret, decoded from base64.
 */
const PREFIX = 'whsec_';
const KEY_BYTES = 32;

/** A secret for a new subscription. */
export function newSigningSecret(): string {
  return PREFIX + randomBytes(KEY_BYTES).toString('base64');
}

/** The headers that sign a message. @param secret as `newSigningSecret` makes it */
export function signatureHeaders(
  secret: string,
  { id, body, nowMs }: { id: string; body: string; nowMs: number },
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
