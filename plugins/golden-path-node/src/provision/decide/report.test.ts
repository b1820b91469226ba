import { DatabaseOutcome, ProvisionEvent, ProvisionMode } from './events';
import { listCatalogStatuses, printEvent } from './report';

/** A summary of databases named by their outcome; changed and planned ones have one change. */
const summary = (
  mode: ProvisionMode,
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
      reason: 'the start',
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
        'escaped control characters, so a name executes nothing in a terminal or CI system',
      event: {
        type: 'note',
        text: 'the database x\n::error::y\u001b[31m\u202e stands open',
      },
      lines: [
        'Note: the database x\\u{a}::error::y\\u{1b}[31m\\u{202e} stands open',
      ],
    },
    {
      reason: 'the holder of the lock',
      event: {
        type: 'waiting',
        pid: 7,
        application: 'goldenpath-rds dev 12',
        address: '10.0.0.1/32',
        connectedSeconds: 30,
        waitedSeconds: 10,
      },
      lines: [
        'Waiting for another run for 10 s: goldenpath-rds dev 12 (process 7 from 10.0.0.1/32), connected for 30 s.',
      ],
    },
    {
      reason: 'progress at every hundredth database',
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
      reason: 'no line for other progress',
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
      reason: 'no line for a database that starts',
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
      reason: 'no line in a short phase',
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
      reason: 'an empty plan',
      event: {
        type: 'plan',
        databases: [
          {
            database: 'a',
            username: 'b',
            changes: [],
            findings: [],
            told: [],
            unchecked: [],
            remedies: [],
          },
        ],
      },
      lines: ['Plan: no changes; 1 database as declared.'],
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
            told: [],
            unchecked: [],
            remedies: [],
          },
          {
            database: 'orders',
            username: 'orders_user',
            changes: [],
            refusal: 'Database orders belongs to jane.',
            findings: [],
            told: [],
            unchecked: [],
            remedies: [],
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
        '2 databases not finished before the run stopped; fix what is refused or failed and run it again, or run it with --no-fail-fast.',
        'Failed, after 2 changes.',
      ],
    },
    {
      reason: 'a stopped run',
      event: summary('apply', 'failed', 'changed', 'stopped'),
      lines: [
        'changed  changed       1 change',
        '1 database not finished before the run stopped; run it again.',
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
      reason: 'a check that saw drift, and could not see all',
      event: summary('check', 'failed', 'drifted', 'unchecked', 'unchanged'),
      lines: [
        'drifted    drifted       0 changes',
        'unchecked  unchecked     0 changes',
        '1 database unchanged.',
        'Not checked: 1 database. Drift in 1 database of the others.',
      ],
    },
    {
      reason: 'a check that could not see one of two',
      event: summary('check', 'failed', 'unchecked', 'unchanged'),
      lines: [
        'unchecked  unchecked     0 changes',
        '1 database unchanged.',
        'Not checked: 1 database. No drift in the others.',
      ],
    },
    {
      reason: 'a check that could not see all',
      event: summary('check', 'failed', 'unchecked'),
      lines: ['unchecked  unchecked     0 changes', 'Not checked: 1 database.'],
    },
    {
      reason: 'a dry run with a skipped database',
      event: summary('dry-run', 'done', 'unchanged', 'skipped'),
      lines: [
        'skipped  skipped       0 changes',
        '1 database unchanged.',
        'No changes for the databases checked.',
      ],
    },
    {
      reason: 'a dry run without changes',
      event: summary('dry-run', 'done', 'unchanged'),
      lines: ['1 database unchanged.', 'Nothing to do.'],
    },
  ])('$reason', ({ event, lines }) => {
    expect(printEvent(event)).toEqual(lines);
  });
});

describe('listCatalogStatuses', () => {
  it('leaves out roles without an entry, which may own a declared database', () => {
    const one = { database: 'a', username: 'u', changes: 0, problems: [] };
    expect(
      listCatalogStatuses([
        { ...one, outcome: 'failed' },
        { ...one, outcome: 'changed', isUndeclared: true },
      ]),
    ).toEqual({ a: 'failed' });
  });

  it('leaves out databases that the run did not finish', () => {
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
            'skipped',
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
