import { describeFieldMessages } from '@goldenpath/plugin-golden-path-common';
import { decideNameStatus, listNameProblems, NameStatus } from './nameStatus';

const taken = {
  field: 'databaseName' as const,
  state: 'taken' as const,
  message: 'users_db exists in dev; choose another name.',
};

describe('what is said below a name', () => {
  const rows: Array<{
    value: string;
    phase: Parameters<typeof decideNameStatus>[0]['phase'];
    state?: 'free' | 'taken' | 'unknown';
    asks?: boolean;
    says: NameStatus;
    reason: string;
  }> = [
    { value: '', phase: 'answered', says: { kind: 'none' }, reason: 'empty' },
    {
      value: 'users_db',
      phase: 'waiting',
      says: { kind: 'none' },
      reason: 'still typing',
    },
    {
      value: 'Users',
      phase: 'waiting',
      says: { kind: 'none' },
      reason: 'still typing something bad',
    },
    {
      value: 'Users',
      phase: 'asking',
      says: {
        kind: 'refused',
        messages: [describeFieldMessages('databaseName').pattern],
      },
      reason: 'bad, whatever the backend says',
    },
    {
      value: 'users_db',
      phase: 'asking',
      says: { kind: 'checking' },
      reason: 'asked',
    },
    {
      value: 'users_db',
      phase: 'answered',
      state: 'free',
      says: { kind: 'free' },
      reason: 'free',
    },
    {
      value: 'users_db',
      phase: 'waiting',
      state: 'free',
      says: { kind: 'free' },
      reason: 'known from before, while another field is typed',
    },
    {
      value: 'users_db',
      phase: 'answered',
      state: 'taken',
      says: { kind: 'taken', message: taken.message },
      reason: 'taken',
    },
    {
      value: 'users_db',
      phase: 'answered',
      state: 'unknown',
      says: { kind: 'unknown' },
      reason: 'a source of the backend is silent',
    },
    {
      value: 'users_db',
      phase: 'answered',
      says: { kind: 'unknown' },
      reason: 'no word about it',
    },
    {
      value: 'users_db',
      phase: 'failed',
      says: { kind: 'unknown' },
      reason: 'the backend failed',
    },
    {
      value: 'users_db',
      phase: 'answered',
      asks: false,
      says: { kind: 'none' },
      reason: 'an app that exists',
    },
  ];
  it.each(rows)(
    '$reason: $phase "$value"',
    ({ value, phase, state, asks = true, says }) => {
      expect(
        decideNameStatus({
          field: 'databaseName',
          value,
          phase,
          known: state && { ...taken, state },
          asks,
        }),
      ).toEqual(says);
    },
  );

  it.each([
    ['component_id', 'a', 'minLength'],
    ['component_id', 'a'.repeat(51), 'maxLength'],
    ['component_id', 'User Service', 'pattern'],
    ['databaseName', 'a'.repeat(64), 'maxLength'],
    ['databaseName', 'users-db', 'pattern'],
    ['username', 'x', 'minLength'],
    ['username', '9x9', 'pattern'],
  ] as const)('%s "%s" has the words of the form (%s)', (field, value, rule) =>
    expect(listNameProblems(field, value)).toEqual([
      describeFieldMessages(field)[rule],
    ]),
  );

  it.each([
    ['component_id', '9lives'],
    ['component_id', 'kubernetes'],
    ['databaseName', 'pg_users'],
    ['databaseName', 'nul'],
    ['username', 'rdsadmin'],
    ['username', 'users_clone'],
  ] as const)(
    '%s "%s" gets its reason of those of the form',
    (field, value) => {
      const [problem, ...others] = listNameProblems(field, value);
      expect(others).toEqual([]);
      expect(describeFieldMessages(field).not).toContain(problem.split(',')[0]);
    },
  );
});
