import fc from 'fast-check';
import { EXAMPLE_FORM } from '../../../tests/support/exampleDatabase';
import {
  describeFieldMessages,
  FIELD_RULES,
  reservedPattern,
  RuledField,
} from './fieldRules';
import { ownerLabel, parseOwner } from './names';
import {
  appSchema,
  isDatabaseRequest,
  parseApp,
  parseRequest,
  RequestOptions,
  requestSchema,
} from './request';
import { workflowInputs } from './workflowInputs';
import { catalogEntry } from './catalogEntry';

const valid = { ...EXAMPLE_FORM, requestedBy: 'jane' };

const problemsOf = (input: unknown, options?: RequestOptions) => {
  const result = parseRequest(input, options);
  return 'problems' in result ? result.problems : [];
};

/** The owner that a reference or a name means; undefined for what is no Group. */
const readOwner = (ref: string) => {
  const parsed = parseOwner(ref);
  return 'owner' in parsed ? parsed.owner : undefined;
};

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const isLabelValue = (value: string) =>
  /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/.test(value);

describe('parseRequest', () => {
  it('fills in the defaults and sends the owner on as its bare name', () => {
    expect(parseRequest(valid)).toEqual({
      request: {
        ...valid,
        owner: 'platform-team',
        description: '',
        domain: 'delivery',
        risk: 'medium',
        size: 'small',
      },
    });
  });

  const rows: Array<{
    field: string;
    value: unknown;
    words?: string;
    reason: string;
  }> = [
    {
      field: 'component_id',
      value: 'a',
      words: 'at least 2',
      reason: 'ECR wants two characters',
    },
    {
      field: 'component_id',
      value: 'a'.repeat(51),
      words: 'at most 50',
      reason: 'labels hold the name with suffixes',
    },
    { field: 'component_id', value: 'a'.repeat(50), reason: '50 just fit' },
    {
      field: 'component_id',
      value: '9lives',
      words: 'begin with a letter',
      reason: 'Kubernetes refuses such a Service',
    },
    {
      field: 'component_id',
      value: 'User-Service',
      words: 'lower-case',
      reason: 'capitals',
    },
    {
      field: 'component_id',
      value: 'user--service',
      words: 'single hyphens',
      reason: 'two hyphens',
    },
    {
      field: 'component_id',
      value: 'user-',
      words: 'single hyphens',
      reason: 'a hyphen at the end',
    },
    {
      field: 'component_id',
      value: 'user-service\n',
      words: 'lower-case',
      reason: 'a line end is not part of a name',
    },
    {
      field: 'component_id',
      value: '',
      words: 'App name: a value is required',
      reason: 'nothing at all',
    },
    {
      field: 'component_id',
      value: 7,
      words: 'App name: a value is required',
      reason: 'not even text',
    },
    {
      field: 'databaseName',
      value: 'ab',
      words: 'at least 3',
      reason: 'too short',
    },
    {
      field: 'databaseName',
      value: `d${'b'.repeat(62)}`,
      reason: '63 just fit',
    },
    {
      field: 'databaseName',
      value: `d${'b'.repeat(63)}`,
      words: 'at most 63',
      reason: 'PostgreSQL would cut it',
    },
    {
      field: 'databaseName',
      value: 'Users',
      words: 'lower-case',
      reason: 'capitals',
    },
    {
      field: 'databaseName',
      value: 'users-db',
      words: 'underscores',
      reason: 'hyphens need quoting',
    },
    {
      field: 'databaseName',
      value: '1users',
      words: 'beginning with a letter',
      reason: 'digit first',
    },
    {
      field: 'databaseName',
      value: 'postgres',
      words: 'do not reserve',
      reason: 'the maintenance database',
    },
    {
      field: 'databaseName',
      value: 'template0',
      words: 'do not reserve',
      reason: 'a template',
    },
    {
      field: 'databaseName',
      value: 'template1',
      words: 'do not reserve',
      reason: 'a template',
    },
    {
      field: 'databaseName',
      value: 'rdsadmin',
      words: 'do not reserve',
      reason: "RDS's own",
    },
    {
      field: 'databaseName',
      value: 'pg_users',
      words: 'do not reserve',
      reason: 'pg_ is PostgreSQL’s',
    },
    {
      field: 'databaseName',
      value: 'postgres_users',
      reason: 'only the whole word is kept',
    },
    { field: 'username', value: `u${'s'.repeat(30)}`, reason: '31 just fit' },
    {
      field: 'username',
      value: `u${'s'.repeat(31)}`,
      words: 'at most 31',
      reason: 'too long',
    },
    {
      field: 'username',
      value: "x SUPERUSER PASSWORD 'x' --",
      words: 'lower-case',
      reason: 'SQL in a name',
    },
    {
      field: 'username',
      value: 'rdsuser',
      words: 'do not reserve',
      reason: 'rds… is RDS’s',
    },
    {
      field: 'username',
      value: 'pg_user',
      words: 'do not reserve',
      reason: 'pg_… is PostgreSQL’s',
    },
    {
      field: 'username',
      value: 'current_user',
      words: 'do not reserve',
      reason: 'a word of SQL',
    },
    {
      field: 'username',
      value: 'session_user',
      words: 'do not reserve',
      reason: 'a word of SQL',
    },
    {
      field: 'username',
      value: 'public',
      words: 'do not reserve',
      reason: 'a word of SQL',
    },
    {
      field: 'username',
      value: 'none',
      words: 'do not reserve',
      reason: 'a word of SQL',
    },
    {
      field: 'username',
      value: 'postgres',
      words: 'do not reserve',
      reason: 'the usual superuser',
    },
    {
      field: 'owner',
      value: '',
      words: 'Owner: choose a team',
      reason: 'nobody chosen',
    },
    {
      field: 'size',
      value: null,
      words: 'Size: choose one of small',
      reason: 'not even text',
    },
    {
      field: 'owner',
      value: 'group:payments/team',
      reason:
        'another namespace, which the catalog and the configuration judge',
    },
    {
      field: 'owner',
      value: `group:pay/${'t'.repeat(58)}`,
      reason: '62 characters with the namespace just fit a label',
    },
    {
      field: 'owner',
      value: `group:pay/${'t'.repeat(59)}`,
      words: 'at most 62 characters, because Kubernetes labels',
      reason: 'its label has 64 characters',
    },
    {
      field: 'owner',
      value: 'group:Pay_ments/team',
      words: 'use the name of a Group',
      reason: 'no namespace of the catalog',
    },
    {
      field: 'requestedBy',
      value: 'octocat (by hand)',
      reason: 'a GitHub login of somebody who dispatched by hand',
    },
    {
      field: 'requestedBy',
      value: 'dependabot[bot] (by hand)',
      reason: 'an App that dispatched by itself',
    },
    {
      field: 'requestedBy',
      value: 'octocat (by hand) `id`',
      words: 'Requesting user: use the name of the signed-in user',
      reason: 'more than the mark',
    },
    {
      field: 'owner',
      value: 'group:default/-team',
      words: 'beginning and ending in a letter or digit',
      reason: 'no entity name, and a flag to a shell',
    },
    {
      field: 'environment',
      value: 'qa',
      words: 'choose one of dev, test, staging, prod',
      reason: 'no such environment',
    },
    {
      field: 'description',
      value: 'Ünïcode 🐘 "quotes" # : {{ }}',
      reason: 'any Unicode',
    },
    {
      field: 'description',
      value: '🐘'.repeat(200),
      reason: '200 characters, counted as people do',
    },
    {
      field: 'description',
      value: 'x'.repeat(201),
      words: 'at most 200',
      reason: 'too long',
    },
    {
      field: 'description',
      value: 'one\ntwo',
      words: 'one line',
      reason: 'two lines',
    },
    {
      field: 'description',
      value: 'one\u2028two',
      words: 'one line',
      reason: 'two lines to JavaScript',
    },
    {
      field: 'description',
      value: 'half an emoji \ud83d',
      words: 'one line',
      reason: 'a lone surrogate, which UTF-8 has no bytes for',
    },
    {
      field: 'size',
      value: 'huge',
      words: 'choose one of small',
      reason: 'no such size',
    },
    {
      field: 'size',
      value: 'large',
      words: 'dev databases are small',
      reason: 'dev is small only',
    },
    {
      field: 'risk',
      value: 'extreme',
      words: 'choose one of none',
      reason: 'no such risk',
    },
    {
      field: 'domain',
      value: 'sales',
      words: 'choose one of platform-core',
      reason: 'no such domain',
    },
    {
      field: 'requestedBy',
      value: 'jane doe',
      words: 'letters, digits',
      reason: 'a blank',
    },
    {
      field: 'requestedBy',
      value: '$(id)',
      words: 'letters, digits',
      reason: 'shell',
    },
  ];

  it.each(rows)('$field = $value: $reason', ({ field, value, words }) => {
    const problems = problemsOf({ ...valid, [field]: value });
    if (words === undefined) expect(problems).toEqual([]);
    else {
      expect(problems.map(problem => problem.field)).toEqual(
        problems.map(() => field),
      );
      expect(problems.map(problem => problem.message).join(' ')).toContain(
        words,
      );
    }
  });

  it('lists every problem at once, in the order of the form', () => {
    const problems = problemsOf({
      component_id: 'A',
      databaseName: 'pg_x',
      username: 'x',
      owner: 'user:default/jane',
      environment: 'qa',
      size: 'huge',
      requestedBy: 'jane',
    });
    expect([...new Set(problems.map(problem => problem.field))]).toEqual([
      'component_id',
      'databaseName',
      'username',
      'owner',
      'environment',
      'size',
    ]);
  });

  it('names the value, the rule and an example', () => {
    expect(problemsOf({ ...valid, databaseName: 'Users DB' })).toEqual([
      {
        field: 'databaseName',
        message:
          'Database name: use lower-case letters, digits and underscores, beginning with a letter, such as users_db. Got "Users DB".',
      },
    ]);
  });

  it.each([undefined, null, 'text', 7, []])('refuses %p as a whole', input => {
    expect(problemsOf(input)).not.toEqual([]);
  });

  it('refuses what it does not know', () => {
    expect(
      problemsOf({ ...valid, password: 'x' })
        .map(problem => problem.message)
        .join(),
    ).toContain('password');
  });

  it('goes by the environments and domains of the platform team', () => {
    expect(
      problemsOf(
        { ...valid, environment: 'qa', domain: 'sales' },
        { environments: ['qa'], domains: ['sales'] },
      ),
    ).toEqual([]);
    expect(
      problemsOf(valid, { environments: ['qa'] }).map(problem => problem.field),
    ).toEqual(['environment']);
  });

  it("refuses the master's name where it is known", () => {
    expect(
      problemsOf(
        { ...valid, username: 'goldenpath_master' },
        { masterUsername: 'goldenpath_master' },
      ),
    ).toEqual([
      {
        field: 'username',
        message:
          'Database user: "goldenpath_master" is the master of the instance; choose another name.',
      },
    ]);
  });

  it.each(Object.keys(FIELD_RULES) as RuledField[])(
    '%s: takes just what its pattern, lengths and reserved names allow',
    field => {
      const rule = FIELD_RULES[field];
      const reserved = reservedPattern(field);
      const isAllowed = (value: string) => {
        const name = field === 'owner' ? readOwner(value) : value;
        return (
          name !== undefined &&
          new RegExp(rule.pattern).test(name) &&
          name.length >= rule.minLength &&
          name.length <= rule.maxLength &&
          !(reserved && new RegExp(reserved).test(name)) &&
          (field !== 'owner' || isLabelValue(ownerLabel(name)))
        );
      };
      fc.assert(
        fc.property(
          fc.oneof(
            fc.string(),
            fc.stringMatching(new RegExp(rule.pattern)),
            fc.stringMatching(/^[a-z0-9_-]{0,70}$/),
            // Owners around the length that a label holds, which the others rarely reach.
            fc.stringMatching(/^(group:)?[a-z]{1,8}\/[A-Za-z]{48,62}$/),
          ),
          value => {
            expect(problemsOf({ ...valid, [field]: value }).length === 0).toBe(
              isAllowed(value),
            );
          },
        ),
        {
          numRuns: 500,
          examples: [
            // A property of an earlier run that forgot the label: 63 characters with the namespace.
            ['0aaaaa00000----00aa00aa0------------aaa00aaa000-00a00000aaa0/A0'],
            [`default/${'t'.repeat(55)}`],
          ],
        },
      );
    },
  );

  it.each(Object.entries(FIELD_RULES))(
    '%s: its own example keeps its rules',
    (field, rule) => {
      expect(problemsOf({ ...valid, [field]: rule.example })).toEqual([]);
      expect(describeFieldMessages(field as RuledField).pattern).toContain(
        rule.example,
      );
    },
  );
});

describe('what a request becomes', () => {
  const result = parseRequest({ ...valid, description: 'never sent' });
  if ('problems' in result) throw new Error('the example is valid');

  it('the inputs of the workflow, without the description', () => {
    expect(
      workflowInputs(result.request, { taskId: 'task-1', baseBranch: 'main' }),
    ).toEqual({
      base_branch: 'main',
      environment: 'dev',
      database_name: 'users_db',
      username: 'users_app_user',
      owner: 'platform-team',
      user: 'jane',
      domain: 'delivery',
      risk: 'medium',
      size: 'small',
      component_id: 'user-service',
      request_id: 'dev-users_db',
      task_id: 'task-1',
    });
  });

  it('an entry of the catalog', () => {
    expect(catalogEntry(result.request, { createdDate: '2026-11-24' })).toEqual(
      {
        metadata: {
          id: 'DATABASE_DEV_USERS_DB',
          component: 'user-service',
          owner: 'platform-team',
          requested_by: 'jane',
          domain: 'delivery',
          risk: 'medium',
          status: 'pending',
          created_date: '2026-11-24',
        },
        configuration: {
          username: 'users_app_user',
          size_tier: 'small',
          instance_class: 'db.t3.micro',
          secret_path: 'goldenpath/dev/users_db/postgres',
        },
      },
    );
  });
});

describe('parseApp', () => {
  const app = {
    component_id: 'price-calculator',
    owner: 'group:default/Platform-Team',
    environment: 'dev',
    requestedBy: 'jane',
  };

  it('fills in the defaults and folds the owner, as parseRequest does', () => {
    expect(parseApp(app)).toEqual({
      request: {
        ...app,
        owner: 'platform-team',
        description: '',
        domain: 'delivery',
      },
    });
  });

  it('refuses what parseRequest refuses, in the same words', () => {
    const wrong = {
      ...app,
      component_id: '9lives',
      owner: 'user:jane',
      environment: 'qa',
      description: 'two\nlines',
      domain: 'nope',
      requestedBy: ' ',
    };
    const result = parseApp(wrong);
    const fields = Object.keys(appSchema().shape);
    expect(result).toEqual({
      problems: problemsOf({ ...valid, ...wrong }).filter(({ field }) =>
        fields.includes(field),
      ),
    });
    const { problems } = result as { problems: Array<{ field: string }> };
    expect(new Set(problems.map(({ field }) => field))).toEqual(
      new Set(fields),
    );
  });

  it('has no fields of a database', () => {
    expect(parseApp({ ...app, databaseName: 'users_db' })).toHaveProperty(
      'problems',
    );
  });

  it.each(
    Object.keys(requestSchema().shape).filter(
      field => !(field in appSchema().shape),
    ),
  )('a request with %s is one for a database', field => {
    expect(isDatabaseRequest({ ...app, [field]: undefined })).toBe(true);
    expect(isDatabaseRequest(app)).toBe(false);
  });
});
