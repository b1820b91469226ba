import { ServiceUnavailableError } from '@backstage/errors';
import { Change } from '../decide/change';
import type { DatabasePlan } from '../decide/plan';
import { SqlError } from '../decide/postgres/sqlState';
import type { ChangeRecord } from '../decide/events';
import { applyPlans } from './applyPlans';
import type { Session } from '../ports';

const password: Change = {
  kind: 'set password',
  role: 'users',
  reason: 'the login failed',
};
const planOf = (databaseName: string): DatabasePlan => ({
  databaseName,
  username: 'users',
  steps: [{ inTransaction: true, changes: [password] }],
  remedies: [],
  findings: [],
  unchecked: [],
  notes: [],
});

/** Applies plans on a fake server with given answers; returns the statements it got. */
const apply = async (
  plans: DatabasePlan[],
  answer: (sql: string, count: number) => void,
  options: { failFast?: boolean; stopAfter?: number } = {},
) => {
  const sent: string[] = [];
  const records: ChangeRecord[] = [];
  const session: Session = {
    announcedPid: 1,
    lost: new AbortController().signal,
    queryAll: async () => [],
    query: async sql => {
      sent.push(sql.split(' ').slice(0, 2).join(' '));
      answer(sql, sent.length);
      return [];
    },
    close: async () => undefined,
  };
  const outcomes = await applyPlans(plans, {
    concurrency: 1,
    failFast: options.failFast ?? true,
    version: 18,
    connect: async () => session,
    verifierOf: async () => 'verifier',
    now: () => new Date(0),
    track: (_, work) => work(),
    record: async more => {
      records.push(...more);
    },
    shouldStop: () => records.length >= (options.stopAfter ?? Infinity),
  });
  return { sent, records, outcomes };
};

describe('applyPlans', () => {
  it.each([
    ['40001', 'could not serialize access'],
    ['40P01', 'deadlock detected'],
    ['55006', 'is being accessed by other users'],
    ['XX000', 'tuple concurrently updated'],
  ])('retries the whole step after %s %s', async (sqlState, message) => {
    const { sent, outcomes } = await apply([planOf('a_db')], (sql, count) => {
      if (sql.startsWith('ALTER') && count === 2)
        throw new SqlError(message, sqlState);
    });
    expect(sent).toEqual([
      'BEGIN',
      'ALTER ROLE',
      'ROLLBACK',
      'BEGIN',
      'ALTER ROLE',
      'COMMIT',
    ]);
    expect(outcomes.get('a_db')).toEqual({ outcome: 'changed', changes: 1 });
  });

  it.each([
    {
      error: new SqlError('no privileges were granted', '01007'),
      words: 'no privileges were granted',
      reason: 'a warning is a failure',
    },
    {
      error: new SqlError('must be a member of rds_password', '42501'),
      words: 'rds.restrict_password_commands',
      reason: "the server's password policy",
    },
    {
      error: new ServiceUnavailableError(
        'The connection is lost',
        new SqlError('terminating connection', '57P01'),
      ),
      words: /: The connection is lost$/,
      reason: 'a lost connection, without repeating its cause',
    },
  ])(
    'rolls back and explains the failure: $reason',
    async ({ error, words }) => {
      const { sent, records, outcomes } = await apply([planOf('a_db')], sql => {
        if (sql.startsWith('ALTER')) throw error;
      });
      expect(sent).toEqual(['BEGIN', 'ALTER ROLE', 'ROLLBACK']);
      expect(outcomes.get('a_db')).toMatchObject({ outcome: 'failed' });
      expect(records).toMatchObject([
        { action: 'set_password', status: 'failed' },
      ]);
      expect(records[0].message).toMatch(words);
    },
  );

  it('stops retrying a step that keeps failing', async () => {
    const { sent, outcomes } = await apply([planOf('a_db')], sql => {
      if (sql.startsWith('ALTER'))
        throw new SqlError('deadlock detected', '40P01');
    });
    expect(sent.filter(sql => sql === 'ALTER ROLE')).toHaveLength(6);
    expect(outcomes.get('a_db')).toMatchObject({ outcome: 'failed' });
  });

  it.each([
    { options: { failFast: true }, second: 'stopped', reason: 'fail fast' },
    { options: { failFast: false }, second: 'changed', reason: 'no fail fast' },
  ])('after a failure, $reason', async ({ options, second }) => {
    const { outcomes } = await apply(
      [planOf('a_db'), planOf('b_db')],
      (sql, count) => {
        if (sql.startsWith('ALTER') && count === 2)
          throw new SqlError('no', '42501');
      },
      options,
    );
    expect(outcomes.get('a_db')).toMatchObject({ outcome: 'failed' });
    expect(outcomes.get('b_db')).toMatchObject({ outcome: second });
  });

  it('treats a failed connection after a stop as stopped', async () => {
    let isStopped = false;
    const run = (isToldToStop: boolean) =>
      applyPlans([planOf('a_db')], {
        concurrency: 1,
        failFast: true,
        version: 18,
        connect: async () => {
          isStopped = isToldToStop;
          throw new Error('no connection');
        },
        verifierOf: async () => 'verifier',
        now: () => new Date(0),
        track: (_, work) => work(),
        record: async () => undefined,
        shouldStop: () => isStopped,
      });
    expect((await run(true)).get('a_db')).toEqual({
      outcome: 'stopped',
      changes: 0,
    });
    isStopped = false;
    await expect(run(false)).rejects.toThrow('no connection');
  });

  it('starts no step after a stop', async () => {
    const { outcomes, sent } = await apply(
      [planOf('a_db'), planOf('b_db')],
      () => undefined,
      { stopAfter: 1 },
    );
    expect([...outcomes.values()].map(({ outcome }) => outcome)).toEqual([
      'changed',
      'stopped',
    ]);
    expect(sent).toHaveLength(3);
  });
});
