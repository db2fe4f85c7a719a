import type { Ven } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { createClient, endClient, prepareSecret, rotateSecret } from '../../auth/clients.ts';
import type { Credentials, PreparedSecret } from '../../auth/clients.ts';
import { deleteGateway, gatewayOfSite, putGateway } from '../../store/gateways.ts';
import type { GatewayRow } from '../../store/gateways.ts';
import { resourcesOfVen } from '../../store/resources.ts';
import type { Db, Writer } from '../../store/store.ts';
import { deleteVenChanges, venByClientId, venById, venByName } from '../../store/vens.ts';
import { conflict, notFound } from '../errors.ts';
import { newObject, replaced } from '../openadr/objects.ts';
import type { OperationsDeps } from './deps.ts';
import { stamps } from './fields.ts';
import { partsOfSite, syncResources } from './gateway-resources.ts';
import type { Handle } from './index.ts';
import { requireSite } from './sites.ts';

/** `/sites/{site_id}/gateway`: what lets an agent speak for a site. */
export function gatewayOperations({ store, tokens, ...deps }: OperationsDeps): Record<string, Handle> {
  return {
    putGateway: async ({ params }) => {
      const secret = await prepareSecret();
      const body = await store.write(async (tx) => {
        const { id: siteId } = await requireSite(tx.db, params['site_id'] ?? '');
        const before = await gatewayOfSite(tx.db, siteId);
        const { clientId, clientSecret } = await enrolClient(tx.db, siteId, before, secret, deps);
        const ven = await enrolVen(tx, siteId, clientId, before, deps);
        const nowMs = deps.clock.nowMs();
        const row: GatewayRow = {
          site_id: siteId,
          client_id: clientId,
          ven_id: ven.id,
          created_ms: before?.created_ms ?? nowMs,
          updated_ms: nowMs,
        };
        await putGateway(tx.db, row);
        await syncResources(tx, row, deps);
        const { site_id, client_id, ...rest } = await gatewayAnswer(tx.db, row);
        return { site_id, client_id, client_secret: clientSecret, ...rest };
      });
      return { status: 200, body, headers: { 'cache-control': 'no-store' } };
    },
    getGateway: async ({ params }) => {
      const body = await store.read(async (db) => {
        const { id } = await requireSite(db, params['site_id'] ?? '');
        return gatewayAnswer(db, await requireGateway(db, id));
      });
      return { status: 200, body };
    },
    deleteGateway: async ({ params }) => {
      await store.write(async (tx) => {
        const { id } = await requireSite(tx.db, params['site_id'] ?? '');
        await requireGateway(tx.db, id);
        await removeGateway(tx, id, deps);
      });
      await tokens.checkRevocations();
      return { status: 204 };
    },
  };
}

/** Ends the client of a site's agent with its subscriptions, and deletes its ven with all resources. Does nothing where none is enrolled. */
export async function removeGateway(tx: Writer, siteId: string, deps: { clock: Clock }): Promise<void> {
  const gateway = await gatewayOfSite(tx.db, siteId);
  if (!gateway) return;
  await endClient(tx, gateway.client_id, deps);
  // The agent may have replaced its ven by another one of its own.
  const ven = (await venById(tx.db, gateway.ven_id)) ?? (await venByClientId(tx.db, gateway.client_id));
  if (ven) await tx.apply(await deleteVenChanges(tx.db, ven));
  await deleteGateway(tx.db, siteId);
}

async function requireGateway(db: Db, siteId: string): Promise<GatewayRow> {
  const gateway = await gatewayOfSite(db, siteId);
  if (!gateway) throw notFound(`no gateway is enrolled for ${siteId}`);
  return gateway;
}

/** The client that is enrolled gets a new secret; where there is none, or it was revoked, a new client is made. */
async function enrolClient(
  db: Db,
  siteId: string,
  before: GatewayRow | undefined,
  secret: PreparedSecret,
  deps: Pick<OperationsDeps, 'clock' | 'ids'>,
): Promise<Credentials> {
  const rotated = before && (await rotateSecret(db, before.client_id, secret));
  return rotated ?? createClient(db, { name: `gateway-${siteId}`, role: 'ven' }, secret, deps);
}

/** The agent's ven, made or mended: its name, its client, and the site among its targets. */
async function enrolVen(
  tx: Writer,
  siteId: string,
  clientID: string,
  before: GatewayRow | undefined,
  deps: Pick<OperationsDeps, 'clock' | 'ids'>,
): Promise<Ven> {
  const venName = `gateway-${siteId}`;
  const previous = (before && (await venById(tx.db, before.ven_id))) ?? (await venByClientId(tx.db, clientID));
  const namesake = await venByName(tx.db, venName);
  if (namesake && namesake.id !== previous?.id) {
    throw conflict(
      'venName already exists',
      `another ven, ${namesake.id}, is called ${venName}; rename or delete it first`,
    );
  }
  const targets = [...new Set([siteId, ...(previous?.targets ?? [])])];
  if (!previous) {
    const object = newObject<Ven>('VEN', { clientID, venName, targets }, deps);
    await tx.apply([{ operation: 'CREATE', object }]);
    return object;
  }
  const isRight = previous.clientID === clientID && previous.venName === venName && previous.targets?.includes(siteId);
  if (isRight === true) return previous;
  const { attributes } = previous;
  const object = replaced(previous, { clientID, venName, targets, ...(attributes ? { attributes } : {}) }, deps);
  await tx.apply([{ operation: 'UPDATE', object, previous }]);
  return object;
}

async function gatewayAnswer(db: Db, row: GatewayRow) {
  const ven = await venById(db, row.ven_id);
  const { assetIds, inverterIds } = await partsOfSite(db, row.site_id);
  const resources = (await resourcesOfVen(db, row.ven_id)).flatMap((resource) => {
    const name = resource.resourceName;
    const kind = assetIds.includes(name) ? 'ASSET' : inverterIds.includes(name) ? 'INVERTER' : undefined;
    return kind ? [{ resource_id: resource.id, resource_name: name, kind }] : [];
  });
  return {
    site_id: row.site_id,
    client_id: row.client_id,
    ven_id: row.ven_id,
    ven_name: ven?.venName ?? null,
    resources,
    ...stamps(row),
  };
}
