import fc from 'fast-check';
import {
  EMPTY_LIST_STATE,
  LIST_STATUSES,
  parseListState,
  printListState,
  SORT_COLUMNS,
} from './listState';

const listState = fc.record({
  text: fc.string({ unit: 'binary' }),
  environment: fc.string(),
  owner: fc.string(),
  status: fc.constantFrom('' as const, ...LIST_STATUSES),
  sort: fc.record({
    column: fc.constantFrom(...SORT_COLUMNS),
    direction: fc.constantFrom('ascending' as const, 'descending' as const),
  }),
  page: fc.integer({ min: 1, max: 999_999 }),
});

describe('the state of the page in its address', () => {
  it('is the same after a reload', () =>
    fc.assert(
      fc.property(listState, state => {
        const address = `?${printListState(state)}`;
        expect(parseListState(new URLSearchParams(address))).toEqual(state);
      }),
    ));

  it('reads every address as a valid state', () =>
    fc.assert(
      fc.property(fc.webQueryParameters(), query => {
        const state = parseListState(new URLSearchParams(query));
        expect(parseListState(printListState(state))).toEqual(state);
      }),
    ));

  it('leaves out what is default', () =>
    expect(String(printListState(EMPTY_LIST_STATE))).toBe(''));

  it.each([
    {
      query: 'sort=-owner',
      sort: { column: 'owner', direction: 'descending' },
    },
    { query: 'sort=next', sort: EMPTY_LIST_STATE.sort },
    { query: 'sort=--at', sort: EMPTY_LIST_STATE.sort },
  ])('reads $query', ({ query, sort }) =>
    expect(parseListState(new URLSearchParams(query)).sort).toEqual(sort),
  );

  it.each(['0', '-1', '1.5', 'x', '1e9', ''])('takes no page %p', page =>
    expect(parseListState(new URLSearchParams({ page })).page).toBe(1),
  );
});
