import { EXAMPLE_DATABASE } from '../../../tests/support/exampleDatabase';
import { parseDeclared } from './declared';
import { RuledField } from './fieldRules';
import { parseRequest } from './request';

const problemsOf = (field: RuledField, value: string) => {
  const parsed = parseRequest({ ...EXAMPLE_DATABASE, [field]: value });
  return 'problems' in parsed ? parsed.problems : [];
};

/** Where each name lands, who reserves it there, and the words of the refusal. CASES 20. */
const RESERVED: Array<{
  field: RuledField;
  names: string[];
  words: string;
  source: string;
}> = [
  {
    field: 'component_id',
    names: ['.', '..', 'app.git', 'app.wiki', '.github', 'acme.github.io'],
    words: 'lower-case letters, digits and single hyphens',
    source: 'GitHub reserves these repositories (github/docs #44518)',
  },
  {
    field: 'component_id',
    names: ['-app', 'app-', 'my_app', 'My-App', 'app/web', 'a..b', 'a--b'],
    words: 'lower-case letters, digits and single hyphens',
    source: 'ECR: [a-z0-9]+([._-][a-z0-9]+)*; Kubernetes: RFC 1035 and 1123',
  },
  {
    field: 'component_id',
    names: ['xn--app', 'xn--80ak6aa92e'],
    words: 'single hyphens',
    source: 'DNS: the form of encoded names (RFC 5891, 2.3.1)',
  },
  {
    field: 'component_id',
    names: ['1e3', '0x10', '007', '2048'],
    words: 'refuses a Service whose name begins with a digit',
    source: 'Kubernetes: a Service is named by RFC 1035',
  },
  {
    field: 'component_id',
    names: ['kubernetes'],
    words: 'which is the Service of the API server',
    source: 'Kubernetes: the API server keeps this Service in default',
  },
  {
    field: 'component_id',
    names: ['con', 'prn', 'aux', 'nul', 'com1', 'com9', 'lpt1', 'lpt0'],
    words: 'nobody can clone such a repository there',
    source: 'Windows: names of devices (learn.microsoft.com, naming a file)',
  },
  {
    field: 'databaseName',
    names: ['con', 'prn', 'aux', 'nul', 'com3', 'lpt9'],
    words: 'nobody can fetch the branch of the pull request there',
    source: 'git on Windows: a branch …/aux (pre-commit #1058)',
  },
  {
    field: 'databaseName',
    names: ['postgres', 'template0', 'template1', 'rdsadmin'],
    words: 'PostgreSQL and RDS do not reserve',
    source: 'PostgreSQL and RDS: their own databases',
  },
  {
    field: 'databaseName',
    names: ['users-db', 'users.db', 'Users', '1users', '_users', 'users db'],
    words: 'lower-case letters, digits and underscores',
    source: 'PostgreSQL: identifiers that differ without quotes',
  },
  {
    field: 'username',
    names: ['pg_monitor', 'pg_signal_backend', 'pg_x'],
    words: 'PostgreSQL and RDS do not reserve',
    source: 'PostgreSQL: IsReservedName(), pg_…',
  },
  {
    field: 'username',
    names: ['public', 'none'],
    words: 'PostgreSQL and RDS do not reserve',
    source: 'PostgreSQL: check_rolespec_name(), even in quotes',
  },
  {
    field: 'username',
    names: ['all', 'current_role', 'current_user', 'session_user'],
    words: 'PostgreSQL and RDS do not reserve',
    source: 'PostgreSQL: other roles to ALTER ROLE and GRANT without quotes',
  },
  {
    field: 'username',
    names: [
      ...['rdsadmin', 'rds_superuser', 'rds_replication', 'rds_iam'],
      ...['rdsrepladmin', 'rdstopmgr', 'rdsproxyadmin', 'rds_password'],
      ...['rdswriteforwarduser', 'rds_extension', 'rds_ad', 'postgres'],
    ],
    words: 'PostgreSQL and RDS do not reserve',
    source: 'RDS and Aurora: their own roles, and the usual master',
  },
  {
    field: 'username',
    names: ['users_clone', 'app_clone', 'a_clone', 'x_clone_clone'],
    words: 'the second login that a password rotation creates',
    source: 'AWS alternating-users rotation: <username>_clone',
  },
];

describe.each(RESERVED)(
  '$field, reserved: $source',
  ({ field, names, words }) => {
    it.each(names)('%s is refused with the reason', name => {
      const problems = problemsOf(field, name);
      // "." is also too short.
      const problem = problems.find(({ message }) => message.includes(words));
      expect(problem).toEqual({
        field,
        message: expect.stringMatching(/, such as \S+\. Got "/),
      });
      expect(problem!.message).toContain(`Got ${JSON.stringify(name)}.`);
    });
  },
);

/** Names that mean something elsewhere, and do no harm: each place quotes them, or has them only as text. */
const HARMLESS: Array<{ field: RuledField; names: string[]; source: string }> =
  [
    {
      field: 'component_id',
      names: [
        ...['time', 'select', 'flask', 'app', 'tests', 'test', 'root', 'json'],
        ...['class', 'import', 'print', 'psycopg2', 'gunicorn', 'werkzeug'],
      ],
      source: 'Python: nothing is named after the app (skeleton tests)',
    },
    {
      field: 'component_id',
      names: ['null', 'true', 'on', 'no', 'yes', 'off', 'nan', 'e1'],
      source: 'YAML: in quotes (skeleton tests)',
    },
    {
      field: 'component_id',
      names: ['api', 'admin', 'settings', 'new', 'wiki', 'git', 'issues'],
      source: 'GitHub: routes below an owner’s name are not reserved',
    },
    {
      field: 'component_id',
      names: ['console', 'auxiliary', 'com', 'com10', 'null-1', 'con-app'],
      source: 'Windows: only the whole name is a device',
    },
    {
      field: 'component_id',
      names: ['kubernetes-ui', 'default', 'db', 'localhost'],
      source: 'Kubernetes: other Services',
    },
    {
      field: 'databaseName',
      names: ['null', 'for', 'true', 'constructor', 'select', 'table', 'user'],
      source: 'HCL, YAML, JavaScript, SQL: in quotes (infra repo tests)',
    },
    {
      field: 'databaseName',
      names: ['auxiliary', 'aux_db', 'users_clone', 'rds', 'template2'],
      source: 'whole names only',
    },
    {
      field: 'username',
      names: ['user', 'select', 'admin', 'null', 'root', 'current', 'all_apps'],
      source: 'PostgreSQL: in quotes an ordinary role',
    },
    {
      field: 'username',
      names: [
        'clone',
        'clone_users',
        'users_clones',
        'users_clone_2',
        'cyclone',
      ],
      source: 'rotation: only the ending is its own',
    },
  ];

describe.each(HARMLESS)('$field, harmless: $source', ({ field, names }) => {
  it.each(names)('%s', name => {
    expect(problemsOf(field, name)).toEqual([]);
  });
});

describe('rules that are for new requests alone', () => {
  it.each([
    { field: 'component_id', names: ['kubernetes', 'nul', '2nd'] },
    { field: 'databaseName', names: ['aux', 'pg_users'] },
    {
      field: 'username',
      names: ['users_clone', 'all', 'current_role', 'rdsapp'],
    },
  ])('a declared $field may be $names', ({ field, names }) => {
    for (const name of names)
      expect(parseDeclared({ ...EXAMPLE_DATABASE, [field]: name })).toEqual({
        declared: { ...EXAMPLE_DATABASE, [field]: name },
      });
  });
});
