/** A page of a list as JSON:API tells it. */
export interface Paging {
  /** From 1. */
  page: number;
  size: number;
  /** Of all pages together. */
  count: number;
}

/**
 * Links to the pages around one, and where it stands. There is always a first page, if an empty one; beyond the last one the
 * way back leads to it. The links keep everything else that the query asks for.
 *
 * @param url of the list, without query
 */
export function pagingOf(url: string, query: Readonly<Record<string, unknown>>, { page, size, count }: Paging) {
  const pages = Math.max(1, Math.ceil(count / size));
  const to = (n: number): string => {
    const search = new URLSearchParams({ page: String(n) });
    for (const [name, value] of Object.entries(query)) if (name !== 'page') search.set(name, String(value));
    return `${url}?${search.toString()}`;
  };
  const links = {
    first: to(1),
    last: to(pages),
    next: page < pages ? to(page + 1) : null,
    prev: page > 1 ? to(Math.min(page - 1, pages)) : null,
  };
  return { links, meta: { pagination: { page, pages, count } } };
}
