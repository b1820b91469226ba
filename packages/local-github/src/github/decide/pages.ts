const DEFAULT_PER_PAGE = 30;
const MAX_PER_PAGE = 100;

export interface Page {
  page: number;
  perPage: number;
}

/** What `page` and `per_page` of a query ask for; GitHub bends what is out of range instead of refusing it. */
export const readPage = (query: Record<string, unknown>): Page => {
  const number = (value: unknown, fallback: number) => {
    const read = Number(value ?? fallback);
    return Number.isInteger(read) && read > 0 ? read : fallback;
  };
  return {
    page: number(query.page, 1),
    perPage: Math.min(number(query.per_page, DEFAULT_PER_PAGE), MAX_PER_PAGE),
  };
};

export const slice = <T>(all: T[], { page, perPage }: Page): T[] =>
  all.slice((page - 1) * perPage, page * perPage);

/**
 * The `Link` header (RFC 8288) by which clients go on to the next page.
 * @param url - of the request, whole
 * @returns undefined where all is on one page
 */
export const composeLinkHeader = (
  url: string,
  { page, perPage }: Page,
  total: number,
): string | undefined => {
  const last = Math.max(1, Math.ceil(total / perPage));
  const to = (target: number, rel: string) => {
    const link = new URL(url);
    link.searchParams.set('page', String(target));
    return `<${link}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [to(page - 1, 'prev')] : []),
    ...(page < last ? [to(page + 1, 'next'), to(last, 'last')] : []),
    ...(page > 1 ? [to(1, 'first')] : []),
  ];
  return links.length > 0 ? links.join(', ') : undefined;
};
