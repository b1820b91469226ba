import { findEntryProblems } from '../../infraRepo/decide/findEntryProblems';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';

const entry = (key: string, more: Partial<TfvarsEntry> = {}): TfvarsEntry => ({
  key,
  databaseName: key,
  username: `${key}_user`,
  createdb: false,
  connectionLimit: -1,
  line: 1,
  ...more,
});

describe('findEntryProblems', () => {
  it('finds none in ordinary entries', () => {
    expect(
      findEntryProblems([entry('orders'), entry('users')], 'master'),
    ).toEqual([]);
  });

  it('finds none in names that no new request may have any more', () => {
    expect(
      findEntryProblems([
        entry('pg_orders', { username: 'rdsapp_user' }),
        entry('users', { username: 'current_user' }),
      ]),
    ).toEqual([]);
  });

  it('reports all problems at once', () => {
    const problems = findEntryProblems(
      [
        entry('orders'),
        entry('again', { databaseName: 'orders' }),
        entry('shared', { username: 'orders_user' }),
        entry('evil', { username: `x SUPERUSER LOGIN PASSWORD 'x' --` }),
        entry('own', { username: 'master' }),
        entry('postgres'),
      ],
      'master',
    );
    for (const words of [
      'orders and again both declare the database "orders"',
      'orders and shared share the database user "orders_user"',
      'evil: Database user: use',
      `Got "x SUPERUSER LOGIN PASSWORD 'x' --".`,
      `own: "master" is the instance's master`,
      'postgres: Database name: choose a database that',
      'Got "postgres".',
    ]) {
      expect(problems).toContainEqual(expect.stringContaining(words));
    }
  });
});
