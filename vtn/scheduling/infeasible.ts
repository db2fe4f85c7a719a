import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { invalid } from '../api/errors.ts';
import type { ApiError, Issue } from '../api/errors.ts';
import type { Conflict, Constraint, DeviceModel } from './types.ts';

const WORDS: Readonly<Record<Constraint, (kwh: string, device: DeviceModel, conflict: Conflict) => string>> = {
  target_state_of_charge: (kwh, device, { toMs, byWh }) => {
    const share = Math.max(0, ((device.target?.energyWh ?? 0) - byWh) / device.capacityWh);
    const [most, at] = [Math.floor(share * 1000 + 1e-6) / 1000, formatDateTime(toMs)];
    return `the device is too slow for it: at ${at} a state of charge of ${most} can be reached at most, ${kwh} less`;
  },
  minimum_state_of_charge: (kwh) => `it cannot be kept: ${kwh} are missing`,
  period_limits: (kwh) => `limits of the asset, or what is reserved of it, stand in the way: ${kwh} too much for them`,
  site_limits: (kwh) =>
    `the point of connection, with what else flows there, stands in the way: ${kwh} too much for it`,
  reservations: (kwh) => `what is reserved on the markets stands in the way: ${kwh} more or less than there is`,
  dispatches: (kwh) => `what was dispatched stands in the way: ${kwh} more or less than there is`,
};

/** Why there is no schedule, as 422 with an entry for each constraint that would have to give way. */
export function infeasible(device: DeviceModel, conflicts: readonly Conflict[]): ApiError {
  return invalid(
    conflicts.map((conflict): Issue => {
      const { constraint, fromMs, toMs, byWh } = conflict;
      const kwh = `${Math.round(byWh) / 1000} kWh`;
      return {
        loc: ['constraint', constraint],
        type: 'infeasible',
        msg: WORDS[constraint](kwh, device, conflict),
        ctx: { constraint, from: formatDateTime(fromMs), to: formatDateTime(toMs), energy_wh: Math.round(byWh) },
      };
    }),
  );
}
