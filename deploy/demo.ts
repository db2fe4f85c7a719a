import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { banner } from './demo/banner.ts';
import { seedClients } from './demo/clients.ts';
import { preparePlants } from './demo/customer.ts';
import { prepareDevice } from './demo/device.ts';
import {
  SITE_METER,
  writeAgentConfig,
  writeDemoFile,
  writeVtnConfig,
  type DemoFile,
  type Listening,
} from './demo/files.ts';
import { ApiClient, fetchToken } from './demo/http.ts';
import { parseOptions } from './demo/options.ts';
import { planReservations } from './demo/plan.ts';
import { startProgram, type Program } from './demo/programs.ts';
import { prepareSite } from './demo/site.ts';

const dist = dirname(fileURLToPath(import.meta.url));
const options = parseOptions(process.argv.slice(2));
const running: Program[] = [];
let stopping = false;

/** In the order opposite to the start: the agent hands back and sends its last report while the VTN still listens. */
async function stopAll(exitCode: number): Promise<never> {
  stopping = true;
  for (const program of running.reverse()) await program.stop();
  process.exit(exitCode);
}

/** Plugs may be pulled here: what is left goes on, as it would on a site. */
function watch(program: Program, args: readonly string[]): void {
  running.push(program);
  void program.ended.then((how) => {
    if (stopping) return;
    running.splice(running.indexOf(program), 1);
    const log = join(options.dataDir, `${program.name}.log`);
    console.error(`\n${program.name} ended by itself (${how}); see ${log}. What is left goes on; to start it again:`);
    console.error(`node ${args.join(' ')}`);
    if (running.length === 0) process.exit(1);
  });
}

async function startVtn(): Promise<{ url: string; mqttUrl: string }> {
  const args = [join(dist, 'vtn.js'), 'serve', '--config', writeVtnConfig(options)];
  const vtn = await startProgram('vtn', args, options.dataDir, (line) =>
    line['msg'] === 'listening' && typeof line['url'] === 'string'
      ? { url: line['url'], mqttUrl: typeof line['mqttUrl'] === 'string' ? line['mqttUrl'] : '' }
      : undefined,
  );
  watch(vtn, args);
  return vtn.ready;
}

async function startSimulator(bessId: string, pvId: string): Promise<Listening[]> {
  const args = [
    join(dist, 'ven-agent.js'),
    'simulate',
    '--bess-id',
    bessId,
    '--pv-id',
    pvId,
    '--bess-port',
    '0',
    '--pv-port',
    '0',
    '--meter-id',
    SITE_METER,
    '--meter-port',
    '0',
    '--load',
    '1000000',
  ];
  const simulator = await startProgram('simulator', args, options.dataDir, (line) =>
    Array.isArray(line['listening']) ? (line['listening'] as Listening[]) : undefined,
  );
  watch(simulator, args);
  return simulator.ready;
}

async function startAgent(configPath: string): Promise<void> {
  const args = [join(dist, 'ven-agent.js'), 'run', '--config', configPath];
  const agent = await startProgram('agent', args, options.dataDir, (line) =>
    typeof line['statusUrl'] === 'string' ? line['statusUrl'] : undefined,
  );
  watch(agent, args);
  await untilReady(`${agent.ready}/readyz`);
}

/** The agent is ready once it has read its events and its devices. */
async function untilReady(url: string): Promise<void> {
  const deadlineMs = performance.now() + 20_000;
  for (;;) {
    const response = await fetch(url);
    if (response.ok) return;
    if (performance.now() > deadlineMs) throw new Error(`the agent is not ready: ${await response.text()}`);
    await delay(50);
  }
}

async function main(): Promise<void> {
  mkdirSync(options.dataDir, { recursive: true });
  rmSync(join(options.dataDir, 'demo.json'), { force: true });
  const { clients, utilityId } = await seedClients(join(options.dataDir, 'vtn.sqlite'));
  const vtn = await startVtn();
  const openadrUrl = `${vtn.url}/openadr3/3.1.1`;
  const operationsUrl = `${vtn.url}/api/v1`;
  const customerUrl = `${vtn.url}/api/v0`;
  const operator = new ApiClient(operationsUrl, await fetchToken(openadrUrl, clients.operator));
  const site = await prepareSite(operator, '2026-01-01T00:00:00Z');
  const [bess, pv] = ['BESS', 'PV'].map((kind) => site.assets.find((a) => a.kind === kind)?.id ?? '');
  const customer = new ApiClient(customerUrl, await fetchToken(openadrUrl, clients.customer));
  const plants = await preparePlants(customer, site.assets);
  await planReservations(operator, bess ?? '', Date.now());
  const device = await prepareDevice(operator, site.siteId, bess ?? '', Date.now());
  const listening = options.simulator ? await startSimulator(bess ?? '', pv ?? '') : [];
  const agentConfig = writeAgentConfig(options, openadrUrl, site, listening);
  if (options.agent) await startAgent(agentConfig);
  const demo: DemoFile = {
    vtnUrl: vtn.url,
    openadrUrl,
    operationsUrl,
    customerUrl,
    schedulesUrl: `${vtn.url}/schedules`,
    mqttUrl: vtn.mqttUrl,
    clients: { ...clients, ven: site.ven },
    siteId: site.siteId,
    utilityId,
    assets: site.assets.map((asset) => {
      const device = listening.find((l) => l.id === asset.id);
      return { ...asset, modbusUrl: device?.url ?? '', unitId: device?.unitId ?? 0 };
    }),
    plants,
    devices: [device],
  };
  writeDemoFile(options.dataDir, demo);
  console.log(banner(demo, options.dataDir, options));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!stopping) void stopAll(0);
  });
}
await main().catch(async (error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(`The demo could not start: ${reason}`);
  if (reason.includes('EADDRINUSE')) {
    console.error('Something else listens there: choose other ports with --port and --mqtt-port; 0 picks a free one.');
  }
  await stopAll(1);
});
