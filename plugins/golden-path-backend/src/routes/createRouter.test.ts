import { setTimeout as sleep } from 'node:timers/promises';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  CATALOG_PATH,
  catalogEntry,
  standaloneTfvarsPath,
  STATUS_STEPS,
} from '@goldenpath/plugin-golden-path-common';
import {
  createGoldenPathConditionalDecision,
  goldenPathConditions,
} from '../permissions/rules';
import { expectDescribed } from '../testing/described';
import { databaseOf } from '../testing/databaseOf';
import {
  PATIENT_MS,
  Policy,
  ServedRoutes,
  serveRoutes,
} from '../testing/serveRoutes';

const OTHERS = 'group:default/payments';
/** In place of every secret that a source could leak. */
const CANARY = 'canary-7f3a';

const TFVARS = standaloneTfvarsPath('dev');
const PLAN = {
  component_id: 'order-service',
  databaseName: 'orders_db',
  username: 'orders_user',
  owner: 'group:default/platform-team',
  environment: 'dev',
};

/** The policy of the README: each team sees its own databases. Jane is of platform-team. */
const OWN_ONLY: Policy = permission =>
  permission.type === 'resource' && permission.name.startsWith('goldenpath.')
    ? createGoldenPathConditionalDecision(
        Object(permission),
        goldenPathConditions.isOwnedByMe({
          claims: ['user:default/jane', 'group:default/Platform-Team'],
        }),
      )
    : { result: AuthorizeResult.ALLOW };
const DENY_ALL: Policy = () => ({ result: AuthorizeResult.DENY });
const ALLOW_ALL: Policy = () => ({ result: AuthorizeResult.ALLOW });

describe('routes', () => {
  let routes: ServedRoutes;
  beforeAll(async () => {
    routes = await serveRoutes(
      [
        databaseOf({ databaseName: 'users_db', component: 'user-service' }),
        databaseOf({ databaseName: 'carts_db', environment: 'prod' }),
        databaseOf({
          databaseName: 'bills_db',
          ownerRef: OTHERS,
          problem: { kind: 'drifted', evidence: 'A grant is missing.' },
        }),
        databaseOf({
          databaseName: 'failed_db',
          step: 'pull_request',
          problem: { kind: 'failed', evidence: 'It was closed.' },
        }),
      ],
      {
        entities: [
          'component:default/ledger',
          'component:default/user-service',
        ],
      },
    );
  });
  afterAll(() => routes?.stop());
  beforeEach(() => {
    routes.state.policy = ALLOW_ALL;
    routes.state.now += 60_000;
    routes.state.answerWithinMs = PATIENT_MS;
    routes.audit.length = 0;
    routes.github.requests.length = 0;
    routes.github.faults.length = 0;
  });

  const list = async (query = '') => {
    const { status, body } = await routes.ask(`/databases${query}`);
    expectDescribed('get', '/databases', status, body);
    return body;
  };
  const get = async (environment: string, databaseName: string) => {
    const answer = await routes.ask(
      `/databases/${environment}/${databaseName}`,
    );
    expectDescribed(
      'get',
      '/databases/{environment}/{databaseName}',
      answer.status,
      answer.body,
    );
    return answer;
  };
  const checkNames = async (names: Record<string, string>) => {
    const { status, body } = await routes.ask(
      `/names?${new URLSearchParams(names)}`,
    );
    expectDescribed('get', '/names', status, body);
    return body;
  };
  const plan = async (fields: object) => {
    const { status, body } = await routes.ask('/plans', { body: fields });
    expectDescribed('post', '/plans', status, body);
    return body;
  };
  const namesOf = ({ items }: { items: Array<{ databaseName: string }> }) =>
    items.map(one => one.databaseName);

  it('publishes its description', async () => {
    const { body } = await routes.ask('/openapi.json');
    expect(Object.keys(body.paths).sort()).toEqual([
      '/api/golden-path/databases',
      '/api/golden-path/databases/{environment}/{databaseName}',
      '/api/golden-path/names',
      '/api/golden-path/plans',
    ]);
  });

  it.each(['/databases', '/databases/dev/users_db', '/names', '/plans'])(
    'answers nobody who is not signed in (%s)',
    async path => {
      const { status } = await routes.ask(path, {
        user: '',
        ...(path === '/plans' && { body: PLAN }),
      });
      expect(status).toBe(401);
    },
  );

  describe('GET /databases', () => {
    it.each([
      ['', ['bills_db', 'failed_db', 'users_db', 'carts_db']],
      ['?environment=prod', ['carts_db']],
      [`?owner=${encodeURIComponent(OTHERS)}`, ['bills_db']],
      ['?status=drifted', ['bills_db']],
      ['?status=pull_request', ['failed_db']],
      ['?text=user-service', ['users_db']],
      ['?component=user-service', ['users_db']],
      ['?environment=nowhere', []],
    ])('lists %s', async (query, expected) => {
      const page = await list(query);
      expect({ names: namesOf(page), total: page.total }).toEqual({
        names: expected,
        total: expected.length,
      });
    });

    it('goes on where a page ends', async () => {
      const first = await list('?limit=3');
      const second = await list(`?limit=3&cursor=${first.nextCursor}`);
      expect([...namesOf(first), ...namesOf(second)]).toEqual(
        namesOf(await list()),
      );
      expect(second).toMatchObject({ total: 4 });
      expect(second).not.toHaveProperty('nextCursor');
    });

    it.each(['limit=0', 'limit=5001', 'limit=x', 'status=odd', 'colour=red'])(
      'refuses ?%s',
      async query => {
        const { status, body } = await routes.ask(`/databases?${query}`);
        expect(status).toBe(400);
        expect(body.error.message).toContain(query.split('=')[0]);
      },
    );

    it('neither shows nor counts what the caller may not see', async () => {
      routes.state.policy = OWN_ONLY;
      const page = await list();
      expect(namesOf(page)).toEqual(['failed_db', 'users_db', 'carts_db']);
      expect(page.total).toBe(3);
      expect((await list('?text=bills')).total).toBe(0);
    });

    it('is empty for whoever may see nothing', async () => {
      routes.state.policy = DENY_ALL;
      expect(await list()).toEqual({ items: [], total: 0 });
    });
  });

  describe('GET /databases/{environment}/{databaseName}', () => {
    it('has everything that is known', async () => {
      const { status, body } = await get('dev', 'users_db');
      expect(status).toBe(200);
      expect(body).toMatchObject({ requestId: 'dev-users_db' });
      expect(STATUS_STEPS).toContain(body.step);
    });

    it('tells a hidden database from none in no way', async () => {
      const none = await get('dev', 'other_db');
      routes.state.policy = OWN_ONLY;
      const hidden = await get('dev', 'bills_db');
      expect([none.status, hidden.status]).toEqual([404, 404]);
      expect(hidden.body.error.message.replace('bills', 'other')).toBe(
        none.body.error.message,
      );
      expect((await get('dev', 'users_db')).status).toBe(200);
    });

    it('asks GitHub nothing', async () => {
      await get('dev', 'users_db');
      await list();
      expect(routes.github.requests).toEqual([]);
    });
  });

  describe('GET /names', () => {
    it('finds free names', async () => {
      expect(
        await checkNames({
          environment: 'dev',
          component_id: 'order-service',
          databaseName: 'orders_db',
          username: 'orders_user',
        }),
      ).toEqual({
        names: ['component_id', 'databaseName', 'username'].map(field => ({
          field,
          state: 'free',
          message: '',
        })),
      });
    });

    it.each([
      [
        { databaseName: 'users_db' },
        'Database name: users_db is requested or exists in dev already, for user-service of group:default/platform-team; choose another name.',
      ],
      [
        { username: 'users_db_user' },
        'Database user: users_db_user is the role of users_db in dev already; choose another name.',
      ],
      [
        { component_id: 'user-service' },
        'App name: user-service has the database users_db in dev already (to request one for it in another environment, check "The app exists already"); choose another name.',
      ],
      [
        { component_id: 'ledger' },
        'App name: the catalog has component:default/ledger already; choose another name.',
      ],
    ])('says who has %j', async (names, message) => {
      expect(await checkNames({ environment: 'dev', ...names })).toEqual({
        names: [{ field: Object.keys(names)[0], state: 'taken', message }],
      });
    });

    it('finds the repository on GitHub', async () => {
      routes.github.addRepo('acme/old-service', '');
      const { names } = await checkNames({ component_id: 'old-service' });
      expect(names[0].state).toBe('taken');
      expect(names[0].message).toMatch(
        /^App name: the repository http\S+\/acme\/old-service exists already; choose another name\.$/,
      );
    });

    it('does not say who has a name that the caller may not see', async () => {
      routes.state.policy = OWN_ONLY;
      const { names } = await checkNames({
        environment: 'dev',
        component_id: 'bills-db-service',
        databaseName: 'bills_db',
      });
      const role = await checkNames({
        environment: 'dev',
        username: 'bills_db_user',
      });
      expect([...names, ...role.names]).toEqual([
        {
          field: 'component_id',
          state: 'taken',
          message: 'App name: bills-db-service is taken; choose another name.',
        },
        {
          field: 'databaseName',
          state: 'taken',
          message:
            'Database name: bills_db is taken in dev; choose another name.',
        },
        {
          field: 'username',
          state: 'taken',
          message:
            'Database user: bills_db_user is taken in dev; choose another name.',
        },
      ]);
    });

    it('takes the name of a request that failed before the merge as free', async () => {
      const { names } = await checkNames({
        environment: 'dev',
        databaseName: 'failed_db',
      });
      expect(names[0].state).toBe('free');
    });

    it('answers an invalid name in the words of the contract, and asks nobody', async () => {
      const { names } = await checkNames({ component_id: 'Order_Service' });
      expect(names).toEqual([
        {
          field: 'component_id',
          state: 'invalid',
          message:
            'App name: use lower-case letters, digits and single hyphens between them, such as user-service. Got "Order_Service".',
        },
      ]);
      expect(routes.github.requests).toEqual([]);
    });

    it.each([
      [{ databaseName: 'orders_db' }, ''],
      [{ username: 'orders_user', environment: 'moon' }, ' Got "moon".'],
    ])('requires an environment for %j', async (names, got) => {
      const { error } = await checkNames(names);
      expect(error.message).toBe(
        `Environment: choose one of dev, test, staging, prod.${got}`,
      );
    });

    it.each([
      ['fails', { status: 502 }],
      ['is slow', { status: undefined, delayMs: 3_000 }],
      ['limits its rate', { status: 429, headers: { 'retry-after': '1' } }],
    ])('is unknown and in time while GitHub %s', async (_what, fault) => {
      routes.state.answerWithinMs = 500;
      routes.github.faults.push({
        method: 'GET',
        path: /slow/,
        times: 100,
        ...fault,
      });
      const answers = await Promise.all(
        Array.from({ length: 5 }, () =>
          checkNames({
            component_id: `slow-${fault.status ?? 'answer'}`,
          }),
        ),
      );
      for (const { names } of answers)
        expect(names).toMatchObject([{ state: 'unknown' }]);
      // All of them asked once.
      expect(routes.github.requests).toHaveLength(1);
      // Our client remembers a limit as long as it lasts.
      if ('headers' in fault) await sleep(1_100);
    });

    it('asks GitHub about so many names only, whoever asks', async () => {
      const ask = async (prefix: string, count: number) => {
        routes.github.requests.length = 0;
        const answers = await Promise.all(
          Array.from({ length: count }, (_, n) =>
            checkNames({ component_id: `${prefix}-${n}-app` }),
          ),
        );
        const states = answers.map(({ names }) => names[0].state);
        return {
          asked: routes.github.requests.length,
          unknown: states.filter(state => state === 'unknown').length,
        };
      };
      expect(await ask('a', 90)).toEqual({ asked: 20, unknown: 70 });
      routes.state.now += 6_000;
      expect(await ask('b', 10)).toEqual({ asked: 3, unknown: 7 });
      // An answer that is known, a name that is taken and one that is invalid need no call.
      for (const [component_id, state] of [
        ['b-0-app', 'free'],
        ['user-service', 'taken'],
        ['ledger', 'taken'],
        ['Not_A_Name', 'invalid'],
      ])
        expect((await checkNames({ component_id })).names).toMatchObject([
          { state },
        ]);
      expect(routes.github.requests).toHaveLength(3);
      routes.state.now += 3_600_000;
      expect(await ask('c', 90)).toEqual({ asked: 20, unknown: 70 });
    });

    it('asks GitHub again after ten seconds, not before', async () => {
      const ask = () => checkNames({ component_id: 'new-service' });
      await ask();
      routes.state.now += 9_999;
      await ask();
      expect(routes.github.requests).toHaveLength(1);
      routes.state.now += 1;
      await ask();
      expect(routes.github.requests).toHaveLength(2);
    });

    it('is only for those who may request', async () => {
      routes.state.policy = DENY_ALL;
      const { error } = await checkNames({ component_id: 'new-service' });
      expect(error.name).toBe('NotAllowedError');
    });
  });

  describe('POST /plans', () => {
    it('tells what comes of a request, and changes nothing', async () => {
      expect(await plan({ ...PLAN, size: 'small', risk: 'access' })).toEqual({
        requestId: 'dev-orders_db',
        problems: [],
        repositoryUrl: `http://${routes.github.host}/acme/order-service`,
        pullRequest: {
          title: 'Create RDS database orders_db (dev)',
          branch: 'database/dev/orders_db',
          labels: ['rds-database', 'dev', 'access-risk'],
        },
        secretName: 'goldenpath/dev/orders_db/postgres',
        kubernetesSecretName: 'order-service-db-creds',
        entityRef: 'resource:default/rds-dev-orders_db',
        approvals: [
          'A reviewer of platform-team approves the pull request.',
          'Every 14 days, platform-team reviews who has access, because the risk is access.',
        ],
      });
      expect(
        routes.github.requests.filter(({ method }) => method !== 'GET'),
      ).toEqual([]);
    });

    it('names all approvers of a large database in production', async () => {
      routes.github.files.set('goldenpath.yaml', 'approvers: dba-team\n');
      const { approvals } = await plan({
        ...PLAN,
        environment: 'prod',
        size: 'xlarge',
      });
      routes.github.files.delete('goldenpath.yaml');
      expect(approvals).toEqual([
        'A reviewer of platform-team approves the pull request.',
        'A reviewer of dba-team approves the size xlarge.',
        'After the merge, a reviewer of the GitHub environment prod approves the plan.',
      ]);
    });

    it('lists broken rules and taken names together', async () => {
      const { problems, approvals } = await plan({
        ...PLAN,
        databaseName: 'users_db',
        username: 'X',
        size: 'large',
      });
      expect(problems.map(({ field }: { field: string }) => field)).toEqual([
        'username',
        'username',
        'size',
        'databaseName',
      ]);
      expect(approvals).toEqual([]);
    });

    it('takes the name of an app that exists only in a promotion', async () => {
      const promotion = {
        ...PLAN,
        component_id: 'user-service',
        environment: 'prod',
      };
      expect((await plan(promotion)).problems).toMatchObject([
        { field: 'component_id' },
      ]);
      const ask = () => plan({ ...promotion, existingApp: true });
      expect((await ask()).problems).toEqual([
        {
          field: 'component_id',
          message: expect.stringContaining(
            "the repository acme/user-service doesn't exist",
          ),
        },
      ]);
      routes.github.addRepo('acme/user-service', '');
      routes.state.now += 60_000;
      const { problems, repositoryUrl } = await ask();
      expect({ problems, repositoryUrl }).toEqual({ problems: [] });
    });

    it.each([
      ['checkout-team', 'user:default/jane is not a member of group:default/'],
      ['no-team', 'the catalog has no group:default/no-team'],
    ])('says who may not request for %s', async (owner, reason) => {
      const { problems } = await plan({ ...PLAN, owner });
      expect(problems).toEqual([
        { field: 'owner', message: expect.stringContaining(reason) },
      ]);
    });

    it('takes no existing app that the catalog does not have', async () => {
      const { problems } = await plan({
        ...PLAN,
        component_id: 'gone-service',
        existingApp: true,
      });
      expect(problems).toEqual([
        {
          field: 'component_id',
          message: expect.stringContaining(
            'the catalog has no component:default/gone-service',
          ),
        },
      ]);
    });

    it('finds what the infra repo declares and no status has yet', async () => {
      routes.github.files.set(
        TFVARS,
        'application_databases = {\n  orders = {\n    database_name = "orders_db"\n    username      = "another"\n  }\n}\n',
      );
      const { problems } = await plan(PLAN);
      routes.github.files.set(TFVARS, 'application_databases = {\n}\n');
      expect(problems).toMatchObject([{ field: 'databaseName' }]);
    });

    describe('of a caller who may not see the database in the way', () => {
      const catalogOf = (name: string, username: string) =>
        JSON.stringify({
          version: '1.0',
          databases: {
            dev: {
              [name]: {
                ...catalogEntry(
                  {
                    environment: 'dev',
                    databaseName: name,
                    component_id: 'secret-app',
                    username,
                    owner: 'payments',
                    requestedBy: 'paula',
                    domain: 'delivery',
                    risk: 'high',
                    size: 'small',
                  },
                  { createdDate: '2026-11-24' },
                ),
              },
            },
          },
        });
      const tfvarsOf = (name: string, username: string) =>
        `application_databases = {\n  ${name} = {\n    database_name = "${name}"\n    username      = "${username}"\n  }\n}\n`;
      /** Facts of the others' database that the caller didn't ask for, and where the infra repo has them. */
      const FACTS =
        /bills_db|hidden_role|secret-app|payments|paula|high|\.yaml|tfvars|:\d/;
      let before: Map<string, string>;
      beforeEach(() => {
        before = new Map(routes.github.files);
        routes.state.policy = OWN_ONLY;
      });
      afterEach(() => {
        for (const [path, text] of before) routes.github.files.set(path, text);
      });
      const declare = (name: string, username: string) => {
        routes.github.files.set(CATALOG_PATH, catalogOf(name, username));
        routes.github.files.set(TFVARS, tfvarsOf(name, username));
      };
      const NAME =
        'Database name: orders_db is taken in dev; choose another name.';
      const ROLE =
        'Database user: orders_user is taken in dev; choose another name.';

      it.each([
        ['bills_db', 'orders_user', 'username', ROLE],
        ['orders_db', 'hidden_role', 'databaseName', NAME],
      ])(
        'says that %s (%s) is taken, and nothing of whose it is',
        async (name, username, field, message) => {
          declare(name, username);
          const { problems } = await plan(PLAN);
          expect(problems).toEqual([{ field, message }]);
          expect(problems[0].message).not.toMatch(FACTS);
        },
      );

      it('hides both when name and role are those of two databases', async () => {
        routes.github.files.set(
          CATALOG_PATH,
          catalogOf('orders_db', 'hidden_role'),
        );
        routes.github.files.set(TFVARS, tfvarsOf('bills_db', 'orders_user'));
        expect((await plan(PLAN)).problems).toEqual([
          { field: 'databaseName', message: NAME },
          { field: 'username', message: ROLE },
        ]);
      });

      it('hides what is wrong in a file, also beside a conflict', async () => {
        declare('orders_db', 'hidden_role');
        routes.github.files.set(
          TFVARS,
          `application_databases = {\n  bills_db = 1\n}\n`,
        );
        const { problems } = await plan(PLAN);
        expect(problems).toEqual([
          {
            field: '(platform)',
            message:
              "Can't add a database for dev to the infra repo: one of its files has a mistake. Tell the platform team; Backstage's log has the place.",
          },
        ]);
        expect(routes.logged.join('\n')).toContain('hidden_role');
      });

      it('tells everything of a database of the own team', async () => {
        declare('users_db', 'orders_user');
        expect((await plan(PLAN)).problems).toEqual([
          {
            field: 'username',
            message: expect.stringContaining('belongs to database "users_db"'),
          },
        ]);
      });

      it('tells everything to those who may see every database', async () => {
        routes.state.policy = ALLOW_ALL;
        declare('orders_db', 'hidden_role');
        expect((await plan(PLAN)).problems).toEqual([
          {
            field: 'databaseName',
            message: expect.stringContaining('hidden_role'),
          },
        ]);
      });
    });

    it('says that it is incomplete while GitHub fails', async () => {
      routes.github.faults.push({
        method: 'GET',
        path: /contents/,
        times: 100,
        status: 503,
      });
      const { problems, pullRequest } = await plan(PLAN);
      expect(problems).toEqual([
        {
          field: '(platform)',
          message:
            "Can't read the infra repo on GitHub now, so this plan is incomplete. Try again in a minute; if it lasts, tell the platform team.",
        },
      ]);
      expect(pullRequest.branch).toBe('database/dev/orders_db');
    });

    it('asks GitHub the same once in ten seconds', async () => {
      await Promise.all([plan(PLAN), plan(PLAN), plan(PLAN)]);
      const paths = routes.github.requests.map(({ path }) => path);
      await plan(PLAN);
      expect(routes.github.requests.map(({ path }) => path)).toEqual(paths);
    });

    it('is only for those who may request', async () => {
      routes.state.policy = DENY_ALL;
      const { status } = await routes.ask('/plans', { body: PLAN });
      expect(status).toBe(403);
    });

    it('refuses a field that it does not know', async () => {
      const { status } = await routes.ask('/plans', {
        body: { ...PLAN, requestedBy: 'eve' },
      });
      expect(status).toBe(400);
    });
  });

  it('gives Backstage the resources of its permissions by request id', async () => {
    const [{ getResources, permissions }] = routes.registered;
    expect(permissions).toHaveLength(4);
    expect(await getResources!(['dev-users_db', 'dev-none'])).toMatchObject([
      { databaseName: 'users_db', ownerRef: 'group:default/platform-team' },
      undefined,
    ]);
  });

  it('records each request in the audit, with its outcome', async () => {
    await list('?environment=dev');
    await get('dev', 'users_db');
    await get('dev', 'other_db');
    await checkNames({ component_id: 'new-service' });
    await plan(PLAN);
    expect(
      routes.audit.map(({ eventId, meta, outcome }) => [
        eventId,
        meta,
        outcome?.slice(0, 25),
      ]),
    ).toEqual([
      [
        'database-fetch',
        { queryType: 'list', query: { environment: 'dev', limit: 100 } },
        'success',
      ],
      [
        'database-fetch',
        {
          queryType: 'by-name',
          environment: 'dev',
          databaseName: 'users_db',
        },
        'success',
      ],
      [
        'database-fetch',
        {
          queryType: 'by-name',
          environment: 'dev',
          databaseName: 'other_db',
        },
        'fail: There is no databas',
      ],
      ['name-check', { query: { component_id: 'new-service' } }, 'success'],
      [
        'request-plan',
        {
          environment: 'dev',
          databaseName: 'orders_db',
          component_id: 'order-service',
          owner: 'group:default/platform-team',
        },
        'success',
      ],
    ]);
  });

  it('shows no secret, no SQL and no stack, whatever fails', async () => {
    routes.github.faults.push({
      method: 'GET',
      path: /./,
      times: 1_000,
      status: 500,
      body: { message: `token ${CANARY}` },
    });
    const asked = async () => [
      await routes.ask('/databases'),
      await routes.ask('/databases/dev/users_db'),
      await routes.ask(
        '/names?environment=dev&component_id=c-service&databaseName=c_db&username=c_user',
      ),
      await routes.ask('/plans', { body: { ...PLAN, description: 'x' } }),
    ];
    const answers = await asked();
    await routes.knex.schema.renameTable('goldenpath_databases', CANARY);
    const failures = await asked();
    await routes.knex.schema.renameTable(CANARY, 'goldenpath_databases');
    expect(failures.map(({ status }) => status)).toEqual([500, 500, 500, 500]);
    for (const { text } of [...answers, ...failures])
      expect(text).not.toMatch(
        new RegExp(
          `${CANARY}|fake-token|select|goldenpath_|node_modules|\\.ts:`,
        ),
      );
    expect(JSON.stringify(routes.audit)).not.toMatch(/goldenpath_databases/);
    // The reason is for the log.
    expect(routes.logged.join('\n')).toContain('goldenpath_databases');
  });
});
