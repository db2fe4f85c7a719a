import { conflict, forbidden } from '../errors.ts';
import type { UtilityRow } from '../../store/utilities.ts';
import { attributesOf } from './attributes.ts';
import type { AttributesIn } from './attributes.ts';

const TYPE = 'Utility';

/** A body: `{ "data": { "type": "Utility", … } }`. */
export interface UtilityDocument {
  data: { type: string; id?: string | number; attributes?: AttributesIn; relationships?: object };
}

/**
 * The attributes of a body, which is about the resource that the path names.
 *
 * @param id of that resource; without it one is to be made.
 * @throws ApiError 409 for another type or id, 403 for an id of the client's own and for relationships.
 */
export function attributesIn({ data }: UtilityDocument, id?: string): AttributesIn {
  if (data.type !== TYPE) {
    throw conflict('Conflict', 'another type', [fault('type', `expected ${TYPE}`, 'conflict')]);
  }
  if (id === undefined && data.id !== undefined) {
    throw forbidden('ids', [fault('id', 'expected none: ids are given by the server', 'forbidden')]);
  }
  if (id !== undefined && String(data.id) !== id) {
    throw conflict('Conflict', 'another id', [fault('id', `expected ${id}, as in the path`, 'conflict')]);
  }
  if (Object.keys(data.relationships ?? {}).length > 0) {
    const msg = 'expected none: members join and leave with their clients, POST and DELETE /api/v1/clients';
    throw forbidden('relationships', [fault('relationships', msg, 'forbidden')]);
  }
  return data.attributes ?? {};
}

const fault = (member: string, msg: string, type: string) => ({ loc: ['body', 'data', member], msg, type });

/** A utility as the answers have it. */
export function resourceOf(row: UtilityRow, members: readonly string[], isAdmin: boolean) {
  return {
    type: TYPE,
    id: String(row.id),
    attributes: attributesOf(row, isAdmin),
    relationships: {
      members: { data: members.map((id) => ({ type: 'User', id })), meta: { count: members.length } },
    },
  };
}
