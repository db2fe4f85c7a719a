import { TOPIC_ROOT } from '@openadr-gateway/shared/openadr/topics.ts';
import type { Role } from '../auth/caller.ts';

/** Who is behind an MQTT connection, as the VTN says. */
export interface Subscriber {
  clientId: string;
  role: Role;
  /** The ven objects that carry this client's id. */
  venIds: readonly string[];
}

/** Customers and utilities have no business on the broker. */
export function mayConnect(who: Subscriber): boolean {
  return who.role === 'ven' || who.role === 'bl' || who.role === 'admin';
}

/** May this client publish on the topic? Operators do, one level below the inbox; for all else only the VTN publishes. */
export function mayPublish(who: Subscriber, topic: string, inboxPrefix: string): boolean {
  if (who.role !== 'bl' && who.role !== 'admin') return false;
  const level = topic.startsWith(`${inboxPrefix}/`) ? topic.slice(inboxPrefix.length + 1) : '';
  return level !== '' && !level.includes('/');
}

/**
 * May this client subscribe to the filter, or be sent the topic (Definition "MQTT": the VTN must enforce access to the topics)?
 *
 * Below `programs/` is only what everybody may see (see routing.ts), so that a ven may use any wildcard there; and it may listen
 * to everything below its own `vens/{venID}/`. Business logic may listen to all but the broker's own `$…` topics.
 */
export function mayRead(who: Subscriber, topicOrFilter: string): boolean {
  if (topicOrFilter.startsWith('$')) return false;
  if (who.role === 'bl' || who.role === 'admin') return true;
  if (who.role !== 'ven') return false;
  if (topicOrFilter.startsWith(`${TOPIC_ROOT}/programs/`)) return true;
  return who.venIds.some((venId) => topicOrFilter.startsWith(`${TOPIC_ROOT}/vens/${venId}/`));
}
