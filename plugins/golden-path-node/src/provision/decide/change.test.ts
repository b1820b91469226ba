import { describeChange } from './change';

describe('describeChange', () => {
  it.each([
    {
      attributes: { createdb: false, connectionLimit: -1 },
      words: 'create role users',
      reason: 'what every role is, goes without saying',
    },
    {
      attributes: { createdb: true, connectionLimit: 5 },
      words: 'create role users with CREATEDB CONNECTION LIMIT 5',
      reason: 'what it may more or less than others, a plan has to show',
    },
  ])('$reason', ({ attributes, words }) => {
    expect(
      describeChange({
        kind: 'create role',
        role: 'users',
        reason: 'there is no such role',
        ...attributes,
      }),
    ).toBe(words);
  });
});
