import { Command, CommanderError } from 'commander';
import { ConfigError } from '@openadr-gateway/shared/config.ts';
import { randomIds } from '@openadr-gateway/shared/ids.ts';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { addClientCommands } from './commands/clients.ts';
import { print, readConfig, Refusal, withConfig, withStore } from './commands/context.ts';
import type { ConfigOption } from './commands/context.ts';
import { addKeyCommands } from './commands/keys.ts';
import type { VtnConfig } from './config.ts';
import { createVtn } from './main.ts';

/** sysexits.h: EX_USAGE, EX_CONFIG. Everything else that fails is 1. */
const EXIT = { failed: 1, usage: 64, config: 78 };
/** A stop takes less; what hangs is cut off, so that the service manager need not. */
const STOP_DEADLINE_MS = 9_500;

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

addClientCommands(program);
addKeyCommands(program);

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
