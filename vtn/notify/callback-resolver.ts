import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { FORBIDDEN_ADDRESS, type CallbackRules } from './callback-rules.ts';

/** The addresses of a name. Rejects when there are none. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>;

/** A name leads where callbacks may not go. */
export class ForbiddenAddress extends Error {
  constructor() {
    super(FORBIDDEN_ADDRESS);
  }
}

const TIMEOUT_MS = 3_000;

/**
 * Asks the name servers without the system's own lookup, whose few threads the whole process shares: names that are answered
 * slowly would hold up password hashing. The system is asked (`/etc/hosts`) for what the name servers say does not exist.
 */
export function dnsResolve(): Resolve {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  const ask = async (hostname: string, family: 4 | 6): Promise<LookupAddress[]> => {
    const addresses = await (family === 4 ? resolver.resolve4(hostname) : resolver.resolve6(hostname));
    return addresses.map((address) => ({ address, family }));
  };
  return async (hostname) => {
    if (/(?:^|\.)localhost\.?$/i.test(hostname)) return system(hostname);
    const [v4, v6] = await Promise.allSettled([ask(hostname, 4), ask(hostname, 6)]);
    const found = [v4, v6].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (found.length > 0) return found;
    const [reason] = [v4, v6].flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    const code = (reason as NodeJS.ErrnoException | undefined)?.code;
    if (code === 'ETIMEOUT' || code === 'ESERVFAIL') throw reason;
    return system(hostname);
  };
}

function system(hostname: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });
}

/**
 * A `lookup` for connections, which go to the very addresses that were checked: an answer that changes after the check changes
 * nothing. One forbidden address among several is enough to refuse the name.
 */
export function guardedLookup(resolve: Resolve, rules: CallbackRules): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined || addresses.some(({ address }) => !rules.mayConnect(address))) {
          callback(new ForbiddenAddress(), []);
        } else if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, []),
    );
  };
}
