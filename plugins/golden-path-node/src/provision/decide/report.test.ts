import { DatabaseOutcome, ProvisionEvent } from './events';
import { listCatalogStatuses, printEvent } from './report';

/** A summary of databases that are called as they ended; what changed or would has one change. */
const summary = (
  mode: 'apply' | 'dry-run',
  outcome: 'done' | 'failed',
  ...outcomes: DatabaseOutcome[]
): ProvisionEvent => {
  const databases = outcomes.map(name => ({
    database: name,
    username: 'u',
    outcome: name,
    changes: name === 'changed' || name === 'planned' ? 1 : 0,
    problems: [],
  }));
  return {
    type: 'summary',
    mode,
    environment: 'dev',
    outcome,
    changes: databases.reduce((sum, { changes }) => sum + changes, 0),
    databases,
  };
};

describe('printEvent', () => {
  it.each<{ event: ProvisionEvent; lines: string[]; reason: string }>([
    {
      reason: 'what is being done, and where',
      event: {
        type: 'start',
        mode: 'dry-run',
        environment: 'dev',
        host: 'db',
        port: 5432,
        databases: 1,
      },
      lines: ['Dry run for 1 database of "dev" on db:5432.'],
    },
    {
      reason:
        'names that would steer a terminal, or a CI system by lines of their own',
      event: {
        type: 'note',
        text: 'the database x\n::error::y\u001b[31m\u202e stands open',
      },
      lines: [
        'Note: the database x\\u{a}::error::y\\u{1b}[31m\\u{202e} stands open',
      ],
    },
    {
      reason: 'who is ahead',
      event: {
        type: 'waiting',
        pid: 7,
        application: 'goldenpath-rds dev 12',
        address: '10.0.0.1/32',
        connectedSeconds: 30,
        waitedSeconds: 10,
      },
      lines: [
        'Waiting for another run to end, for 10 s: goldenpath-rds dev 12 (process 7 from 10.0.0.1/32), connected for 30 s.',
      ],
    },
    {
      reason: 'how far it is, at every hundredth database',
      event: {
        type: 'progress',
        phase: 'observe',
        done: 200,
        total: 1000,
        underway: ['users_db'],
        finished: 'orders',
      },
      lines: ['Logging in: 200 of 1000 databases.'],
    },
    {
      reason: 'nothing about the others',
      event: {
        type: 'progress',
        phase: 'observe',
        done: 201,
        total: 1000,
        underway: [],
        finished: 'users_db',
      },
      lines: [],
    },
    {
      reason: 'nothing where a database is begun',
      event: {
        type: 'progress',
        phase: 'observe',
        done: 200,
        total: 1000,
        underway: ['users_db', 'carts'],
      },
      lines: [],
    },
    {
      reason: 'nothing about a short phase',
      event: {
        type: 'progress',
        phase: 'apply',
        done: 99,
        total: 99,
        underway: [],
        finished: 'users_db',
      },
      lines: [],
    },
    {
      reason: 'a plan with nothing in it',
      event: {
        type: 'plan',
        databases: [
          { database: 'a', username: 'b', changes: [], findings: [] },
        ],
      },
      lines: ['Plan: nothing to change; 1 database as declared.'],
    },
    {
      reason: 'a plan',
      event: {
        type: 'plan',
        databases: [
          {
            database: 'users_db',
            username: 'users',
            changes: [
              {
                action: 'set_password',
                description: 'set the password of users',
                reason: 'the login failed',
              },
            ],
            findings: [],
          },
          {
            database: 'orders',
            username: 'orders_user',
            changes: [],
            refusal: 'Database orders belongs to jane.',
            findings: [],
          },
        ],
      },
      lines: [
        '+ users_db (users)',
        '    set the password of users: the login failed',
        '! orders (orders_user)',
        '    refused: Database orders belongs to jane.',
        'Plan: 1 change in 1 database.',
      ],
    },
    {
      reason: 'a summary',
      event: {
        type: 'summary',
        mode: 'apply',
        environment: 'dev',
        outcome: 'failed',
        changes: 2,
        databases: [
          {
            database: 'users_db',
            username: 'users',
            outcome: 'changed',
            changes: 2,
            problems: [],
          },
          {
            database: 'orders',
            username: 'o',
            outcome: 'refused',
            changes: 0,
            problems: ['It belongs to jane.'],
          },
          {
            database: 'third',
            username: 't',
            outcome: 'unchanged',
            changes: 0,
            problems: [],
          },
          {
            database: 'half',
            username: 'h',
            outcome: 'stopped',
            changes: 1,
            problems: [],
          },
          {
            database: 'not_begun',
            username: 'n',
            outcome: 'stopped',
            changes: 0,
            problems: [],
          },
        ],
      },
      lines: [
        'users_db  changed       2 changes',
        'orders    refused       0 changes',
        '          It belongs to jane.',
        'half      stopped       1 change',
        '1 database unchanged.',
        '2 databases not done before the run stopped; mend what is refused or failed, or give --no-fail-fast, and run it again.',
        'Failed, after 2 changes.',
      ],
    },
    {
      reason: 'a run that was asked to stop',
      event: summary('apply', 'failed', 'changed', 'stopped'),
      lines: [
        'changed  changed       1 change',
        '1 database not done before the run stopped; run it again.',
        'Failed, after 1 change.',
      ],
    },
    {
      reason: 'a dry run with a refusal: nothing was changed',
      event: summary('dry-run', 'failed', 'planned', 'refused'),
      lines: [
        'planned  planned       1 change',
        'refused  refused       0 changes',
        'Failed. Nothing was changed.',
      ],
    },
    {
      reason: 'a dry run that saw only some',
      event: summary('dry-run', 'done', 'unchanged', 'not observed'),
      lines: [
        'not observed  not observed  0 changes',
        '1 database unchanged.',
        'Nothing to do where it could look.',
      ],
    },
    {
      reason: 'a dry run that saw everything',
      event: summary('dry-run', 'done', 'unchanged'),
      lines: ['1 database unchanged.', 'Nothing to do.'],
    },
  ])('$reason', ({ event, lines }) => {
    expect(printEvent(event)).toEqual(lines);
  });
});

describe('listCatalogStatuses', () => {
  it('says nothing about what the run did not get to', () => {
    const result = (
      outcome: Parameters<typeof listCatalogStatuses>[0][0]['outcome'],
    ) => ({
      database: outcome,
      username: 'u',
      outcome,
      changes: 0,
      problems: [],
    });
    expect(
      listCatalogStatuses(
        (
          [
            'changed',
            'unchanged',
            'failed',
            'refused',
            'stopped',
            'not observed',
          ] as const
        ).map(result),
      ),
    ).toEqual({
      changed: 'active',
      unchanged: 'active',
      failed: 'failed',
      refused: 'failed',
    });
  });
});
