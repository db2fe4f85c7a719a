import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';

export const REGIONS = ['DE', 'PL'] as const satisfies readonly Region[];

/** Control areas of the transmission operators. */
export const DELIVERY_AREAS = ['50HZ', 'AMPN', 'TNBW', 'TNNT', 'PSE'] as const;
export type DeliveryArea = (typeof DELIVERY_AREAS)[number];

const AREAS_OF: Readonly<Record<Region, readonly DeliveryArea[]>> = {
  DE: ['50HZ', 'AMPN', 'TNBW', 'TNNT'],
  PL: ['PSE'],
};

/** The delivery areas of a region, in the order in which messages name them. */
export function deliveryAreasOf(region: Region): readonly DeliveryArea[] {
  return AREAS_OF[region];
}

/** Whether the delivery area belongs to the region. */
export function isAreaOf(area: DeliveryArea, region: Region): boolean {
  return AREAS_OF[region].includes(area);
}

/** Balancing capacity: reserved, not delivered. */
export const CAPACITY_PRODUCTS: readonly string[] = ['FCR*', 'AFRR*', 'MFRR*'];

/** Whether a market's name is one of these, whatever its case; `*` at the end stands for anything. */
export function isCapacityProduct(market: string, products: readonly string[] = CAPACITY_PRODUCTS): boolean {
  const name = market.toUpperCase();
  return products.some((product) => {
    const wanted = product.toUpperCase();
    return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
  });
}
