import { addressOf, isPublicAddress, networkSet } from './addresses.ts';

export interface CallbackRuleOptions {
  /** For development: http, and every address. */
  allowInsecure: boolean;
  /** Networks of ours in which subscribers live: `10.20.0.0/16`. */
  allowedNetworks: readonly string[];
}

/** Scheme, then a host; neither a backslash nor white space, which parsers of URLs drop or read as something else. */
const HTTP_URL = /^https?:\/\/[^\s\\/?#][^\s\\]*$/i;
const CREDENTIALS = /^https?:\/\/[^/?#]*@/i;

/** What a callback URL may be, and where it may lead (Definition "Webhooks"). */
export class CallbackRules {
  readonly #allowInsecure: boolean;
  readonly #isAllowed: (address: string) => boolean;

  constructor({ allowInsecure, allowedNetworks }: CallbackRuleOptions) {
    this.#allowInsecure = allowInsecure;
    this.#isAllowed = networkSet(allowedNetworks);
  }

  /** May a connection go there? Asked of every address that a name leads to, just before the connection is made. */
  mayConnect(address: string): boolean {
    return this.#allowInsecure || this.#isAllowed(address) || isPublicAddress(address);
  }

  /**
   * What is wrong with a callback URL by itself; names are not resolved here.
   *
   * @returns what was expected, `undefined` when nothing is wrong; the URL is not repeated, for it may hold secrets
   */
  faultOf(text: string): string | undefined {
    const url = HTTP_URL.test(text) && URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined) return 'expected an https URL with a host';
    if (CREDENTIALS.test(text)) return 'expected a URL without user name and password; a bearerToken is sent along';
    if (url.protocol !== 'https:' && !this.#allowInsecure) return 'expected an https URL';
    const address = addressOf(url.hostname);
    if (address !== undefined && !this.mayConnect(address)) return `expected a public address; ${FORBIDDEN_ADDRESS}`;
    return undefined;
  }
}

export const FORBIDDEN_ADDRESS = 'private, local and reserved addresses are not called';
