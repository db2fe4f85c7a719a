import './heap.ts';
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ConfigError } from '@openadr-gateway/shared/config.ts';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { HttpConnection } from './client/http.ts';
import { loadAgentConfig, vtnAccessOf } from './config.ts';
import type { AgentConfig } from './config.ts';
import { unitIdsOf } from './commission/unit-ids.ts';
import { createVenAgent } from './main.ts';
import type { VenAgent } from './main.ts';
import { PLANT_QUIRKS } from './simulate/quirks.ts';
import type { PlantQuirk } from './simulate/quirks.ts';
import type { SimulateOptions } from './simulate/run.ts';
import { statusFile } from './status.ts';

/** An orderly stop that hangs is no orderly stop. */
const STOP_DEADLINE_MS = 4_500;

const program = new Command('ven-agent')
  .description('Edge agent of an OpenADR 3 site: follows its VTN, drives batteries and PV inverters, reports back.')
  .showHelpAfterError()
  .addHelpText(
    'after',
    `
Every setting of the file can be overridden by the environment: VEN_AGENT_VTN_URL is vtn.url.

Exit codes: 0 stopped in order, 1 failed, 2 the configuration is faulty.`,
  );

program
  .command('run')
  .description('run the agent until SIGTERM or SIGINT')
  .requiredOption('-c, --config <file>', 'configuration, YAML or JSON')
  .option('--dry-run', 'decide, log and report, but write nothing to devices', false)
  .action(async (options: { config: string; dryRun: boolean }) => {
    const configured = loadAgentConfig(options.config, process.env);
    const started: { agent?: VenAgent } = {};
    let stopping = false;
    const stop = (): void => {
      // Asked twice, it goes at once.
      if (stopping) process.exit(1);
      stopping = true;
      setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
      (started.agent?.stop() ?? Promise.resolve()).then(() => process.exit(0), fail);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    started.agent = createVenAgent(await withVtn(configured), { dryRun: options.dryRun });
    await started.agent.start();
  });

/** The configuration with the VTN that is there, where one has to be looked for. */
async function withVtn(config: AgentConfig): Promise<AgentConfig> {
  const { vtn, dataDir } = config;
  if (vtn.url !== 'mdns') return config;
  const { findVtn } = await import('./client/discovery.ts');
  const log = createLog({ name: 'ven-agent', level: config.log.level });
  return { ...config, vtn: { ...vtn, url: await findVtn({ ...vtn.mdns, dataDir, log }) } };
}

program
  .command('check')
  .description('read the configuration, name every fault, and show what the agent would do with it')
  .requiredOption('-c, --config <file>', 'configuration, YAML or JSON')
  .action((options: { config: string }) => {
    const config = loadAgentConfig(options.config, process.env);
    vtnAccessOf(config);
    console.log(summaryOf(config));
  });

program
  .command('scan')
  .description('read what SunSpec devices say of themselves, and print a block for the configuration; only reads')
  .argument(
    '<url>',
    'where they are, as in the configuration: tcp://HOST:PORT, rtu+tcp://HOST:PORT, serial:///dev/ttyUSB0',
  )
  .option('-u, --unit <ids>', 'Modbus unit ids, such as 1,3-5', unitIds, [1])
  .option('--timeout <ms>', 'how long to wait for an answer', milliseconds, 1_000)
  .action(async (url: string, { unit, timeout }: { unit: number[]; timeout: number }) => {
    const { runScan } = await import('./commission/scan-command.ts');
    await runScan({ url, unitIds: unit, timeoutMs: timeout }, (text) => console.log(text));
  });

program
  .command('selftest')
  .description(
    'limit each device mildly, let a battery give 2 %, go silent, and see whether both revert by themselves; stop the agent first',
  )
  .requiredOption('-c, --config <file>', 'configuration, YAML or JSON')
  .option('--resource <name...>', 'only these devices')
  .option('--lease <seconds>', 'how long the limit is held without a refresh', seconds, 30)
  .addHelpText(
    'after',
    `
For each device: reverted, never applied, still held, or wrong value. Exit code 0 when all reverted, 1 otherwise.`,
  )
  .action(async (options: { config: string; resource?: string[]; lease: number }) => {
    const config = loadAgentConfig(options.config, process.env);
    const { runSelftest } = await import('./commission/selftest-command.ts');
    const { resource: resourceNames = [], lease: leaseSeconds } = options;
    const reverted = await runSelftest({ config, resourceNames, leaseSeconds }, (text) => console.log(text));
    process.exit(reverted ? 0 : 1);
  });

program
  .command('status')
  .description('show what a running agent says about itself')
  .requiredOption('-c, --config <file>', 'the configuration that it runs with')
  .action(async (options: { config: string }) => {
    const { dataDir } = loadAgentConfig(options.config, process.env);
    console.log(JSON.stringify(await statusOf(dataDir), undefined, 2));
  });

program
  .command('simulate')
  .description('serve a simulated battery, a PV plant and a meter as SunSpec over Modbus TCP')
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--bess-id <id>', 'asset id of the battery', 'SIM_BESS_1')
  .option('--pv-id <id>', 'asset id of the PV plant', 'SIM_PV_1')
  .option('--bess-port <port>', 'port of the battery, 0 for a free one', portNumber, 5020)
  .option('--pv-port <port>', 'port of the PV plant, 0 for a free one', portNumber, 5021)
  .option('--meter-id <id>', 'a meter at the point of connection, of this name')
  .option('--meter-port <port>', 'port of the meter, 0 for a free one', portNumber, 5022)
  .option('--load <watts>', 'what the site uses beside its plants, as the meter sees it', watts, 0)
  .addOption(
    new Option('--quirk <name...>', 'ways in which the plants differ from the standard')
      .choices(PLANT_QUIRKS)
      .default([]),
  )
  .addHelpText(
    'after',
    `
While it runs, each line of standard input is a command:
  {"loadW": 5000000}                                            what the site uses
  {"id": "SIM_PV_1", "fault": {"kind": "stall", "delayMs": 3000}} answers late; also drop, none,
                                                                and exception with exceptionCode`,
  )
  .action(async ({ meterId, meterPort, load, quirk, ...options }: SimulateArguments) => {
    // Loaded only when wanted: a gateway has no memory to spare for simulators.
    const { runSimulate } = await import('./simulate/run.ts');
    const meter = meterId === undefined ? {} : { meter: { id: meterId, port: meterPort, loadW: load } };
    await runSimulate({ ...options, ...meter, quirks: quirk });
  });

interface SimulateArguments extends Omit<SimulateOptions, 'meter' | 'quirks'> {
  meterId?: string;
  meterPort: number;
  load: number;
  quirk: PlantQuirk[];
}

program.parseAsync().catch(fail);

function summaryOf(config: AgentConfig): string {
  const { site } = config;
  const limit = (maxW: number | undefined): string => (maxW === undefined ? 'none' : `${maxW} W`);
  const devices = config.devices.map(
    ({ resourceName, kind, url, unitId, limits, whenNoSetpoint }) =>
      `  ${resourceName} (${kind}) at ${url} unit ${unitId}; ` +
      (kind === 'METER'
        ? 'read only'
        : `default import limit ${limit(limits.importMaxW)}, export limit ${limit(limits.exportMaxW)}; ` +
          `without a set-point: ${whenNoSetpoint}`),
  );
  return [
    'The configuration is in order.',
    `VTN ${config.vtn.url} as ${config.vtn.clientId}, polled every ${config.vtn.pollSeconds} s`,
    `Site ${site.id}, data in ${config.dataDir}`,
    `Default import limit of the site ${limit(site.limits.importMaxW)}, export limit ${limit(site.limits.exportMaxW)}`,
    `A tick every ${config.tick.intervalMs} ms, a report every ${config.reporting.periodSeconds} s`,
    'Devices:',
    ...devices,
  ].join('\n');
}

async function statusOf(dataDir: string): Promise<unknown> {
  let url: string;
  try {
    url = (JSON.parse(readFileSync(statusFile(dataDir), 'utf8')) as { url: string }).url;
  } catch {
    throw new Error(`no agent runs with the data in ${dataDir}`);
  }
  const connection = new HttpConnection(5_000);
  try {
    const { text } = await connection.request({ method: 'GET', url: new URL('/status', url) });
    return JSON.parse(text) as unknown;
  } finally {
    connection.close();
  }
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('expected a port, 0 to 65535');
  return port;
}

function watts(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected watts, such as 5000000');
  return value;
}

function unitIds(text: string): number[] {
  try {
    return unitIdsOf(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function milliseconds(text: string): number {
  return wholeNumber(text, 50, 60_000, 'milliseconds');
}

function seconds(text: string): number {
  return wholeNumber(text, 1, 3_600, 'seconds');
}

function wholeNumber(text: string, least: number, most: number, unit: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new InvalidArgumentError(`expected ${unit}, ${least} to ${most}`);
  }
  return value;
}

function fail(error: unknown): never {
  const faulty = error instanceof ConfigError;
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(faulty ? 2 : 1);
}
