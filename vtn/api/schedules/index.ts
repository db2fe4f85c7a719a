import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { requireRole } from '../../auth/roles.ts';
import type { Made, Scheduler } from '../../scheduling/scheduler.ts';
import { fastapiDialect } from '../dialects.ts';
import type { Api, OperationHandler } from '../http.ts';

interface ScheduleRequest {
  location_id: string;
  schedule_horizon?: number;
}

/** Schedules by state of charge, for roles `bl` and `admin`. */
export function schedulesApi({ scheduler }: { scheduler: Pick<Scheduler, 'schedule'> }): Api {
  const createSocSchedule: OperationHandler = {
    authorise: requireRole('bl'),
    handle: async ({ params, body }) => {
      const { location_id, schedule_horizon } = body as ScheduleRequest;
      const made = await scheduler.schedule({
        deviceId: params['id'] ?? '',
        locationId: location_id,
        ...(schedule_horizon === undefined ? {} : { horizonMs: Math.ceil(schedule_horizon * 3600) * 1000 }),
      });
      return { status: 200, body: scheduleAnswer(made, schedule_horizon) };
    },
  };
  return {
    name: 'schedules',
    basePaths: ['/schedules'],
    documentPath: 'vtn/api/schedules/openapi.yaml',
    operations: { createSocSchedule },
    dialect: fastapiDialect,
  };
}

function scheduleAnswer(made: Made, horizon: number | undefined) {
  const { device, location } = made;
  return {
    id: made.id,
    object: 'schedule_soc',
    live_mode: device.live_mode === 1,
    device_id: device.id,
    location_id: location.id,
    location_timezone: location.time_zone,
    currency_code: location.currency,
    time_created: formatDateTime(made.startMs),
    account_id: location.account_id,
    data: [
      {
        start_time: formatDateTime(made.startMs),
        end_time: formatDateTime(made.endMs),
        energy: { units: 'WH', value: made.netEnergyWh },
        cost: { value: made.costMicros / 1e6, confidence: made.confidence },
        schedule: made.entries.map((entry) => ({
          start_time: formatDateTime(entry.startMs),
          end_time: formatDateTime(entry.endMs),
          power: { units: 'W', value: entry.powerW },
          vpp_event: entry.vppEvent,
        })),
      },
    ],
    // As text, in the answer only.
    request: horizon === undefined ? {} : { schedule_horizon: String(horizon) },
  };
}
