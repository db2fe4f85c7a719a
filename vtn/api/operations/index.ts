import { requireRole } from '../../auth/roles.ts';
import { fastapiDialect } from '../dialects.ts';
import type { Api, ApiAnswer, ApiRequest, OperationHandler } from '../http.ts';
import { assetActionOperations } from './asset-actions.ts';
import { assetOperations } from './assets.ts';
import { clientOperations } from './clients.ts';
import { connectionLimitOperations } from './connection-limits.ts';
import type { OperationsDeps } from './deps.ts';
import { deviceOperations } from './devices.ts';
import { dispatchOperations } from './dispatches.ts';
import { forecastOperations } from './forecasts.ts';
import { gatewayOperations } from './gateway.ts';
import { inverterOperations } from './inverters.ts';
import { locationOperations } from './locations.ts';
import { periodLimitOperations } from './period-limits.ts';
import { reservationOperations } from './reservations.ts';
import { siteOperations } from './sites.ts';
import { specOperations } from './specs.ts';
import { stateSnapshotOperations } from './state-snapshots.ts';
import { statusOperations } from './statuses.ts';
import { tariffPriceOperations } from './tariff-prices.ts';
import { tariffOperations } from './tariffs.ts';
import { webhookOperations } from './webhooks.ts';

/** What an operation does; who may do it is said where all of them are put together. */
export type Handle = (request: ApiRequest) => Promise<ApiAnswer>;

/** Where its OpenAPI document is. */
export const OPERATIONS_DOCUMENT = { name: 'operations', documentPath: 'vtn/api/operations/openapi.yaml' };

/** The operations API: assets, sites and their limits, for roles `bl` and `admin`; clients for `admin` alone. */
export function operationsApi(deps: OperationsDeps): Api {
  const handles: Record<string, Handle> = {
    ...periodLimitOperations(deps),
    ...stateSnapshotOperations(deps),
    ...reservationOperations(deps),
    ...forecastOperations(deps),
    ...dispatchOperations(deps),
    ...assetOperations(deps),
    ...assetActionOperations(deps),
    ...statusOperations(deps),
    ...specOperations(deps),
    ...siteOperations(deps),
    ...inverterOperations(deps),
    ...connectionLimitOperations(deps),
    ...gatewayOperations(deps),
    ...tariffOperations(deps),
    ...tariffPriceOperations(deps),
    ...locationOperations(deps),
    ...deviceOperations(deps),
    ...webhookOperations(deps),
  };
  return {
    ...OPERATIONS_DOCUMENT,
    basePaths: ['/api/v1'],
    operations: {
      ...operationsFor(requireRole('bl'), handles),
      ...operationsFor(requireRole('admin'), clientOperations(deps)),
    },
    dialect: fastapiDialect,
  };
}

function operationsFor(
  authorise: OperationHandler['authorise'],
  handles: Readonly<Record<string, Handle>>,
): Record<string, OperationHandler> {
  return Object.fromEntries(Object.entries(handles).map(([id, handle]) => [id, { authorise, handle }]));
}
