import { Command, CommanderError, Option } from 'commander';
import { ConfigError, loadConfig } from '@openadr-gateway/shared/config.ts';
import { randomIds } from '@openadr-gateway/shared/ids.ts';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { ROLES } from './auth/caller.ts';
import type { Role } from './auth/caller.ts';
import { createClient, prepareSecret } from './auth/clients.ts';
import type { NewClient } from './auth/clients.ts';
import { vtnConfig } from './config.ts';
import type { VtnConfig } from './config.ts';
import { createVtn } from './main.ts';
import { listClients, revokeClient } from './store/clients.ts';
import { SqliteStore } from './store/sqlite.ts';

/** sysexits.h: EX_USAGE, EX_CONFIG. Everything else that fails is 1. */
const EXIT = { failed: 1, usage: 64, config: 78 };
/** A stop takes less; what hangs is cut off, so that the service manager need not. */
const STOP_DEADLINE_MS = 9_500;

/** Options that do not go together. */
class Refusal extends Error {}

interface ConfigOption {
  config?: string;
}

const program = new Command('vtn')
  .description('OpenADR 3.1 VTN: turns grid limits into events for gateways and takes their reports in.')
  .showHelpAfterError('(vtn --help explains)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Configuration comes from the file and, over it, from the environment: VTN_SERVER_PORT=8443 is server.port.
Without --config the file is $VTN_CONFIG, without that the defaults hold: http://127.0.0.1:8080, ./vtn.db, MQTT on 1883.

Exit codes: 0 done, 1 failed, 64 wrong usage, 78 wrong configuration.`,
  );

const withConfig = (command: Command) =>
  command.option('-c, --config <file>', 'configuration file, YAML or JSON (default: $VTN_CONFIG)');

withConfig(program.command('serve'))
  .description('run the server until SIGTERM or SIGINT')
  .action((options: ConfigOption) => serve(readConfig(options)));

withConfig(program.command('migrate'))
  .description('bring the database up to date and leave; serve does it too')
  .action((options: ConfigOption) =>
    withStore(readConfig(options), async (store) => {
      print(store.applied.length === 0 ? 'nothing to do' : `applied ${store.applied.join(', ')}`);
    }),
  );

const clients = program.command('clients').description('OAuth clients: who may call the APIs');

withConfig(clients.command('add'))
  .description('make a client; prints its id and secret, the secret only this once')
  .requiredOption('-n, --name <name>', 'what people call it')
  .addOption(new Option('-r, --role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
  .option('-a, --account <account>', 'the account whose plants it manages; for role customer')
  .option('-u, --utility <id>', 'the utility it is a member of; for role utility')
  .addOption(new Option('-l, --level <level>', 'its level there').choices(['spectator', 'leader', 'admin']))
  .action((options: AddOptions) => addClient(options));

withConfig(clients.command('list'))
  .description('list the clients, without their secrets')
  .option('--all', 'revoked ones too')
  .action((options: ConfigOption & { all?: boolean }) =>
    withStore(readConfig(options), async (store) => {
      const rows = await store.read((db) => listClients(db, { revoked: options.all === true }));
      print(['ID', 'ROLE', 'NAME', 'ACCOUNT', 'REVOKED'].join('\t'));
      for (const row of rows) {
        const revoked = row.revoked_ms === null ? '-' : new Date(row.revoked_ms).toISOString();
        print([row.id, row.role, row.name, row.account ?? '-', revoked].join('\t'));
      }
    }),
  );

withConfig(clients.command('revoke'))
  .description('end a client; a running server refuses its tokens within a second')
  .argument('<id>', 'the id of the client')
  .action((id: string, options: ConfigOption) =>
    withStore(readConfig(options), async (store) => {
      const isRevoked = await store.write((tx) => revokeClient(tx.db, id, systemClock.nowMs()));
      if (!isRevoked) throw new Error(`there is no client ${id}, or it is revoked already`);
      print(`revoked ${id}`);
    }),
  );

interface AddOptions extends ConfigOption {
  name: string;
  role: Role;
  account?: string;
  utility?: string;
  level?: 'spectator' | 'leader' | 'admin';
}

async function addClient(options: AddOptions): Promise<void> {
  const client = newClient(options);
  await withStore(readConfig(options), async (store) => {
    const deps = { clock: systemClock, ids: randomIds };
    const secret = await prepareSecret();
    const { clientId, clientSecret } = await store.write((tx) => createClient(tx.db, client, secret, deps));
    print(`client_id: ${clientId}\nclient_secret: ${clientSecret}`);
  });
}

function newClient({ name, role, account, utility, level }: AddOptions): NewClient {
  if (role === 'customer' && account === undefined) throw new Refusal('role customer needs --account');
  if (role !== 'customer' && account !== undefined) throw new Refusal('--account is for role customer');
  if (role === 'utility' && level === undefined) throw new Refusal('role utility needs --level');
  if (role !== 'utility' && (utility ?? level) !== undefined)
    throw new Refusal('--utility and --level are for role utility');
  return {
    name,
    role,
    ...(account === undefined ? {} : { account }),
    ...(level === undefined ? {} : { utility: { level, ...(utility === undefined ? {} : { id: utility }) } }),
  };
}

async function serve(config: VtnConfig): Promise<void> {
  const log = createLog({ name: 'vtn', level: config.log.level, buffered: true });
  const vtn = createVtn(config, { clock: systemClock, ids: randomIds, log });
  let isStopping = false;
  const stop = (signal: string): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(EXIT.failed), STOP_DEADLINE_MS).unref();
    vtn.stop().then(
      () => {
        log.info('stopped');
        process.exit(0);
      },
      (err: unknown) => {
        log.fatal({ err }, 'could not stop cleanly');
        process.exit(EXIT.failed);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  log.info(await vtn.start(), 'listening');
}

function readConfig({ config: file = process.env['VTN_CONFIG'] }: ConfigOption): VtnConfig {
  return loadConfig({ schema: vtnConfig, ...(file ? { file } : {}), env: process.env, envPrefix: 'VTN' });
}

async function withStore(config: VtnConfig, work: (store: SqliteStore) => Promise<void>): Promise<void> {
  const store = new SqliteStore({ path: config.store.path, clock: systemClock });
  await store.start();
  try {
    await work(store);
  } finally {
    await store.stop();
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** One clear message on standard error, and the exit code that says what kind of failure it was. */
function explain(error: unknown): number {
  // Commander has printed help or its complaint itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  // Our own errors and the system's explain themselves; a fault in the program (TypeError and the like) needs its stack.
  const isFault = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  const message = error instanceof Error ? ((isFault ? error.stack : undefined) ?? error.message) : String(error);
  process.stderr.write(`vtn: ${message}\n`);
  return error instanceof ConfigError ? EXIT.config : error instanceof Refusal ? EXIT.usage : EXIT.failed;
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
  // A part that runs already (the broker's thread) must not keep a failed start alive.
  if (process.exitCode !== 0) process.exit();
}
