import type { DemoFile } from './files.ts';
import { PLAN_MW } from './plan.ts';

/** The solar park at 8 MW, bound to 2 MW in the slot that runs now. */
export function limitLine(demo: DemoFile): string {
  const power = '"source":"OPERATIONS","power_discharge":{"amount":2,"unit":"MW"}';
  return curlLine(demo, 'PATCH', 'period-limits', 'limits', `"asset_id":"${assetOf(demo, 'PV')}",${SLOT},${power}`);
}

/** The battery's reservation of the slot that runs now, overwritten. */
export function reservationLine(demo: DemoFile): string {
  const power = '"market":"DAA","source":"OPTIMISATION","power":{"amount":12,"unit":"MW"}';
  return curlLine(
    demo,
    'PUT',
    'reservations',
    'reservations',
    `"asset_id":"${assetOf(demo, 'BESS')}",${SLOT},${power}`,
  );
}

const assetOf = (demo: DemoFile, kind: 'BESS' | 'PV'): string =>
  demo.assets.find((asset) => asset.kind === kind)?.id ?? 'ASSET_ID';

/** The shell works the times out when the line runs, not when it was printed. */
const slot = (later: '' | '+1'): string =>
  `"'"$(node -p "new Date(Math.floor(Date.now()/9e5${later})*9e5).toISOString()")"'"`;
const SLOT = `"start_time":${slot('')},"end_time":${slot('+1')}`;

/** The battery's cheapest schedule, which it then follows. */
export function scheduleLine(demo: DemoFile): string {
  const [device] = demo.devices;
  const wish = `{"location_id":"${device?.location_id ?? 'LOCATION_ID'}","schedule_horizon":24}`;
  return curl(demo, 'POST', `${demo.schedulesUrl}/soc/${device?.id ?? 'DEVICE_ID'}`, wish);
}

/** One entry sent to the operations API. */
function curlLine(demo: DemoFile, method: string, path: string, list: string, entry: string): string {
  return curl(demo, method, `${demo.operationsUrl}/${path}`, `{"${list}":[{${entry}}]}`);
}

/** Works in any POSIX shell with curl and node. */
function curl(demo: DemoFile, method: string, url: string, body: string): string {
  const { id, secret } = demo.clients.operator;
  const token =
    `$(curl -s ${demo.openadrUrl}/auth/token -d grant_type=client_credentials -d client_id=${id} ` +
    `-d client_secret=${secret} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;
  return `curl -i -X ${method} ${url} -H "Authorization: Bearer ${token}" -H 'Content-Type: application/json' -d '${body}'`;
}

/** What a person reads when everything is up. */
export function banner(demo: DemoFile, dataDir: string, running: { agent: boolean; simulator: boolean }): string {
  const rows = [
    ['VTN', demo.vtnUrl],
    ['OpenADR 3.1', demo.openadrUrl],
    ['operations API', demo.operationsUrl],
    ['customer API', demo.customerUrl],
    ['schedules API', demo.schedulesUrl],
    ['MQTT broker', demo.mqttUrl],
    ...demo.assets.map((a) => [
      `${a.kind} ${a.id}`,
      running.simulator ? `${a.modbusUrl} unit ${a.unitId} (SunSpec)` : 'not simulated (--no-simulator)',
    ]),
    ['VEN agent', running.agent ? `for site ${demo.siteId}` : `not started; its configuration: ${dataDir}/agent.yaml`],
  ];
  const clients = Object.entries(demo.clients).map(([role, c]) => [
    role,
    `client_id ${c.id}   client_secret ${c.secret}`,
  ]);
  const list = (pairs: readonly (readonly (string | undefined)[])[]): string =>
    pairs.map(([k, v]) => `  ${(k ?? '').padEnd(22)}${v ?? ''}`).join('\n');
  return [
    '',
    'The demo is up.',
    '',
    list(rows),
    '',
    'Credentials (for this machine only):',
    list(clients),
    '',
    'The solar park produces about 8 MW. Paste this to bound it to 2 MW for the slot that runs now:',
    '',
    limitLine(demo),
    '',
    `The battery follows its reservations, ${PLAN_MW} MW sold in one hour and bought in the next. Paste this to sell 12 MW in the slot that runs now:`,
    '',
    reservationLine(demo),
    '',
    'Prices are low at noon and at night. Paste this for the cheapest schedule of the battery around its reservations; the battery follows it:',
    '',
    scheduleLine(demo),
    '',
    `The same in ${dataDir}/demo.json; logs beside it. Ctrl-C stops everything.`,
    '',
  ].join('\n');
}
