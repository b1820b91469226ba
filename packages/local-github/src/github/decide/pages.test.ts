import fc from 'fast-check';
import { composeLinkHeader, readPage, slice } from './pages';

describe('readPage', () => {
  it.each([
    { query: {}, page: 1, perPage: 30, reason: 'nothing asked for' },
    {
      query: { page: '2', per_page: '5' },
      page: 2,
      perPage: 5,
      reason: 'asked for',
    },
    {
      query: { per_page: '500' },
      page: 1,
      perPage: 100,
      reason: 'more than GitHub gives',
    },
    {
      query: { per_page: '0', page: '-1' },
      page: 1,
      perPage: 30,
      reason: 'nonsense',
    },
    { query: { per_page: 'x' }, page: 1, perPage: 30, reason: 'no number' },
  ])('$reason', ({ query, page, perPage }) => {
    expect(readPage(query)).toEqual({ page, perPage });
  });
});

describe('composeLinkHeader', () => {
  const next = (link: string | undefined) =>
    /<([^>]+)>; rel="next"/.exec(link ?? '')?.[1];

  it('leads through all of a list, each item once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        (items, perPage) => {
          const seen: number[] = [];
          let url:
            | string
            | undefined = `http://localhost/x?per_page=${perPage}&a=b`;
          while (url) {
            const query = Object.fromEntries(new URL(url).searchParams);
            expect(query.a).toBe('b');
            const page = readPage(query);
            seen.push(...slice(items, page));
            url = next(composeLinkHeader(url, page, items.length));
          }
          expect(seen).toEqual(items);
        },
      ),
    );
  });

  it('is not there where all is on one page', () => {
    expect(
      composeLinkHeader('http://localhost/x', { page: 1, perPage: 30 }, 30),
    ).toBeUndefined();
  });
});
