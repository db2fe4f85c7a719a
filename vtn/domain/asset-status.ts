/** What operators see of an asset's condition. UNKNOWN until it has been heard of. */
export const ASSET_STATUSES = ['UNKNOWN', 'AVAILABLE', 'LIMITED', 'OPTED_OUT', 'FAULT', 'OFFLINE'] as const;
export type AssetStatus = (typeof ASSET_STATUSES)[number];

const BY_OPERATING_STATE: Readonly<Record<string, AssetStatus>> = {
  NORMAL: 'AVAILABLE',
  IDLE_NORMAL: 'AVAILABLE',
  RUNNING_NORMAL: 'AVAILABLE',
  RUNNING_CURTAILED: 'LIMITED',
  IDLE_CURTAILED: 'LIMITED',
  RUNNING_HEIGHTENED: 'LIMITED',
  IDLE_HEIGHTENED: 'LIMITED',
  RUNNING_OPTED_OUT: 'OPTED_OUT',
  IDLE_OPTED_OUT: 'OPTED_OUT',
  ERROR: 'FAULT',
  SGD_ERROR_CONDITION: 'FAULT',
};

/** The status that a reported operating state (OpenADR 3.1, payload OPERATING_STATE) means; private states are UNKNOWN. */
export function statusOf(operatingState: string): AssetStatus {
  return Object.hasOwn(BY_OPERATING_STATE, operatingState)
    ? (BY_OPERATING_STATE[operatingState] ?? 'UNKNOWN')
    : 'UNKNOWN';
}
