import type { Command } from 'commander';
import { loadConfig } from '@openadr-gateway/shared/config.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { vtnConfig } from '../config.ts';
import type { VtnConfig } from '../config.ts';
import { SqliteStore } from '../store/sqlite.ts';

/** Options that do not go together. */
export class Refusal extends Error {}

export interface ConfigOption {
  config?: string;
}

/** Gives a command the option that names the configuration. */
export function withConfig(command: Command): Command {
  return command.option('-c, --config <file>', 'configuration file, YAML or JSON (default: $VTN_CONFIG)');
}

/** @throws ConfigError naming every fault at once. */
export function readConfig({ config: file = process.env['VTN_CONFIG'] }: ConfigOption): VtnConfig {
  return loadConfig({ schema: vtnConfig, ...(file ? { file } : {}), env: process.env, envPrefix: 'VTN' });
}

/** Opens the database for as long as the work takes; a server may run beside. */
export async function withStore(config: VtnConfig, work: (store: SqliteStore) => Promise<void>): Promise<void> {
  const store = new SqliteStore({ path: config.store.path, clock: systemClock });
  await store.start();
  try {
    await work(store);
  } finally {
    await store.stop();
  }
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** An instant as people read it. */
export function dateText(ms: number): string {
  return new Date(ms).toISOString();
}
