/** A caller of the VTN's APIs, with a token of its own. For the demo's set-up: everything it does, an operator could do with curl. */
export class ApiClient {
  readonly #baseUrl: string;
  readonly #token: string;

  constructor(baseUrl: string, token: string) {
    this.#baseUrl = baseUrl;
    this.#token = token;
  }

  /** Sends JSON and gives the parsed answer (`undefined` when it has no body). Rejects on any status of 400 or more. */
  async send<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

/** Fetches an access token by client credentials (RFC 6749 section 4.4). */
export async function fetchToken(openadrUrl: string, client: { id: string; secret: string }): Promise<string> {
  const response = await fetch(`${openadrUrl}/auth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.secret,
    }),
  });
  const answer = (await response.json()) as { access_token?: string };
  if (!response.ok || answer.access_token === undefined) {
    throw new Error(`the token endpoint answered ${response.status}`);
  }
  return answer.access_token;
}
