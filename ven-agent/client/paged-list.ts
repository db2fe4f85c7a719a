import { failure, listOf, VtnError } from './answers.ts';
import type { HttpAnswer } from './http.ts';

export type ListRead = { kind: 'unchanged' } | { kind: 'complete'; items: Record<string, unknown>[] };

interface Page {
  etag: string | undefined;
  text: string;
  items: Record<string, unknown>[];
}

type Get = (path: string, headers: Record<string, string>) => Promise<HttpAnswer>;

/** The most that a VTN gives at once (3.1 `limit` maximum). */
const PAGE_LENGTH = 50;
const MOST_PASSES = 5;

/**
 * A whole list, page by page, with the entity tags of the last reading. Pages are read until a pass shows no change, so
 * that an object that moves from one page to the next while they are read is neither lost nor doubled.
 */
export class PagedList {
  readonly #path: string;
  readonly #get: Get;
  #pages: Page[] = [];

  /** @param path with or without a query of its own */
  constructor(path: string, get: Get) {
    this.#path = path;
    this.#get = get;
  }

  /** @throws when any page fails; nothing is to be concluded from the others then */
  async read(): Promise<ListRead> {
    let changed = false;
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      const passChanged = await this.#pass();
      changed ||= passChanged;
      if (passChanged && this.#pages.length > 1) continue;
      return changed ? { kind: 'complete', items: this.#pages.flatMap((page) => page.items) } : { kind: 'unchanged' };
    }
    this.forget();
    throw new VtnError(`GET ${this.#path}`, 200, `the list changed during each of ${MOST_PASSES} readings`);
  }

  /** The next read is a full one, whatever the tags say. */
  forget(): void {
    this.#pages = [];
  }

  async #pass(): Promise<boolean> {
    const pages: Page[] = [];
    let changed = false;
    do {
      const known = this.#pages[pages.length];
      const { page, isNew } = await this.#page(pages.length * PAGE_LENGTH, known);
      changed ||= isNew;
      pages.push(page);
    } while (pages.at(-1)?.items.length === PAGE_LENGTH);
    changed ||= pages.length !== this.#pages.length;
    this.#pages = pages;
    return changed;
  }

  async #page(skip: number, known: Page | undefined): Promise<{ page: Page; isNew: boolean }> {
    const join = this.#path.includes('?') ? '&' : '?';
    const what = `GET ${this.#path}`;
    const condition: Record<string, string> = known?.etag === undefined ? {} : { 'if-none-match': known.etag };
    const answer = await this.#get(`${this.#path}${join}limit=${PAGE_LENGTH}&skip=${skip}`, condition);
    if (answer.status === 304 && known !== undefined) return { page: known, isNew: false };
    if (answer.status !== 200) throw failure(what, answer);
    const page = { etag: answer.headers.etag, text: answer.text, items: listOf(what, answer) };
    return { page, isNew: page.text !== known?.text };
  }
}
