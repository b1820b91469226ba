import {
  catalogEntry,
  RISKS,
  Size,
} from '@goldenpath/plugin-golden-path-common';
import {
  CREATED,
  declareDatabase,
} from '../../../../../tests/support/exampleDatabase';
import { addCatalogEntry } from '../../infraRepo/decide/addCatalogEntry';
import { listCatalog } from '../../infraRepo/decide/readCatalog';
import { readTfvars } from '../../infraRepo/decide/readTfvars';
import type { DeclaredDatabases } from './declaredDatabases';
import { guardChange } from './guardChange';

const CATALOG = 'catalog.yaml';
const lines = (...all: string[]) => `${all.join('\n')}\n`;

interface Database {
  name: string;
  environment?: string;
  key?: string;
  username?: string;
  size?: Size;
  more?: string;
}

/** The same databases in both files; a case may edit each file afterwards. */
const declared = async (
  databases: Database[],
  change: {
    catalog?: (text: string) => string;
    tfvars?: (text: string) => string;
  } = {},
): Promise<DeclaredDatabases> => {
  let catalog = 'databases: {}\n';
  const tfvars = new Map<string, string[]>();
  for (const {
    name,
    environment = 'dev',
    key = name,
    username = `${name}_user`,
    size = 'small' as const,
    more = ', connection_limit = 100',
  } of databases) {
    const entry = catalogEntry(
      declareDatabase(name, { environment, username, size }),
      CREATED,
    );
    entry.configuration.secret_path = `goldenpath/${environment}/${key}/postgres`;
    catalog = addCatalogEntry(
      catalog,
      CATALOG,
      { environment, databaseName: name },
      entry,
    );
    const all = tfvars.get(environment) ?? [];
    tfvars.set(environment, [
      ...all,
      `  ${key} = { database_name = "${name}", username = "${username}"${more} }`,
    ]);
  }
  const inTfvars = await Promise.all(
    [...tfvars].map(async ([environment, entries]) => {
      const path = `${environment}.tfvars`;
      const text = lines('application_databases = {', ...entries, '}');
      const read = await readTfvars((change.tfvars ?? String)(text), path);
      return read.map(entry => ({ environment, path, entry }));
    }),
  );
  return {
    catalogPath: CATALOG,
    catalog: listCatalog((change.catalog ?? String)(catalog), CATALOG),
    tfvars: inTfvars.flat(),
    problems: [],
  };
};

const messagesFor = (
  base: DeclaredDatabases,
  head: DeclaredDatabases,
  labels: string[] = [],
) =>
  guardChange(base, head, { labels }).findings.map(
    ({ path, line, message }) => `${path}:${line}: ${message}`,
  );

const A: Database = { name: 'a_db' };
const B: Database = { name: 'b_db' };

describe('guardChange', () => {
  it.each<{ reason: string; head: Database[]; sizes: string[]; team: boolean }>(
    [
      { reason: 'nothing', head: [A], sizes: [], team: false },
      {
        reason: 'an addition',
        head: [A, { ...B, environment: 'prod', size: 'medium' }],
        sizes: ['medium'],
        team: false,
      },
      {
        reason: 'large and larger ones',
        head: [
          A,
          { ...B, environment: 'prod', size: 'xlarge' },
          { ...A, environment: 'prod', size: 'large' },
        ],
        sizes: ['large', 'xlarge'],
        team: true,
      },
      {
        reason: 'a key of its own, which names the secret',
        head: [A, { ...B, key: 'my-b' }],
        sizes: ['small'],
        team: false,
      },
    ],
  )('is fine with $reason', async ({ head, sizes, team }) => {
    expect(
      guardChange(await declared([A]), await declared(head), { labels: [] }),
    ).toEqual({ findings: [], sizes, needsPlatformTeam: team });
  });

  it('requires no approval for an existing large database', async () => {
    const both = await declared([
      { ...A, environment: 'prod', size: 'large' },
      B,
    ]);
    expect(guardChange(both, both, { labels: [] })).toEqual({
      findings: [],
      sizes: [],
      needsPlatformTeam: false,
    });
  });

  it('accepts a changed status', async () => {
    const active = (text: string) => text.replace('pending', 'active');
    expect(
      messagesFor(
        await declared([A]),
        await declared([A], { catalog: active }),
      ),
    ).toEqual([]);
  });

  it.each([
    {
      reason: 'a database missing from the catalog',
      head: declared([A, B], {
        catalog: text => text.slice(0, text.indexOf('    b_db')),
      }),
      says: [
        'dev.tfvars:3: database "b_db" of dev is not in catalog.yaml; add it there with goldenpath-rds request.',
      ],
    },
    {
      reason: 'a database missing from terraform.tfvars',
      head: declared([A, B], {
        tfvars: text => text.replace(/ {2}b_db.*\n/, '  # $&'),
      }),
      says: [
        'catalog.yaml:18: database "b_db" of dev is in no terraform.tfvars of dev; add it to application_databases there with goldenpath-rds request.',
      ],
    },
    {
      reason: 'another role and another secret',
      head: declared([A, B], {
        catalog: text =>
          text
            .replace('username: b_db_user', 'username: other')
            .replace('dev/b_db/', 'dev/a_db/'),
      }),
      says: [
        'catalog.yaml:18: database "b_db" of dev: username is "other" here and "b_db_user" in dev.tfvars:3; use the same value in both.',
        'catalog.yaml:18: database "b_db" of dev: secret_path is "goldenpath/dev/a_db/postgres" here and "goldenpath/dev/b_db/postgres" in dev.tfvars:3; use the same value in both.',
      ],
    },
    {
      reason: 'a key that names another secret',
      head: declared([A, B], {
        tfvars: text => text.replace('  b_db =', '  b =   '),
      }),
      says: [
        'catalog.yaml:18: database "b_db" of dev: secret_path is "goldenpath/dev/b_db/postgres" here and "goldenpath/dev/b/postgres" in dev.tfvars:3; use the same value in both.',
      ],
    },
    {
      reason: 'a role and a database declared twice',
      head: declared([A], {
        tfvars: text =>
          text.replace(
            '  a_db',
            '  z = { database_name = "a_db", username = "a_db_user" }\n  a_db',
          ),
      }),
      says: [
        'catalog.yaml:3: database "a_db" of dev: secret_path is "goldenpath/dev/a_db/postgres" here and "goldenpath/dev/z/postgres" in dev.tfvars:2; use the same value in both.',
        'dev.tfvars:3: a_db declares the database "a_db", which z in line 2 already declares; use another name.',
        'dev.tfvars:3: a_db declares the role "a_db_user", which z in line 2 already declares; use another name.',
        'dev.tfvars:2: database "a_db" of dev is changed: key was "a_db" and is "z"; connection_limit was 100 and is -1. The label rds-change-allowed allows it.',
      ],
    },
    {
      reason: 'a new entry outside the contract',
      head: declared(
        [A, { name: 'rdsadmin', username: 'pg_x', size: 'large' }],
        {
          catalog: text => text.replace('db.t3.medium', 'db.x'),
        },
      ),
      says: [
        expect.stringMatching(/^dev.tfvars:3: rdsadmin: Database name: /),
        expect.stringMatching(/^dev.tfvars:3: rdsadmin: Database user: /),
        'catalog.yaml:18: database "rdsadmin" of dev: Size: dev databases are small; choose small, or another environment. Got "large".',
        'catalog.yaml:18: database "rdsadmin" of dev: Size: large means the instance class db.t3.medium. Got "db.x".',
      ],
    },
    {
      reason: 'a size that hides from the platform team',
      head: declared([A, { ...B, environment: 'prod', size: 'xlarge' }], {
        catalog: text => text.replace('size_tier: xlarge', 'size_tier: XLarge'),
      }),
      says: [
        'catalog.yaml:19: database "b_db" of prod: Size: choose one of small, medium, large, xlarge. Got "XLarge".',
      ],
    },
  ])('refuses $reason', async ({ head, says }) => {
    expect(messagesFor(await declared([A]), await head)).toEqual(says);
  });

  describe('a new database', () => {
    const withRights = (more: string) => declared([A, { ...B, more }]);

    it.each<{ reason: string; more: string; says: string[] }>([
      {
        reason: 'what a request writes',
        more: ', connection_limit = 100',
        says: [],
      },
      {
        reason: 'fewer connections',
        more: ', connection_limit = 5, createdb = false',
        says: [],
      },
      {
        reason: 'more connections',
        more: ', connection_limit = 101',
        says: [
          'is new with connection_limit = 101; write connection_limit = 100 or less.',
        ],
      },
      {
        reason: 'all connections',
        more: ', connection_limit = -1',
        says: [
          'is new with no connection_limit; write connection_limit = 100 or less.',
        ],
      },
      {
        reason: 'all connections, by leaving the limit out',
        more: '',
        says: [
          'is new with no connection_limit; write connection_limit = 100 or less.',
        ],
      },
      {
        reason: 'databases of its own',
        more: ', connection_limit = 100, createdb = true',
        says: ['is new with createdb = true; leave createdb out.'],
      },
    ])('asks the approvers for $reason: $says', async ({ more, says }) => {
      const base = await declared([A]);
      const head = await withRights(more);
      expect(messagesFor(base, head)).toEqual(
        says.map(
          text =>
            `dev.tfvars:3: database "b_db" of dev ${text} The label rds-change-allowed allows it.`,
        ),
      );
      expect(messagesFor(base, head, ['rds-change-allowed'])).toEqual([]);
      // What is declared already keeps what it has.
      expect(messagesFor(head, head)).toEqual([]);
    });
  });

  it.each([
    { status: 'pending', says: [] },
    { status: 'active', says: ['"active"'] },
    { status: 'failed', says: ['"failed"'] },
  ])('asks the approvers for a new entry that says $status', async row => {
    const withStatus = (databases: Database[]) =>
      declared(databases, {
        catalog: text =>
          text.replaceAll('status: pending', `status: ${row.status}`),
      });
    const base = await withStatus([A]);
    const head = await withStatus([A, B]);
    expect(messagesFor(base, head)).toEqual(
      row.says.map(
        status =>
          `catalog.yaml:${head.catalog[1].line}: database "b_db" of dev is new with status ${status}; write pending, which the first run changes. The label rds-change-allowed allows it.`,
      ),
    );
    expect(messagesFor(base, head, ['rds-change-allowed'])).toEqual([]);
    // Provisioning changes the status of what is declared.
    expect(messagesFor(await declared([A, B]), head)).toEqual([]);
  });

  describe('without its label', () => {
    const cases = [
      {
        reason: 'another role in both files',
        label: 'rds-change-allowed',
        head: () => declared([{ ...A, username: 'other' }, B]),
        says: [
          'dev.tfvars:2: database "a_db" of dev is changed: username was "a_db_user" and is "other". The label rds-change-allowed allows it.',
          'catalog.yaml:3: database "a_db" of dev is changed: username was "a_db_user" and is "other". The label rds-change-allowed allows it.',
        ],
      },
      {
        reason: 'another limit',
        label: 'rds-change-allowed',
        head: () =>
          declared([
            { ...A, more: ', connection_limit = 5, createdb = true' },
            B,
          ]),
        says: [
          'dev.tfvars:2: database "a_db" of dev is changed: createdb was false and is true; connection_limit was 100 and is 5. The label rds-change-allowed allows it.',
        ],
      },
      {
        reason: 'a removed or added field',
        label: 'rds-change-allowed',
        head: () =>
          declared([A, B], {
            catalog: text =>
              text.replace('        owner:', '        note: x\n        owner:'),
          }),
        says: [
          'catalog.yaml:3: database "a_db" of dev is changed: note was nothing and is "x". The label rds-change-allowed allows it.',
        ],
      },
      {
        reason: 'another domain',
        label: 'rds-change-allowed',
        head: () =>
          declared([A, B], {
            catalog: text => text.replace('domain: delivery', 'domain: cost'),
          }),
        says: [
          'catalog.yaml:3: database "a_db" of dev is changed: domain was "delivery" and is "cost". The label rds-change-allowed allows it.',
        ],
      },
      {
        reason: 'a database removed from both files',
        label: 'rds-removal-allowed',
        head: () => declared([B]),
        says: [
          'dev.tfvars:2: database "a_db" of dev, declared in this line of the base, is removed. The label rds-removal-allowed, with an approving review by a second person, allows it.',
          'catalog.yaml:3: database "a_db" of dev, declared in this line of the base, is removed. The label rds-removal-allowed, with an approving review by a second person, allows it.',
        ],
      },
    ];
    it.each(cases)('refuses $reason', async ({ label, head, says }) => {
      const base = await declared([A, B]);
      expect(messagesFor(base, await head())).toEqual(says);
      expect(messagesFor(base, await head(), [label])).toEqual([]);
      const others = [
        'rds-change-allowed',
        'rds-removal-allowed',
        ...RISKS,
        'RDS-CHANGE-ALLOWED',
      ].filter(name => name !== label);
      expect(messagesFor(base, await head(), others)).toEqual(says);
    });
  });

  describe('a removal with another change', () => {
    const BOTH = ['rds-change-allowed', 'rds-removal-allowed'];

    it.each([
      {
        reason: 'another name for it',
        head: () => declared([{ ...A, name: 'aa_db' }, B]),
        others: 'database "aa_db" of dev',
      },
      {
        reason: 'another environment for it',
        head: () => declared([{ ...A, environment: 'prod' }, B]),
        others: 'database "a_db" of prod',
      },
      {
        reason: 'a changed neighbour',
        head: () => declared([{ ...B, username: 'other' }]),
        others: 'database "b_db" of dev',
      },
      {
        reason: 'a neighbour with another key only in terraform.tfvars',
        head: () => declared([{ ...B, more: ', connection_limit = 5' }]),
        others: 'database "b_db" of dev',
      },
    ])('is refused whatever the labels: $reason', async ({ head, others }) => {
      expect(messagesFor(await declared([A, B]), await head(), BOTH)).toEqual([
        `dev.tfvars:2: database "a_db" of dev is removed together with a change of ${others}; no label allows that. Use a pull request for each.`,
      ]);
    });

    it('is refused for two databases, each by its line', async () => {
      expect(
        messagesFor(await declared([A, B]), await declared([]), BOTH),
      ).toEqual([
        expect.stringMatching(/^dev.tfvars:2: .*"b_db" of dev; no label/),
        expect.stringMatching(/^dev.tfvars:3: .*"a_db" of dev; no label/),
      ]);
    });

    it('is fine beside a changed status', async () => {
      expect(
        messagesFor(
          await declared([A, B]),
          await declared([B], {
            catalog: text => text.replace('pending', 'active'),
          }),
          BOTH,
        ),
      ).toEqual([]);
    });
  });

  describe('names that follow older rules', () => {
    const OLD: Database = { name: 'pg_orders', username: 'rdsapp_user' };
    const old = () =>
      declared([OLD], {
        catalog: text =>
          text
            .replace('user-service', '2nd-service')
            .replace('domain: delivery', 'domain: sales'),
      });

    it('stay valid', async () => {
      expect(messagesFor(await old(), await old())).toEqual([]);
    });

    it.each([
      {
        reason: 'in an entry with another changed field',
        base: old,
        head: () =>
          declared([{ ...OLD, more: ', connection_limit = 5' }], {
            catalog: text =>
              text
                .replace('user-service', '2nd-service')
                .replace('domain: delivery', 'domain: sales')
                .replace('owner: platform-team', 'owner: other-team'),
          }),
        says: [],
      },
      {
        reason: 'but not in a changed field',
        base: () => declared([A]),
        head: () =>
          declared([{ ...A, username: 'rdsapp_user' }], {
            catalog: text => text.replace('domain: delivery', 'domain: sales'),
          }),
        says: [
          expect.stringMatching(/^dev.tfvars:2: a_db: Database user: choose/),
          expect.stringMatching(/^catalog.yaml:3: .*Domain: choose one of /),
        ],
      },
      {
        reason: 'but not in a new entry',
        base: () => declared([]),
        head: old,
        says: [
          expect.stringMatching(/^dev.tfvars:2: pg_orders: Database name: /),
          expect.stringMatching(/^dev.tfvars:2: pg_orders: Database user: /),
          expect.stringMatching(/^catalog.yaml:3: .*App name: begin with/),
          expect.stringMatching(/^catalog.yaml:3: .*Domain: choose one of /),
        ],
      },
      {
        reason: 'if the base cannot be read',
        base: async () => ({
          ...(await declared([])),
          problems: [{ path: 'dev.tfvars', line: 7, message: 'not valid.' }],
        }),
        head: old,
        says: [],
      },
      {
        reason: 'but not if they would harm the instance',
        base: () => declared([{ ...A, username: 'rds_superuser' }]),
        head: () => declared([{ ...A, username: 'rds_superuser' }]),
        says: [
          expect.stringMatching(
            /^dev.tfvars:2: a_db: Database user: choose a role that isn't/,
          ),
        ],
      },
    ])('stay valid $reason', async ({ base, head, says }) => {
      expect(
        messagesFor(await base(), await head(), [
          'rds-change-allowed',
          'rds-removal-allowed',
        ]),
      ).toEqual(says);
    });
  });

  it('requires the platform team for a larger size, and refuses an unknown size', async () => {
    const labels = ['rds-change-allowed'];
    const prod = (size: Size) =>
      declared([{ ...A, environment: 'prod', size }]);
    expect(
      guardChange(await prod('small'), await prod('large'), { labels }),
    ).toEqual({ findings: [], sizes: ['large'], needsPlatformTeam: true });
    const huge = await declared([{ ...A, environment: 'prod' }], {
      catalog: text => text.replace('size_tier: small', 'size_tier: huge'),
    });
    expect(messagesFor(await prod('small'), huge, labels)).toEqual([
      expect.stringContaining('Got "huge".'),
    ]);
  });

  const problem = { path: 'dev.tfvars', line: 7, message: 'not valid.' };
  it('refuses a change with an unreadable file, whatever its labels', async () => {
    const head = { ...(await declared([A])), problems: [problem] };
    expect(
      messagesFor(head, head, ['rds-change-allowed', 'rds-removal-allowed']),
    ).toEqual(['dev.tfvars:7: not valid.']);
  });

  it('accepts a fix of an unreadable base only with both labels', async () => {
    const base = { ...(await declared([])), problems: [problem] };
    const head = await declared([A]);
    for (const labels of [[], ['rds-change-allowed'], ['rds-removal-allowed']])
      expect(messagesFor(base, head, labels)).toEqual([
        expect.stringMatching(/^dev.tfvars:7: can't compare with the base, /),
      ]);
    expect(
      messagesFor(base, head, ['rds-change-allowed', 'rds-removal-allowed']),
    ).toEqual([]);
  });
});
