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
