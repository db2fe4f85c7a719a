import type { Logger } from 'pino';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { callerOfExternalToken } from './claims.ts';
import type { ExternalIssuerConfig } from './config.ts';
import { InvalidToken, verifyJwt } from './jwt.ts';
import type { Bearer } from './jwt.ts';
import { RemoteKeys } from './remote-keys.ts';

interface Issuer {
  config: ExternalIssuerConfig;
  keys: RemoteKeys;
}

export interface ExternalIssuersOptions {
  issuers: readonly ExternalIssuerConfig[];
  clock: Clock;
  log: Logger;
  clockToleranceSeconds: number;
  /** Called when an issuer has withdrawn a key. */
  onWithdrawn: () => void;
}

/** The authorization servers beside our own whose tokens count. */
export class ExternalIssuers {
  readonly #options: ExternalIssuersOptions;
  readonly #byName: ReadonlyMap<string, Issuer>;

  constructor(options: ExternalIssuersOptions) {
    const { clock, log, onWithdrawn } = options;
    this.#options = options;
    this.#byName = new Map(
      options.issuers.map((config) => {
        const keys = new RemoteKeys({ url: config.jwksUrl, clock, log, onWithdrawn });
        return [config.issuer, { config, keys }];
      }),
    );
  }

  has(issuer: string): boolean {
    return this.#byName.has(issuer);
  }

  /** Fetches keys that are missing or old. Never rejects: an issuer that is away must not keep the server from starting. */
  async keepFresh(): Promise<void> {
    await Promise.all([...this.#byName.values()].map(({ keys }) => keys.keepFresh()));
  }

  /** @throws InvalidToken; ApiError 503 while the issuer's keys cannot be had. */
  async verify(token: string, issuer: string): Promise<Bearer> {
    const known = this.#byName.get(issuer);
    if (!known) throw new Error(`${issuer} is not an issuer that is configured`);
    const { config, keys } = known;
    const { claims, expiresMs } = await verifyJwt(token, keys.find, {
      algorithms: config.algorithms,
      issuer,
      audience: config.audience,
      toleranceSeconds: this.#options.clockToleranceSeconds,
      requiredClaims: [],
      nowMs: this.#options.clock.nowMs(),
    });
    const caller = callerOfExternalToken(claims, config);
    if (typeof caller === 'string') throw new InvalidToken(caller);
    return { caller, expiresMs };
  }
}
