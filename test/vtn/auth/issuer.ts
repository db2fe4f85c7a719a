import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';

export interface IssuerKey {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

/** A pair of keys as an authorization server has it. */
export async function issuerKey(kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** An authorization server as far as we see one: it signs tokens and serves its public keys over HTTP. */
export class TestIssuer {
  readonly name = 'https://login.example.com/realms/grid';
  /** What `/jwks` serves. */
  published: JWK[] = [];
  /** Answers instead of the keys. */
  answer: { status: number; body?: string; headers?: Record<string, string> } | undefined;
  requests = 0;
  readonly #nowMs: () => number;
  #server: Server | undefined;
  #port = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** On the same port as before, if it was up before. */
  async up(): Promise<void> {
    const server = createServer((request, response) => {
      this.requests += 1;
      const { status = 200, body = JSON.stringify({ keys: this.published }), headers = {} } = this.answer ?? {};
      response.writeHead(request.url === '/jwks' ? status : 404, { 'content-type': 'application/json', ...headers });
      response.end(body);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  get jwksUrl(): string {
    return `http://127.0.0.1:${this.#port}/jwks`;
  }

  /** A token that is right in every respect, but for what `claims` says; undefined takes a claim away. */
  async sign(key: IssuerKey, claims: Record<string, unknown> = {}, kid: string | undefined = key.kid): Promise<string> {
    const nowSeconds = Math.floor(this.#nowMs() / 1000);
    const all = {
      iss: this.name,
      aud: 'openadr',
      exp: nowSeconds + 300,
      iat: nowSeconds,
      client_id: 'gateway-7',
      scope: 'read_all read_targets read_ven_objects write_reports write_vens',
      ...claims,
    };
    const payload = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as JWTPayload;
    const header = { alg: key.alg, ...(kid === '' ? {} : { kid }) };
    return new SignJWT(payload).setProtectedHeader(header).sign(key.privateKey);
  }
}
