import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigError } from '@openadr-gateway/shared/config.ts';
import { SCOPES_BY_ROLE } from './caller.ts';
import type { Caller } from './caller.ts';
import type { StaticTokenConfig } from './config.ts';

/** What a random token has at least; its hash is not salted, so that a short one could be guessed from it. */
const MIN_LENGTH = 32;

interface Entry {
  hash: Buffer;
  caller: Caller;
}

/** Tokens that the configuration gives to clients which cannot fetch one. Only hashes are kept. */
export class StaticTokens {
  readonly #entries: readonly Entry[];

  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /** @throws ConfigError naming every file that cannot be used, and tokens that are given twice. Never the tokens. */
  static async load(tokens: readonly StaticTokenConfig[]): Promise<StaticTokens> {
    const faults: string[] = [];
    const entries: Entry[] = [];
    for (const [i, config] of tokens.entries()) {
      const hash = await hashOf(config).catch((error: unknown) => {
        faults.push(`auth.staticTokens[${i}].tokenFile: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      });
      if (!hash) continue;
      if (entries.some((entry) => entry.hash.equals(hash))) {
        faults.push(`auth.staticTokens[${i}]: the token is given twice; expected one for each client`);
      }
      entries.push({ hash, caller: callerOf(config) });
    }
    if (faults.length > 0) throw new ConfigError('static tokens', faults);
    return new StaticTokens(entries);
  }

  /** Whose token this is. Takes as long whether it is one of them or not. */
  find(token: string): Caller | undefined {
    if (this.#entries.length === 0) return undefined;
    const hash = sha256(token);
    let caller: Caller | undefined;
    for (const entry of this.#entries) if (timingSafeEqual(entry.hash, hash)) caller = entry.caller;
    return caller;
  }
}

async function hashOf({ tokenHash, tokenFile }: StaticTokenConfig): Promise<Buffer> {
  if (tokenHash !== undefined) return Buffer.from(tokenHash, 'hex');
  const token = (await readFile(tokenFile ?? '', 'utf8')).trim();
  if (/\s/.test(token)) throw new Error('expected one token on one line');
  if (token.length < MIN_LENGTH) throw new Error(`expected a token of at least ${MIN_LENGTH} characters`);
  return sha256(token);
}

function callerOf({ clientId, role, account, utility }: StaticTokenConfig): Caller {
  return {
    clientId,
    role,
    scopes: SCOPES_BY_ROLE[role],
    ...(account === undefined ? {} : { account }),
    ...(utility === undefined
      ? {}
      : { utility: { level: utility.level, ...(utility.id === undefined ? {} : { id: utility.id }) } }),
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
