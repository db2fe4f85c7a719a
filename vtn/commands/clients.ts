import { Option } from 'commander';
import type { Command } from 'commander';
import { randomIds } from '@openadr-gateway/shared/ids.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { ROLES } from '../auth/caller.ts';
import type { Role } from '../auth/caller.ts';
import { createClient, endClient, prepareSecret } from '../auth/clients.ts';
import type { NewClient } from '../auth/clients.ts';
import { listClients } from '../store/clients.ts';
import { utilityById } from '../store/utilities.ts';
import { dateText, print, readConfig, Refusal, withConfig, withStore } from './context.ts';
import type { ConfigOption } from './context.ts';

interface AddOptions extends ConfigOption {
  name: string;
  role: Role;
  account?: string;
  utility?: string;
  level?: 'spectator' | 'leader' | 'admin';
}

/** `vtn clients add|list|revoke`. */
export function addClientCommands(program: Command): void {
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
          const revoked = row.revoked_ms === null ? '-' : dateText(row.revoked_ms);
          print([row.id, row.role, row.name, row.account ?? '-', revoked].join('\t'));
        }
      }),
    );

  withConfig(clients.command('revoke'))
    .description('end a client; a running server refuses its tokens within a second')
    .argument('<id>', 'the id of the client')
    .action((id: string, options: ConfigOption) =>
      withStore(readConfig(options), async (store) => {
        const isRevoked = await store.write((tx) => endClient(tx, id, { clock: systemClock }));
        if (!isRevoked) throw new Error(`there is no client ${id}, or it is revoked already`);
        print(`revoked ${id}`);
      }),
    );
}

async function addClient(options: AddOptions): Promise<void> {
  const client = newClient(options);
  await withStore(readConfig(options), async (store) => {
    const deps = { clock: systemClock, ids: randomIds };
    const secret = await prepareSecret();
    const { clientId, clientSecret } = await store.write(async ({ db }) => {
      const utilityId = client.utility?.id;
      if (utilityId !== undefined && !(await utilityById(db, utilityId))) {
        throw new Error(`there is no utility ${utilityId}`);
      }
      return createClient(db, client, secret, deps);
    });
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
