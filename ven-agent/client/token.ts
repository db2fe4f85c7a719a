import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { failure, objectOf } from './answers.ts';
import type { HttpConnection } from './http.ts';

/** Without `expires_in` a token is taken to live this long (RFC 6749 5.1 leaves it open). */
const USUAL_LIFE_SECONDS = 3600;

/**
 * OAuth 2 client credentials (RFC 6749 4.4). Keeps one token until shortly before it expires; callers at the same time
 * share one request.
 */
export class TokenSource {
  readonly #http: HttpConnection;
  readonly #base: string;
  readonly #client: { clientId: string; clientSecret: string };
  readonly #clock: Clock;
  #endpoint: URL | undefined;
  #token: { value: string; renewAtMs: number } | undefined;
  #pending: Promise<string> | undefined;

  constructor(http: HttpConnection, base: string, client: { clientId: string; clientSecret: string }, clock: Clock) {
    this.#http = http;
    this.#base = base;
    this.#client = client;
    this.#clock = clock;
  }

  /** @throws {VtnError | NoAnswerError} when none is to be had */
  async get(): Promise<string> {
    if (this.#token !== undefined && this.#clock.nowMs() < this.#token.renewAtMs) return this.#token.value;
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  /** How long until another token is fetched; 0 when there is none. */
  get renewInMs(): number {
    return Math.max(0, (this.#token?.renewAtMs ?? 0) - this.#clock.nowMs());
  }

  drop(): void {
    this.#token = undefined;
  }

  async #fetch(): Promise<string> {
    this.#endpoint ??= await this.#discover();
    const answer = await this.#http.request({
      method: 'POST',
      url: this.#endpoint,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: this.#client.clientId,
        client_secret: this.#client.clientSecret,
      }).toString(),
    });
    if (answer.status !== 200) throw failure('token', answer);
    const body = objectOf('token', answer);
    const value = body['access_token'];
    if (typeof value !== 'string') throw failure('token: no access_token', answer);
    const lifeSeconds = typeof body['expires_in'] === 'number' ? body['expires_in'] : USUAL_LIFE_SECONDS;
    const lifeMs = lifeSeconds * 1000;
    // Renewed before it is too late, but not at once when its life is short.
    const renewAtMs = this.#clock.nowMs() + Math.max(lifeMs - 30_000, lifeMs / 2);
    this.#token = { value, renewAtMs };
    return value;
  }

  /** GET /auth/server names the endpoint; a VTN without it has its own at /auth/token. */
  async #discover(): Promise<URL> {
    const answer = await this.#http.request({ method: 'GET', url: new URL(`${this.#base}/auth/server`) });
    const named = answer.status === 200 ? objectOf('GET /auth/server', answer)['tokenURL'] : undefined;
    const own = new URL(`${this.#base}/auth/token`);
    if (typeof named !== 'string' || !URL.canParse(named)) return own;
    const found = new URL(named);
    // The secret is never sent in the clear to somebody that an encrypted VTN merely named.
    return own.protocol === 'https:' && found.protocol !== 'https:' ? own : found;
  }
}
