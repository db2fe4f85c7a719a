import { formatPricePerMwh } from '@openadr-gateway/shared/units.ts';
import type { Quantity } from '@openadr-gateway/shared/units.ts';
import { Faults } from './fields.ts';

/** How a site is dispatched; stored as JSON and answered like this. */
export interface DispatchMode {
  name: string;
  floor_price: Quantity | null;
  strike_price: Quantity | null;
}

/** What a request says, and where its fields stand in it. */
export interface DispatchModeIn {
  name: string;
  floor_price?: Quantity | null;
  strike_price?: Quantity | null;
}
export interface DispatchModeLocs {
  floor_price: (string | number)[];
  strike_price: (string | number)[];
}

/**
 * Checks a mode: PRICE_BASED needs both prices in one currency, floor ≤ strike; the others take none.
 *
 * @throws ApiError 422
 */
export function readDispatchMode(mode: DispatchModeIn, locs: DispatchModeLocs): DispatchMode {
  const faults = new Faults();
  const { floor_price: floor, strike_price: strike } = mode;
  for (const name of ['floor_price', 'strike_price'] as const) {
    const isSent = mode[name] != null;
    if (mode.name === 'PRICE_BASED' && !isSent)
      faults.add(locs[name], 'missing', 'required by PRICE_BASED, but missing');
    if (mode.name !== 'PRICE_BASED' && isSent) {
      faults.add(locs[name], 'extra_forbidden', `expected no price with ${mode.name}`, mode[name]);
    }
  }
  const floorMilli = faults.quantity(locs.floor_price, floor, 'price');
  const strikeMilli = faults.quantity(locs.strike_price, strike, 'price');
  if (floor && strike && floor.unit !== strike.unit) {
    faults.add([...locs.strike_price, 'unit'], 'currency', `expected ${floor.unit} as in floor_price`, strike.unit);
  } else if (floorMilli !== null && strikeMilli !== null && floorMilli > strikeMilli) {
    faults.add(
      [...locs.strike_price, 'amount'],
      'band_inverted',
      'expected strike_price ≥ floor_price',
      strike?.amount,
    );
  }
  faults.throwIfAny();
  const price = (milli: number | null, unit: string | undefined): Quantity | null =>
    milli === null || unit === undefined ? null : { amount: formatPricePerMwh(milli), unit };
  return {
    name: mode.name,
    floor_price: price(floorMilli, floor?.unit),
    strike_price: price(strikeMilli, strike?.unit),
  };
}
