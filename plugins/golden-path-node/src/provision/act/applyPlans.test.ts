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
  options: {
    failFast?: boolean;
    stopAfter?: number;
    /** What a look finds still to be done. Default: nothing. */
    planAgain?: () => Change[];
    connectToLook?: () => Promise<Session>;
    /** Connects anew, after the first session. */
    connectAgain?: () => Promise<Session>;
    record?: (more: ChangeRecord[]) => void;
  } = {},
) => {
  const sent: string[] = [];
  const records: ChangeRecord[] = [];
  const lost = new AbortController();
  const session: Session = {
    announcedPid: 1,
    lost: lost.signal,
    query: async () => [],
    queryAll: async sql => {
      // A message of one word and a statement counts as its statement.
      sent.push(nameMessage(sql));
      try {
        answer(sql, sent.length);
      } catch (error) {
        if ((error as Error).name === 'ServiceUnavailableError') lost.abort();
        throw error;
      }
      return [[], []];
    },
    close: async () => undefined,
  };
  const outcomes = await applyPlans(plans, {
    concurrency: 1,
    failFast: options.failFast ?? true,
    version: 18,
    connect: async () =>
      lost.signal.aborted && options.connectAgain
        ? options.connectAgain()
        : session,
    connectToLook:
      options.connectToLook ??
      (async () => ({ ...session, lost: new AbortController().signal })),
    planAgain: () => ({
      changes: options.planAgain?.() ?? [],
      lasting: [],
    }),
    verifierOf: async () => 'verifier',
    now: () => new Date(0),
    track: (_, work) => work(),
    record: async more => {
      records.push(...more);
      options.record?.(more);
    },
    shouldStop: () => records.length >= (options.stopAfter ?? Infinity),
  });
  return { sent, records, outcomes };
};

/** `BEGIN; ALTER ROLE`: the first two words of each statement, without reads. */
const nameMessage = (sql: string): string =>
  sql
    .split('; ')
    .filter(one => !one.startsWith('EXECUTE'))
    .map(one => one.split(' ').slice(0, 2).join(' '))
    .join('; ') || 'look';

describe('applyPlans', () => {
  it.each([
    ['40001', 'could not serialize access'],
    ['40P01', 'deadlock detected'],
    ['55006', 'is being accessed by other users'],
    ['XX000', 'tuple concurrently updated'],
  ])('retries the whole step after %s %s', async (sqlState, message) => {
    const { sent, outcomes } = await apply([planOf('a_db')], (sql, count) => {
      if (sql.includes('ALTER') && count === 1)
        throw new SqlError(message, sqlState);
    });
    expect(sent).toEqual([
      'BEGIN; ALTER ROLE; COMMIT',
      'ROLLBACK',
      'BEGIN; ALTER ROLE; COMMIT',
      'look',
    ]);
    expect(outcomes.get('a_db')).toEqual({ outcome: 'changed', changes: 1 });
  });

  it.each([
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
      const { sent, records, outcomes } = await apply(
        [planOf('a_db')],
        sql => {
          if (sql.includes('ALTER')) throw error;
        },
        { planAgain: () => [password] },
      );
      expect(sent.slice(0, 2)).toEqual([
        'BEGIN; ALTER ROLE; COMMIT',
        'ROLLBACK',
      ]);
      expect(outcomes.get('a_db')).toMatchObject({ outcome: 'failed' });
      expect(records).toMatchObject([
        { action: 'set_password', status: 'failed' },
      ]);
      expect(records[0].message).toMatch(words);
    },
  );

  it('stops retrying a step that keeps failing', async () => {
    const { sent, outcomes } = await apply([planOf('a_db')], sql => {
      if (sql.includes('ALTER'))
        throw new SqlError('deadlock detected', '40P01');
    });
    expect(
      sent.filter(sql => sql === 'BEGIN; ALTER ROLE; COMMIT'),
    ).toHaveLength(6);
    expect(outcomes.get('a_db')).toMatchObject({ outcome: 'failed' });
  });

  it.each([
    { options: { failFast: true }, second: 'stopped', reason: 'fail fast' },
    { options: { failFast: false }, second: 'changed', reason: 'no fail fast' },
  ])('after a failure, $reason', async ({ options, second }) => {
    const { outcomes } = await apply(
      [planOf('a_db'), planOf('b_db')],
      (sql, count) => {
        if (sql.includes('ALTER') && count === 1)
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
        connectToLook: () => Promise.reject(new Error('no connection')),
        planAgain: () => ({ changes: [], lasting: [] }),
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
    expect(sent).toHaveLength(2);
  });

  const database: Change = {
    kind: 'create database',
    database: 'a_db',
    role: 'users',
    reason: 'the database does not exist',
  };
  const creation: DatabasePlan = {
    ...planOf('a_db'),
    steps: [{ inTransaction: false, changes: [database] }],
  };
  const lose = () => {
    throw new ServiceUnavailableError('The connection is lost');
  };
  const again: Change = { ...password, reason: 'it has another' };

  it.each<{
    reason: string;
    plan: DatabasePlan;
    answer: (sql: string, count: number) => void;
    planAgain: () => Change[];
    connectToLook?: () => Promise<Session>;
    status: string;
    words: RegExp;
  }>([
    {
      reason: 'the server accepts a statement without effect',
      plan: planOf('a_db'),
      answer: () => undefined,
      planAgain: () => [again],
      status: 'failed',
      words: /accepted it without effect\. Seen afterwards: it has another/,
    },
    {
      reason: 'the answer to COMMIT is lost, and the change holds',
      plan: planOf('a_db'),
      answer: sql => sql.includes('COMMIT') && lose(),
      planAgain: () => [],
      status: 'success',
      words: /^set the password of users: the login failed$/,
    },
    {
      reason: 'COMMIT is lost, and the change does not hold',
      plan: planOf('a_db'),
      answer: sql => sql.includes('COMMIT') && lose(),
      planAgain: () => [again],
      status: 'failed',
      words: /^could not set the password of users: The connection is lost$/,
    },
    {
      reason: 'the look after COMMIT is rejected, and the change holds',
      plan: planOf('a_db'),
      answer: (_, count) => {
        if (count === 2) throw new SqlError('canceled', '57014');
      },
      planAgain: () => [],
      status: 'success',
      words: /^set the password/,
    },
    {
      reason: 'the answer to CREATE DATABASE is lost, and it exists',
      plan: creation,
      answer: sql => sql.startsWith('CREATE') && lose(),
      planAgain: () => [],
      status: 'success',
      words: /^create database a_db owned by users/,
    },
    {
      reason: 'CREATE DATABASE is lost, and the database does not exist',
      plan: creation,
      answer: sql => sql.startsWith('CREATE') && lose(),
      planAgain: () => [database],
      status: 'failed',
      words: /^could not create database a_db .*: The connection is lost$/,
    },
    {
      reason: 'CREATE DATABASE is rejected',
      plan: creation,
      answer: sql => {
        if (sql.startsWith('CREATE')) throw new SqlError('no space', '53100');
      },
      planAgain: () => [],
      status: 'failed',
      words: /: no space$/,
    },
    {
      reason: 'COMMIT is lost, and the server does not come back',
      plan: planOf('a_db'),
      answer: sql => sql.includes('COMMIT') && lose(),
      planAgain: () => [],
      connectToLook: () => Promise.reject(new Error('connection refused')),
      status: 'failed',
      words: /^could not confirm whether this holds: set the password of users/,
    },
  ])('tells what was seen when $reason', async ({ reason, ...row }) => {
    const { records, outcomes } = await apply([row.plan], row.answer, row);
    expect(records).toMatchObject([{ status: row.status }]);
    expect(records[0].message).toMatch(row.words);
    expect(outcomes.get('a_db')).toMatchObject(
      row.status === 'success'
        ? { outcome: 'changed', changes: 1 }
        : { outcome: 'failed', changes: 0, problem: records[0].message },
    );
  });

  it('goes on over a new connection after an answer that was lost, of a step that holds', async () => {
    const sentAnew: string[] = [];
    let closed = 0;
    const { records, outcomes, sent } = await apply(
      [
        {
          ...planOf('a_db'),
          steps: [...planOf('a_db').steps, creation.steps[0]],
        },
      ],
      sql => {
        if (sql.includes('COMMIT')) lose();
      },
      {
        connectAgain: async () => ({
          announcedPid: 2,
          lost: new AbortController().signal,
          query: async () => [],
          queryAll: async sql => {
            sentAnew.push(nameMessage(sql));
            return [[], []];
          },
          close: async () => {
            closed += 1;
          },
        }),
      },
    );
    expect(sent).not.toContain('CREATE DATABASE');
    expect(sentAnew).toEqual(['CREATE DATABASE', 'look']);
    expect(records.map(({ status }) => status)).toEqual(['success', 'success']);
    expect(outcomes.get('a_db')).toEqual({ outcome: 'changed', changes: 2 });
    expect(closed).toBe(1);
  });

  const role: Change = {
    kind: 'create role',
    role: 'users',
    createdb: false,
    connectionLimit: -1,
    reason: 'the role does not exist',
  };
  const grant: Change = {
    kind: 'grant to owner',
    database: 'a_db',
    role: 'users',
    reason: 'it lacks CONNECT',
  };
  const revoke: Change = {
    kind: 'revoke from public',
    database: 'a_db',
    privileges: ['CONNECT'],
    reason: 'PUBLIC has it',
  };
  const newDatabase: DatabasePlan = {
    ...planOf('a_db'),
    steps: [
      { inTransaction: true, changes: [role, password] },
      { inTransaction: false, changes: [database] },
      { inTransaction: true, changes: [revoke, grant] },
    ],
  };
  const roleMessage = 'BEGIN; CREATE ROLE; ALTER ROLE; COMMIT';
  const grantMessage = 'BEGIN; REVOKE CONNECT; GRANT ALL; COMMIT';

  it('sends a transaction as one message, and looks once at a new database before it records a success', async () => {
    const { sent, records } = await apply([newDatabase], () => undefined);
    expect(sent).toEqual([
      roleMessage,
      'CREATE DATABASE',
      grantMessage,
      'look',
    ]);
    expect(records.map(({ action, status }) => `${action} ${status}`)).toEqual([
      'create_role success',
      'set_password success',
      'create_database success',
      'revoke success',
      'grant success',
    ]);
  });

  it('looks after each step of a database that exists', async () => {
    const { sent } = await apply(
      [
        {
          ...newDatabase,
          steps: newDatabase.steps.filter(step => step.inTransaction),
        },
      ],
      () => undefined,
    );
    expect(sent).toEqual([roleMessage, 'look', grantMessage, 'look']);
  });

  it('finds the statement that is rejected, and records what the steps before left', async () => {
    const { sent, records, outcomes } = await apply([newDatabase], sql => {
      if (sql.includes('GRANT ALL')) throw new SqlError('no', '42501');
    });
    expect(sent.slice(2)).toEqual([
      grantMessage,
      'ROLLBACK',
      'BEGIN; REVOKE CONNECT',
      'GRANT ALL',
      'ROLLBACK',
      'look',
    ]);
    expect(records.map(({ action, status }) => `${action} ${status}`)).toEqual([
      'create_role success',
      'set_password success',
      'create_database success',
      'grant failed',
    ]);
    expect(outcomes.get('a_db')).toMatchObject({
      outcome: 'failed',
      changes: 3,
      problem: expect.stringMatching(/^could not grant all .*: no$/),
    });
  });

  it('records what the steps before left when there is no other connection', async () => {
    const records: ChangeRecord[] = [];
    const end = apply(
      [newDatabase],
      sql => {
        if (sql.startsWith('CREATE DATABASE')) lose();
      },
      {
        connectAgain: () => Promise.reject(new Error('no connection')),
        record: more => records.push(...more),
      },
    );
    await expect(end).rejects.toThrow('no connection');
    expect(records.map(({ action, status }) => `${action} ${status}`)).toEqual([
      'create_role success',
      'set_password success',
      'create_database success',
    ]);
  });

  it('records nothing as a success that no look has seen', async () => {
    const { records } = await apply(
      [newDatabase],
      sql => {
        if (sql.startsWith('CREATE DATABASE')) lose();
      },
      { connectToLook: () => Promise.reject(new Error('connection refused')) },
    );
    expect(records.map(({ action, status }) => `${action} ${status}`)).toEqual([
      'create_role failed',
      'set_password failed',
      'create_database failed',
    ]);
    expect(records[0].message).toMatch(
      /^could not confirm whether this holds: create role users/,
    );
  });
});
