import type { DemoFile } from './files.ts';

/** SOLAR PARK at 8 MW, bound to 2 MW in the slot that runs now. Works in any POSIX shell with curl and node. */
export function curlLine(demo: DemoFile, secret: string): string {
  const pv = demo.assets.find((asset) => asset.kind === 'PV')?.id ?? 'ASSET_ID';
  const slot = (offset: number): string =>
    `$(node -p "new Date(Math.floor(Date.now()/9e5${offset === 0 ? '' : `+${offset}`})*9e5).toISOString()")`;
  const token =
    `$(curl -s ${demo.openadrUrl}/auth/token -d grant_type=client_credentials -d client_id=${demo.clients.operator.id} ` +
    `-d client_secret=${secret} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;
  const body =
    `{"limits":[{"asset_id":"${pv}","start_time":"'"${slot(0)}"'","end_time":"'"${slot(1)}"'",` +
    `"source":"OPERATIONS","power_discharge":{"amount":2,"unit":"MW"}}]}`;
  return `curl -i -X PATCH ${demo.operationsUrl}/period-limits -H "Authorization: Bearer ${token}" -H 'Content-Type: application/json' -d '${body}'`;
}

/** What a person reads when everything is up. */
export function banner(demo: DemoFile, dataDir: string, running: { agent: boolean; simulator: boolean }): string {
  const rows = [
    ['VTN', demo.vtnUrl],
    ['OpenADR 3.1', demo.openadrUrl],
    ['operations API', demo.operationsUrl],
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
    curlLine(demo, demo.clients.operator.secret),
    '',
    `The same in ${dataDir}/demo.json; logs beside it. Ctrl-C stops everything.`,
    '',
  ].join('\n');
}
