import type { Resource, ValuesMap } from '@openadr-gateway/shared/openadr/objects.ts';
import { ASSET_IDS } from '@openadr-gateway/shared/openadr/targets.ts';
import { publishSpecs } from '../../publisher.ts';
import type { PublisherDeps } from '../../publisher.ts';
import { gatewayOfSite } from '../../store/gateways.ts';
import type { GatewayRow } from '../../store/gateways.ts';
import { invertersOfSites } from '../../store/inverters.ts';
import { resourcesOfVen } from '../../store/resources.ts';
import type { Change, Db, Writer } from '../../store/store.ts';
import { newObject, replaced } from '../openadr/objects.ts';

/** The names of the resources that a site's agent has: one for each asset and each inverter. */
export interface SiteParts {
  assetIds: string[];
  inverterIds: string[];
  /** Which assets each inverter serves, by its id. */
  assetsOfInverter: ReadonlyMap<string, readonly string[]>;
}

export async function partsOfSite(db: Db, siteId: string): Promise<SiteParts> {
  const inverters = await invertersOfSites(db, [siteId]);
  return {
    assetIds: [...new Set(inverters.flatMap((inverter) => inverter.asset_ids))].sort(),
    inverterIds: inverters.map((inverter) => inverter.id),
    assetsOfInverter: new Map(inverters.map((inverter) => [inverter.id, inverter.asset_ids])),
  };
}

/**
 * Makes the resources of an enrolled site those of its assets and inverters, and asks its assets for reports. Does nothing
 * for a site without a gateway. Runs in the transaction that changed the site.
 *
 * @param removed names that may have been the site's before.
 */
export async function syncGateway(
  tx: Writer,
  siteId: string,
  deps: PublisherDeps,
  removed: readonly string[] = [],
): Promise<void> {
  const gateway = await gatewayOfSite(tx.db, siteId);
  if (gateway) await syncResources(tx, gateway, deps, removed);
}

/** The same for a gateway at hand. Resources that the agent made for itself, without targets, are left alone. */
export async function syncResources(
  tx: Writer,
  gateway: Pick<GatewayRow, 'site_id' | 'client_id' | 'ven_id'>,
  deps: PublisherDeps,
  removed: readonly string[] = [],
): Promise<void> {
  const { assetIds, inverterIds, assetsOfInverter } = await partsOfSite(tx.db, gateway.site_id);
  const wanted = [...assetIds, ...inverterIds];
  const stored = await resourcesOfVen(tx.db, gateway.ven_id);
  const changes: Change[] = stored
    .filter((resource) => isStale(resource, wanted, removed))
    .map((object) => ({ operation: 'DELETE', object }));
  for (const name of wanted) {
    const fields = { clientID: gateway.client_id, resourceName: name, venID: gateway.ven_id };
    const previous = stored.find((resource) => resource.resourceName === name);
    const attributes = withAssets(previous?.attributes ?? [], assetsOfInverter.get(name));
    const said = attributes.length > 0 ? { attributes } : {};
    if (!previous) {
      const object = newObject<Resource>('RESOURCE', { ...fields, targets: [name], ...said }, deps);
      changes.push({ operation: 'CREATE', object });
    } else if (
      previous.clientID !== gateway.client_id ||
      !previous.targets?.includes(name) ||
      JSON.stringify(previous.attributes ?? []) !== JSON.stringify(attributes)
    ) {
      const targets = [...new Set([name, ...(previous.targets ?? [])])];
      const object = replaced(previous, { ...fields, targets, ...said }, deps);
      changes.push({ operation: 'UPDATE', object, previous });
    }
  }
  if (changes.length > 0) await tx.apply(changes);
  await publishSpecs(tx, assetIds, deps);
}

/** An inverter's resource says which assets it serves, so that an agent can learn whom the inverter's limits concern. */
function withAssets(attributes: readonly ValuesMap[], assetIds: readonly string[] | undefined): ValuesMap[] {
  const others = attributes.filter((attribute) => attribute.type !== ASSET_IDS);
  if (!assetIds) return [...attributes];
  return assetIds.length > 0 ? [...others, { type: ASSET_IDS, values: [...assetIds] }] : others;
}

/** Ours, and no longer of the site. An agent may rename its resource; the target that was granted gives it away. */
function isStale(resource: Resource, wanted: readonly string[], removed: readonly string[]): boolean {
  const [target, ...more] = resource.targets ?? [];
  if (target === undefined || more.length > 0 || wanted.includes(target)) return false;
  return target === resource.resourceName || removed.includes(target);
}
