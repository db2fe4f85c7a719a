import { insertUtility, updateUtility } from '../../../vtn/store/utilities.ts';
import type { UtilityPatch, UtilityRow } from '../../../vtn/store/utilities.ts';
import type { TestVtn } from '../support/server.ts';

/** Stores a utility with this id, active unless told otherwise. */
export async function aUtility({ vtn }: TestVtn, id: number, more: Partial<UtilityRow> = {}): Promise<void> {
  const row: UtilityRow = {
    id,
    address: null,
    aptify_id: null,
    aptify_order_id: null,
    average_annual_household_income: null,
    average_annual_megawatt_hours: null,
    city: null,
    est_is_active: 1,
    est_subscription_id: null,
    is_active: 1,
    name: `Utility ${id}`,
    state: null,
    total_customers: 0,
    total_subscriptions: 0,
    miles_of_line: null,
    line_length_overhead: null,
    line_length_underground: null,
    use_meters: 0,
    zip_code: null,
    created_ms: 0,
    updated_ms: 0,
    ...more,
  };
  await vtn.store.write(({ db }) => insertUtility(db, row));
}

/** Changes a utility past the API, as another process would. */
export async function changeUtility({ vtn }: TestVtn, id: number, patch: UtilityPatch): Promise<void> {
  await vtn.store.write(({ db }) => updateUtility(db, id, patch, 0));
}
