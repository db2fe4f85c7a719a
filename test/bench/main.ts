import { cpus } from 'node:os';
import { Command } from 'commander';
import { Demo } from '../support/demo.ts';
import { killRounds } from '../support/kill-rounds.ts';
import { measureAgent } from './agent.ts';
import { measureApi, type ApiRow } from './api.ts';
import { dispatchToEvent } from './dispatches.ts';
import { childOf, footprint } from './footprint.ts';
import { limitToRegister } from './latency.ts';
import { measureNotifications } from './notifications.ts';
import { measureOperations } from './operations.ts';
import { measureSchedules } from './schedules.ts';
import { formatTable, quantile, type Cell } from './table.ts';
import { measureVisibility } from './visibility.ts';
import { measureWebhooks } from './webhooks.ts';

const options = new Command('npm run bench --')
  .description('Measures what the README states and prints one table. Figures differ between machines: compare ratios.')
  .option('--seconds <n>', 'length of each load, in five slices beside the yardstick', Number, 20)
  .option('--vens <n>', 'vens in the database', Number, 1_000)
  .option('--events <n>', 'events in the database', Number, 10_000)
  .option('--latency-rounds <n>', 'limits sent down to the register', Number, 200)
  .option('--agent-seconds <n>', 'how long the agent is watched at 1 Hz', Number, 120)
  .option('--visibility', 'only the cost of GET /events by what there is and what a VEN may see of it')
  .option('--assets <n>', 'assets whose events the horizon roll makes', Number, 10_000)
  .option('--rounds <n>', 'rounds of each batch and long read', Number, 50)
  .option('--operations', 'only batches, long reads and the horizon roll')
  .option('--dispatches', 'only dispatch commands, as many as latency rounds')
  .option('--devices <n>', 'devices whose schedules are made again', Number, 1_000)
  .option('--schedules', 'only schedules by state of charge')
  .option('--webhooks', 'only webhooks, as many as --endpoints')
  .option('--endpoints <n>', 'endpoints of webhooks, a tenth of which hang', Number, 1_000)
  .option('--agent', 'only the agent')
  .option('--notifications', 'only MQTT and feeds, as many as --subscribers and --connections')
  .option('--subscribers <n>', 'subscribers over MQTT who are told of a change', Number, 1_000)
  .option('--connections <n>', 'feed and MQTT connections held by one VTN', Number, 10_000)
  .option('--kill-rounds <n>', 'kill -9 rounds of the store', Number, 200)
  .parse()
  .opts<
    Record<
      | 'seconds'
      | 'vens'
      | 'events'
      | 'latencyRounds'
      | 'agentSeconds'
      | 'killRounds'
      | 'assets'
      | 'rounds'
      | 'endpoints'
      | 'subscribers'
      | 'connections'
      | 'devices',
      number
    > &
      Partial<
        Record<
          'visibility' | 'operations' | 'dispatches' | 'webhooks' | 'schedules' | 'notifications' | 'agent',
          boolean
        >
      >
  >();

if (options.visibility) {
  const header = ['GET /events as a VEN', 'events', 'vens', 'on its page', 'store ms', 'HTTP ms', 'polls/s'];
  console.log(formatTable(header, await measureVisibility()));
  process.exit();
}

const HEADER = ['', 'requests/s', 'ratio', 'p50 ms', 'p99 ms', 'p99 ratio', 'RSS MB', 'CPU %'];
if (options.schedules) {
  console.log(formatTable(HEADER, await measureSchedules(options.devices)));
  process.exit();
}

if (options.agent) {
  console.log(formatTable(HEADER, await measureAgent(options.agentSeconds)));
  process.exit();
}

if (options.operations) {
  console.log(formatTable(HEADER, await measureOperations(options.assets, options.rounds)));
  process.exit();
}
if (options.webhooks) {
  console.log(formatTable(HEADER, await webhookRows()));
  process.exit();
}
if (options.notifications) {
  console.log(formatTable(HEADER, await notificationRows()));
  process.exit();
}
if (options.dispatches) {
  const demo = await Demo.start();
  console.log(formatTable(HEADER, [await dispatchToEvent(demo, options.latencyRounds).finally(() => demo.stop())]));
  process.exit();
}

function webhookRows(): Promise<Cell[][]> {
  return measureWebhooks(options.endpoints, Math.floor(options.endpoints / 10), options.rounds);
}

function notificationRows(): Promise<Cell[][]> {
  return measureNotifications(options.subscribers, options.connections, options.rounds);
}

const rows: Cell[][] = [];

const api = await measureApi(options.seconds, options.vens, options.events);
type Pair = ApiRow['pairs'][number];
const median = (pairs: readonly Pair[], pick: (pair: Pair) => number): number => quantile(pairs.map(pick), 0.5);
const all = api.flatMap((row) => row.pairs);
rows.push([
  'node:http, same requests, ready 5 KB (yardstick)',
  median(all, (p) => p.yardstick.requestsPerSecond),
  1,
  median(all, (p) => p.yardstick.p50Ms),
  median(all, (p) => p.yardstick.p99Ms),
  1,
]);
for (const { name, pairs } of api) {
  rows.push([
    name,
    median(pairs, (p) => p.result.requestsPerSecond),
    median(pairs, (p) => p.result.requestsPerSecond / p.yardstick.requestsPerSecond),
    median(pairs, (p) => p.result.p50Ms),
    median(pairs, (p) => p.result.p99Ms),
    median(pairs, (p) => p.result.p99Ms / p.yardstick.p99Ms),
  ]);
}

rows.push(...(await measureOperations(options.assets, options.rounds)));
rows.push(...(await measureSchedules(options.devices)));

rows.push(...(await measureAgent(options.agentSeconds)));

const demo = await Demo.start();
try {
  const samples = await limitToRegister(demo, options.latencyRounds);
  rows.push([
    `limit to register, ${samples.length} rounds`,
    undefined,
    undefined,
    quantile(samples, 0.5),
    quantile(samples, 0.99),
  ]);
  rows.push(await dispatchToEvent(demo, options.latencyRounds));
  const agent = await footprint(childOf(demo.pid, 'ven-agent.js run'.replace(' ', '\0')), options.agentSeconds);
  rows.push([
    `agent at 1 Hz, ${options.agentSeconds} s`,
    ...Array<undefined>(4),
    undefined,
    agent.rssMb,
    agent.cpuPercent,
  ]);
} finally {
  await demo.stop();
}

rows.push(...(await webhookRows()));
rows.push(...(await notificationRows()));

const kills = await killRounds(options.killRounds);
rows.push([`kill -9, ${kills.rounds} rounds: ${kills.acknowledged} acknowledged writes, ${kills.lost} lost`]);

console.log(`\n${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}\n`);
console.log(formatTable(HEADER, rows));
