import { exampleSummaries } from '../../../../tests/support/exampleStatuses';
import {
  DatabaseRow,
  filterChoices,
  filterRows,
  nextOf,
  sortRows,
  toRow,
} from './databaseRows';
import { isInCatalog } from './isInCatalog';
import { EMPTY_LIST_STATE, SORT_COLUMNS } from './listState';

const COUNT = 5000;
const rows = exampleSummaries(COUNT).map(toRow);
const filter = (part: Partial<typeof EMPTY_LIST_STATE>) =>
  filterRows(rows, { ...EMPTY_LIST_STATE, ...part });

describe('filters of databases', () => {
  it.each([
    { part: {}, count: COUNT, reason: 'no filter' },
    { part: { environment: 'prod' }, count: COUNT / 4, reason: 'one of four' },
    {
      part: { owner: 'group:default/search-team' },
      count: COUNT / 5,
      reason: 'one of five owners',
    },
    { part: { status: 'failed' as const }, count: 100, reason: 'a problem' },
    { part: { text: 'SERVICE_00042' }, count: 1, reason: 'capitals' },
    { part: { text: '  mobile  prod ' }, count: 250, reason: 'two words' },
    { part: { text: 'service-00042' }, count: 1, reason: 'the app' },
    { part: { text: 'none such' }, count: 0, reason: 'nothing' },
    { part: { environment: 'qa' }, count: 0, reason: 'an unknown value' },
  ])('find $count rows ($reason)', ({ part, count }) =>
    expect(filter(part)).toHaveLength(count),
  );

  it('takes a database with a problem for nothing else', () => {
    const shown = rows.filter(({ database }) => database.step === 'merged');
    const problems = shown.filter(({ database }) => database.problem);
    expect(problems).not.toHaveLength(0);
    expect(filter({ status: 'merged' })).toHaveLength(
      shown.length - problems.length,
    );
  });

  it('read each row once, and compute nothing for it', () => {
    let reads = 0;
    const counted = rows.map(
      row =>
        new Proxy(row, {
          get(target, name) {
            if (name === 'haystack') reads += 1;
            return Reflect.get(target, name);
          },
        }),
    );
    const lower = jest.spyOn(String.prototype, 'toLowerCase');
    filterRows(counted, { ...EMPTY_LIST_STATE, text: 'service prod' });
    const computed = lower.mock.calls.length;
    lower.mockRestore();
    expect(reads).toBe(COUNT);
    // The search text alone.
    expect(computed).toBe(1);
  });

  it('keep the order', () => {
    const sorted = sortRows(rows, { column: 'owner', direction: 'ascending' });
    const found = filterRows(sorted, {
      ...EMPTY_LIST_STATE,
      environment: 'dev',
    });
    const order = new Map(sorted.map((row, index) => [row.id, index]));
    const places = found.map(({ id }) => order.get(id)!);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });
});

describe('sorting of databases', () => {
  it.each(SORT_COLUMNS)('by %s is the same from any order', column => {
    for (const direction of ['ascending', 'descending'] as const) {
      const ids = (some: DatabaseRow[]) =>
        sortRows(some, { column, direction }).map(({ id }) => id);
      expect(ids([...rows].reverse())).toEqual(ids(rows));
    }
  });

  it('puts problems first by status', () =>
    expect(
      sortRows(rows, { column: 'status', direction: 'ascending' })[0].status,
    ).toBe('failed'));

  it('puts the last change first unless told otherwise', () => {
    const [first, second] = sortRows(rows, EMPTY_LIST_STATE.sort);
    expect(first.database.at! > second.database.at!).toBe(true);
  });
});

it('offers the values that occur, once each', () =>
  expect(filterChoices(rows)).toEqual({
    environments: ['dev', 'prod', 'staging', 'test'],
    owners: ['billing', 'checkout', 'mobile', 'platform', 'search'].map(
      team => `group:default/${team}-team`,
    ),
  }));

it.each([
  { step: 'pull_request' as const, problem: undefined, next: 'pull_request' },
  { step: 'provisioned' as const, problem: undefined, next: 'ready' },
  { step: 'rotated' as const, problem: undefined, next: 'ready' },
  { step: 'rotated' as const, problem: 'drifted' as const, next: 'drifted' },
])('tells what follows $step with $problem', ({ step, problem, next }) =>
  expect(nextOf({ ...exampleSummaries(1)[0], step, problem })).toBe(next),
);

it('takes a database that nothing declares for nothing else', () => {
  const database = {
    ...exampleSummaries(1)[0],
    problem: undefined,
    step: 'provisioned' as const,
  };
  const removed = { ...database, undeclared: true };
  expect([database, removed].map(nextOf)).toEqual(['ready', 'undeclared']);
  expect([database, removed].map(isInCatalog)).toEqual([true, false]);
  const row = toRow(removed);
  expect(row.status).toBe('undeclared');
  for (const [status, found] of [
    ['provisioned', []],
    ['undeclared', [row]],
  ] as const)
    expect(filterRows([row], { ...EMPTY_LIST_STATE, status })).toEqual(found);
});
