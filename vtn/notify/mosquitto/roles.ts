import { TOPIC_ROOT } from '@openadr-gateway/shared/openadr/topics.ts';
import type { Subscriber } from '../acl.ts';

/** One right of a role, as mosquitto's dynamic security plugin writes it. */
export interface Acl {
  acltype: 'publishClientSend' | 'publishClientReceive' | 'subscribePattern';
  topic: string;
  allow: boolean;
  priority: number;
}

/** The VTN's own: it publishes. */
export const VTN_ROLE = 'openadr-vtn';
const BUSINESS_LOGIC_ROLE = 'openadr-bl';
/** Of every VEN: what is for everybody. */
export const VEN_ROLE = 'openadr-ven';
const OWN_VEN_ROLE = `${VEN_ROLE}/`;

/** The roles that everybody shares, with their rights: what `mayRead` says of the embedded broker, in mosquitto's words. */
export const SHARED_ROLES: Readonly<Record<string, readonly Acl[]>> = {
  [VTN_ROLE]: [{ acltype: 'publishClientSend', topic: `${TOPIC_ROOT}/#`, allow: true, priority: 0 }],
  [BUSINESS_LOGIC_ROLE]: reading(`${TOPIC_ROOT}/#`),
  [VEN_ROLE]: reading(`${TOPIC_ROOT}/programs/#`),
};

/** The roles of a client: a ven's are what is for everybody, and one for the topics of each ven of its own. */
export function rolesOf({ role, venIds }: Pick<Subscriber, 'role' | 'venIds'>): string[] {
  return role === 'ven' ? [VEN_ROLE, ...venIds.map((id) => `${OWN_VEN_ROLE}${id}`)] : [BUSINESS_LOGIC_ROLE];
}

/** The ven whose topics a role is for. */
export function venOfRole(role: string): string | undefined {
  return role.startsWith(OWN_VEN_ROLE) ? role.slice(OWN_VEN_ROLE.length) : undefined;
}

export function aclsOf(role: string): readonly Acl[] {
  const venId = venOfRole(role);
  return venId === undefined ? (SHARED_ROLES[role] ?? []) : reading(`${TOPIC_ROOT}/vens/${venId}/#`);
}

function reading(topic: string): Acl[] {
  return (['subscribePattern', 'publishClientReceive'] as const).map((acltype) => ({
    acltype,
    topic,
    allow: true,
    priority: 0,
  }));
}
