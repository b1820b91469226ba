import { describeChange } from './change';

describe('describeChange', () => {
  it.each([
    {
      attributes: { createdb: false, connectionLimit: -1 },
      words: 'create role users',
      reason: 'leaves out default attributes',
    },
    {
      attributes: { createdb: true, connectionLimit: 5 },
      words: 'create role users with CREATEDB CONNECTION LIMIT 5',
      reason: 'shows attributes that differ from the defaults',
    },
  ])('$reason', ({ attributes, words }) => {
    expect(
      describeChange({
        kind: 'create role',
        role: 'users',
        reason: 'the role does not exist',
        ...attributes,
      }),
    ).toBe(words);
  });
});
