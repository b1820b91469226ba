import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  auditPath,
  CATALOG_PATH,
  DatabaseStatus,
  DatabaseSummary,
  masterSecretName,
  RequestPlan,
  secretName,
  standaloneTfvarsPath,
} from '@goldenpath/plugin-golden-path-common';
import { parse } from 'yaml';
import { askHost } from '../support/askHost';
import {
  BackstageClient,
  signInAsGuest,
  TaskEvent,
} from '../support/backstage';
import { describeForm } from '../support/describeForm';
import {
  clone,
  GitHubClient,
  githubClient,
  PullRequest,
} from '../support/github';
import { connectMcp } from '../support/mcp';
import { itWhen } from '../support/needs';
import {
  newPlace,
  Place,
  removePlace,
  RunningPlatform,
  spawnPlatform,
  startPlatform,
  until,
} from '../support/platform';
import { query } from '../support/postgres';
import { processTree, stillThere } from '../support/processes';
import { findPython } from '../support/python';
import { runApp } from '../support/runApp';
import { operatorSecret, readSecret, secretNames } from '../support/secrets';

const parcels = {
  component_id: 'parcel-tracker',
  databaseName: 'parcels_db',
  username: 'parcels_app',
  owner: 'group:default/checkout-team',
  environment: 'dev',
  description: 'Where is my parcel? "Ünïcode" 📦 # : {{ }}',
};
const orders = {
  ...parcels,
  component_id: 'order-desk',
  databaseName: 'orders_db',
  username: 'orders_app',
  description: 'Orders',
};

const ORDERS_NEWS = [
  'orders_db (dev): the database is ready',
  'orders_db (dev): the pull request is merged',
  'orders_db (dev): the pull request waits for a review',
];

interface Notification {
  updated?: string;
  payload: { title: string };
}
const titlesOf = (notifications: Notification[]) =>
  notifications.map(({ payload }) => payload.title).sort();

const python = findPython();

describe('one form, two outcomes', () => {
  let place: Place;
  let platform: RunningPlatform;
  let backstage: BackstageClient;
  let infra: GitHubClient;
  let caFile: string;
  const logs: Record<string, string> = {};
  /** Their ids, by app. */
  const tasks: Record<string, string> = {};

  beforeAll(async () => {
    place = await newPlace();
    platform = await startPlatform(place, 'make');
    backstage = await signInAsGuest(platform.backstage);
    infra = githubClient(
      platform.githubApi,
      'acme/platform-infra',
      platform.githubToken,
    );
    caFile = (
      await infra.json<{ value: string }>(
        '/repos/acme/platform-infra/actions/variables/GOLDENPATH_CA_FILE',
      )
    ).value;
  });
  afterAll(async () => {
    await platform?.stop();
    removePlace(place);
  });

  const request = async (values: typeof parcels) => {
    const { status, id, body } = await backstage.createTask(values);
    expect({ status, body }).toEqual({ status: 201, body: { id } });
    tasks[values.component_id] = id;
    const task = await backstage.finished(id);
    logs[`task ${values.component_id}`] = JSON.stringify(task.events);
    expect({
      status: task.status,
      says: task.status === 'completed' ? '' : textOf(task.events),
    }).toEqual({ status: 'completed', says: '' });
    return task;
  };

  const openPullRequest = async (
    databaseName: string,
  ): Promise<PullRequest> => {
    const found = (await infra.pullRequests('open')).find(
      pull => pull.head.ref === `database/dev/${databaseName}`,
    );
    if (!found) throw new Error(`No open pull request for ${databaseName}.`);
    return found;
  };

  const mergeAndApply = async (databaseName: string) => {
    const pull = await openPullRequest(databaseName);
    const before = Math.max(...(await infra.runs()).map(run => run.id));
    const merged = await infra.merge(pull.number);
    expect(merged.status).toBe(200);
    const run = await infra.finishedRun('rds-database-apply.yml', before);
    logs[`apply ${databaseName}`] = await infra.runLog(run.id);
    expect({
      conclusion: run.conclusion,
      log: run.conclusion === 'success' ? '' : logs[`apply ${databaseName}`],
    }).toEqual({
      conclusion: 'success',
      log: '',
    });
    return pull;
  };

  const notifications = async (databaseName: string) => {
    const answer = await backstage.get('/api/notifications?limit=100');
    const all = ((await answer.json()) as { notifications: Notification[] })
      .notifications;
    return all.filter(({ payload }) => payload.title.startsWith(databaseName));
  };

  const backstageQuery = (sql: string) => {
    const { databases } = JSON.parse(
      readFileSync(join(place.stateDir, 'postgres-passwords.json'), 'utf8'),
    ) as { databases: { backstage: string } };
    return query(
      {
        host: 'localhost',
        port: place.ports.postgres,
        user: 'backstage',
        password: databases.backstage,
        database: 'backstage',
        caFile,
      },
      sql,
    );
  };

  const appCredentials = async (databaseName: string) => {
    const secret = await readSecret(
      platform.secretsManager,
      secretName('dev', databaseName),
    );
    return {
      host: String(secret.host),
      port: Number(secret.port),
      user: String(secret.username),
      password: String(secret.password),
      database: String(secret.dbname),
      caFile,
    };
  };

  describe('a form with ordinary values', () => {
    it('completes, and links its app repo, catalog entity, run and pull request', async () => {
      const task = await request(parcels);
      const { links = [] } = task.events.find(
        event => event.type === 'completion',
      )!.body.output!;
      const pull = await openPullRequest('parcels_db');
      const [run] = (await infra.runs()).filter(one =>
        one.path.endsWith('create-rds-database.yml'),
      );
      expect(run).toMatchObject({
        display_title: `database dev-parcels_db ${task.id}`,
        conclusion: 'success',
        event: 'workflow_dispatch',
      });
      const urls = links.map(link => link.url ?? link.entityRef);
      expect(urls).toEqual(
        expect.arrayContaining([
          `${platform.github}/acme/parcel-tracker`,
          'component:default/parcel-tracker',
          run.html_url,
          pull.html_url,
        ]),
      );
      for (const url of [
        run.html_url,
        pull.html_url,
        `${platform.github}/acme/parcel-tracker`,
      ]) {
        expect((await fetch(url)).status).toBe(200);
      }
      logs['create run'] = await infra.runLog(run.id);
    });

    it('opens a pull request that changes both files', async () => {
      const pull = await openPullRequest('parcels_db');
      expect(pull.title).toBe('Create RDS database parcels_db (dev)');
      expect(pull.labels.map(label => label.name).sort()).toEqual([
        'dev',
        'medium-risk',
        'rds-database',
      ]);
      expect(pull.requested_teams.map(({ slug }) => slug)).toEqual([
        'checkout-team',
      ]);
      expect(pull.body).toContain(
        '<!-- goldenpath request=dev-parcels_db task=',
      );
      expect((await infra.pullRequestFiles(pull.number)).sort()).toEqual([
        CATALOG_PATH,
        standaloneTfvarsPath('dev'),
      ]);
      const tfvars = await infra.file(
        standaloneTfvarsPath('dev'),
        pull.head.ref,
      );
      expect(tfvars).toMatch(
        /parcels_db = \{\s*database_name\s*= "parcels_db"\s*username\s*= "parcels_app"\s*connection_limit\s*= 100\s*\}/,
      );
      const catalog = parse((await infra.file(CATALOG_PATH, pull.head.ref))!);
      expect(catalog.databases.dev.parcels_db).toEqual({
        metadata: {
          id: 'DATABASE_DEV_PARCELS_DB',
          component: 'parcel-tracker',
          owner: 'checkout-team',
          requested_by: 'guest',
          domain: 'delivery',
          risk: 'medium',
          status: 'pending',
          created_date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
        },
        configuration: {
          username: 'parcels_app',
          size_tier: 'small',
          instance_class: 'db.t3.micro',
          secret_path: 'goldenpath/dev/parcels_db/postgres',
        },
      });
      logs['pull request'] =
        JSON.stringify(pull) + tfvars + JSON.stringify(catalog);
    });

    it('registers the app in the catalog with its owner', async () => {
      const entity = await until(async () => {
        const answer = await backstage.get(
          '/api/catalog/entities/by-name/component/default/parcel-tracker',
        );
        return answer.ok
          ? ((await answer.json()) as {
              spec: { owner: string };
              metadata: { description: string };
            })
          : undefined;
      }, 'the component in the catalog');
      expect(entity.spec.owner).toMatch(/checkout-team$/);
      expect(entity.metadata.description).toBe(parcels.description);
    });

    it('creates nothing on the instance before the merge', async () => {
      expect(await secretNames(platform.secretsManager)).not.toContain(
        'goldenpath/dev/parcels_db/postgres',
      );
      const master = await readSecret(
        platform.secretsManager,
        masterSecretName('dev'),
      );
      const found = await query(
        {
          host: String(master.host),
          port: Number(master.port),
          user: String(master.username),
          password: String(master.password),
          database: 'postgres',
          caFile,
        },
        "SELECT rolname FROM pg_roles WHERE rolname = 'parcels_app' UNION SELECT datname FROM pg_database WHERE datname = 'parcels_db'",
      );
      expect(found).toEqual([]);
    });
  });

  describe('after the merge, with nothing else touched', () => {
    it('secret, role, database and grants exist', async () => {
      await mergeAndApply('parcels_db');
      const credentials = await appCredentials('parcels_db');
      expect(credentials).toMatchObject({
        user: 'parcels_app',
        database: 'parcels_db',
        port: place.ports.postgres,
      });
      const [observed] = await query<Record<string, unknown>>(
        credentials,
        `SELECT current_user AS role, current_database() AS database, pg_get_userbyid(datdba) AS owner,
                has_database_privilege(current_user, datname, 'CONNECT, CREATE, TEMPORARY') AS granted,
                has_database_privilege('public', datname, 'CONNECT') AS public_connects,
                (SELECT rolcreatedb OR rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user) AS powerful
           FROM pg_database WHERE datname = current_database()`,
      );
      expect(observed).toEqual({
        role: 'parcels_app',
        database: 'parcels_db',
        owner: 'parcels_app',
        granted: true,
        public_connects: false,
        powerful: false,
      });
    });

    it('the audit and the status are committed to the infra repo', async () => {
      const audit = await infra.file(auditPath('dev'));
      const rows = audit!.trim().split(/\r?\n/);
      expect(rows[0]).toBe(
        'timestamp_utc,environment,build_id,run_id,database,username,action,status,duration_ms,message,run_url',
      );
      const actions = rows
        .slice(1)
        .map(row => row.split(',').slice(4, 8).join(','));
      expect(actions).toEqual(
        expect.arrayContaining([
          'parcels_db,parcels_app,create_role,success',
          'parcels_db,parcels_app,create_database,success',
        ]),
      );
      logs.audit = audit!;
      const catalog = parse((await infra.file(CATALOG_PATH))!);
      expect(catalog.databases.dev.parcels_db.metadata.status).toBe('active');
    });

    it('the commit of the audit starts no other run', async () => {
      const applies = (await infra.runs()).filter(run =>
        run.path.endsWith('rds-database-apply.yml'),
      );
      expect(applies).toHaveLength(1);
    });
  });

  describe('the app repo, cloned', () => {
    let folder: string;
    let env: Record<string, string>;

    beforeAll(async () => {
      folder = join(place.stateDir, 'clone');
      clone(`${platform.github}/acme/parcel-tracker`, folder);
    });

    it('has an ExternalSecret whose keys are in the secret', async () => {
      const manifest = parse(
        readFileSync(join(folder, 'deploy/base/externalsecret.yaml'), 'utf8'),
      );
      expect(manifest.apiVersion).toBe('external-secrets.io/v1');
      const { name, data } = await operatorSecret(
        manifest,
        platform.secretsManager,
      );
      expect(name).toBe('parcel-tracker-db-creds');
      const { password } = await appCredentials('parcels_db');
      expect(data).toEqual({
        DB_HOST: 'localhost',
        DB_PORT: String(place.ports.postgres),
        DB_NAME: 'parcels_db',
        DB_USER: 'parcels_app',
        DB_PASS: password,
      });
      // The image has the CA of RDS; this PostgreSQL has its own.
      env = { ...data, DB_SSLROOTCERT: caFile };
    });

    // Uses Debian's Flask, psycopg2 and gunicorn instead of the versions that requirements.txt pins.
    itWhen(Boolean(python), 'Python with Flask, psycopg2, gunicorn and pytest')(
      'answers over its own database, and says 503 with a wrong password',
      async () => {
        const right = { ...env, LOG_LEVEL: 'debug' };
        logs['app right'] = await runApp(python!, folder, right, async url => {
          const ready = await fetch(`${url}/ready`);
          const text = await ready.text();
          expect({ status: ready.status, text }).toEqual({
            status: 200,
            text: expect.stringContaining('ready'),
          });
          expect((await fetch(`${url}/health`)).status).toBe(200);
        });
        expect(logs['app right']).toContain('"database": "parcels_db"');
        const wrong = { ...env, DB_PASS: 'wrong' };
        logs['app wrong'] = await runApp(python!, folder, wrong, async url => {
          expect((await fetch(`${url}/ready`)).status).toBe(503);
          expect((await fetch(`${url}/health`)).status).toBe(200);
        });
      },
    );
  });

  describe('a second app beside the first, requested by a program', () => {
    const key = { environment: 'dev', databaseName: 'orders_db' };
    let mcp: Awaited<ReturnType<typeof connectMcp>>;

    beforeAll(async () => {
      mcp = await connectMcp(platform.backstage, backstage.token);
    });
    afterAll(() => mcp?.close());

    const explain = () =>
      mcp.call<{ explanation: string; status: DatabaseStatus }>(
        'golden-path.explain-request',
        key,
      );
    const untilDone = (step: string) =>
      until(async () => {
        const { status, explanation } = await explain();
        logs['explained to a program'] = JSON.stringify(status) + explanation;
        return status.steps.find(
          ({ name, state }) => name === step && state === 'done',
        );
      }, `${step} to be done`);

    it('lists its tools, and what each may do', async () => {
      const read = {
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
      };
      expect(await mcp.hints()).toMatchObject({
        'golden-path.list-databases': read,
        'golden-path.explain-request': read,
        'golden-path.plan-request': read,
        'golden-path.request-database': {
          readOnlyHint: false,
          destructiveHint: false,
          idempotentHint: false,
        },
      });
    });

    it('follows the request from its plan until the database is ready', async () => {
      await expect(explain()).rejects.toThrow('NotFoundError');
      const plan = (fields: object) =>
        mcp.call<RequestPlan>('golden-path.plan-request', { ...fields });
      expect(await plan(orders)).toMatchObject({
        problems: [],
        secretName: secretName('dev', 'orders_db'),
      });
      expect((await plan(parcels)).problems).not.toEqual([]);
      await expect(
        mcp.call('golden-path.request-database', parcels),
      ).rejects.toThrow('Nothing was requested.');

      const { taskId } = await mcp.call<{ taskId: string }>(
        'golden-path.request-database',
        orders,
      );
      expect(await backstage.finished(taskId)).toMatchObject({
        status: 'completed',
      });
      expect(await untilDone('pull_request')).toMatchObject({
        url: (await openPullRequest('orders_db')).html_url,
      });
      // A pull request that nobody saw open waits for no review.
      await until(
        async () => (await notifications('orders_db')).length === 1,
        'the notification of the pull request',
      );
      await mergeAndApply('orders_db');
      await untilDone('provisioned');
      const { items } = await mcp.call<{ items: DatabaseSummary[] }>(
        'golden-path.list-databases',
        { text: 'orders' },
      );
      expect(items).toMatchObject([{ ...key, step: 'provisioned' }]);
    });

    it('notifies the team once of each step that matters', async () => {
      await until(
        async () => (await notifications('orders_db')).length >= 3,
        'the notifications',
      );
      expect(titlesOf(await notifications('orders_db'))).toEqual(ORDERS_NEWS);
      // As if the backend had been killed after sending, before it marked them as sent.
      await backstageQuery(
        `UPDATE "golden-path".goldenpath_transitions SET sent_at = NULL, claimed_until = 0 WHERE request_id = 'dev-orders_db'`,
      );
    });

    it("can't connect to the first one's database, nor the first to the second's", async () => {
      const first = await appCredentials('parcels_db');
      const second = await appCredentials('orders_db');
      await expect(query(second, 'SELECT 1')).resolves.toHaveLength(1);
      await expect(
        query({ ...second, database: 'parcels_db' }, 'SELECT 1'),
      ).rejects.toMatchObject({ code: '42501' });
      await expect(
        query({ ...first, database: 'orders_db' }, 'SELECT 1'),
      ).rejects.toMatchObject({ code: '42501' });
    });
  });

  describe('the form for platform engineers', () => {
    it('repairs drift, records it, and starts no workflow', async () => {
      await query(
        await appCredentials('parcels_db'),
        'GRANT CONNECT ON DATABASE parcels_db TO PUBLIC',
      );
      const runs = (await infra.runs()).length;
      const { id } = await backstage.createTask(
        { environment: 'dev', whatToDo: 'apply' },
        'template:default/rds-provision',
      );
      const task = await backstage.finished(id);
      logs['task rds-provision'] = JSON.stringify(task.events);
      expect([task.status, textOf(task.events)]).toEqual([
        'completed',
        expect.stringContaining('Plan: 1 change in 1 database.'),
      ]);
      const { links, text } = task.events.find(
        event => event.type === 'completion',
      )!.body.output!;
      expect(text![0].content).toContain('| parcels\\_db | changed | 1 |');
      expect((await fetch(links![0].url!)).status).toBe(200);
      expect(await infra.file(auditPath('dev'))).toContain(
        `,backstage,${id},parcels_db,parcels_app,revoke,success,`,
      );
      expect(await infra.runs()).toHaveLength(runs);
    });
  });

  describe('the same form submitted again', () => {
    it('stops at validate, reports what already exists, and changes nothing', async () => {
      const state = async () => ({
        heads: await infra.json<
          Array<{ name: string; commit: { sha: string } }>
        >('/repos/acme/platform-infra/branches?per_page=100'),
        runs: (await infra.runs()).length,
        pulls: (await infra.pullRequests()).length,
        app: await infra.json(
          '/repos/acme/parcel-tracker/commits?per_page=100',
        ),
        secrets: await secretNames(platform.secretsManager),
      });
      const before = await state();
      const { id } = await backstage.createTask(parcels);
      const task = await backstage.finished(id);
      expect(task.status).toBe('failed');
      expect(stepStatuses(task.events)).toMatchObject({ validate: 'failed' });
      expect(stepStatuses(task.events)['trigger-rds']).toBe('skipped');
      const says = textOf(task.events);
      expect(says).toContain('parcels_db');
      expect(says).toContain('acme/parcel-tracker');
      expect(says).toMatch(/already exists|exists already/);
      expect(await state()).toEqual(before);
    });
  });

  it("a request in another team's name stops at validate, and changes nothing", async () => {
    const runs = (await infra.runs()).length;
    const { id } = await backstage.createTask({
      ...parcels,
      component_id: 'other-app',
      databaseName: 'other_db',
      username: 'other_user',
      owner: 'group:default/platform-team',
    });
    const task = await backstage.finished(id);
    expect(stepStatuses(task.events)).toMatchObject({
      validate: 'failed',
      'trigger-rds': 'skipped',
      publish: 'skipped',
    });
    expect(textOf(task.events)).toContain(
      'user:default/guest is not a member of group:default/platform-team, neither directly nor through a group below it',
    );
    expect(await infra.runs()).toHaveLength(runs);
  });

  describe('invalid input without the form', () => {
    const good = {
      ...parcels,
      component_id: 'fresh-app',
      databaseName: 'fresh_db',
      username: 'fresh_user',
    };

    it.each([
      {
        values: { component_id: 'Fresh App' },
        says: 'component_id',
        reason: 'app name with spaces and capitals',
      },
      {
        values: { component_id: '9lives' },
        says: 'component_id',
        reason: 'app name beginning with a digit',
      },
      {
        values: { databaseName: 'postgres' },
        says: 'databaseName',
        reason: 'database name that PostgreSQL reserves',
      },
      {
        values: { databaseName: 'x; DROP DATABASE y' },
        says: 'databaseName',
        reason: 'SQL as a database name',
      },
      {
        values: { username: 'rdsadmin' },
        says: 'username',
        reason: 'a user of RDS',
      },
      {
        values: { username: "u' SUPERUSER" },
        says: 'username',
        reason: 'SQL as a user',
      },
      {
        values: { username: 'goldenpath_master' },
        says: 'is the master of the instance',
        reason: "the master's name",
      },
      {
        values: { owner: 'group:payments/team' },
        says: 'goldenPath.owners.namespaces allows groups of "default"',
        reason: 'an owner of another namespace',
      },
      {
        values: { owner: 'group:default/nobody-knows' },
        says: 'nobody-knows',
        reason: 'an owner that is not in the catalog',
      },
      {
        values: { environment: 'qa' },
        says: 'environment',
        reason: 'an unknown environment',
      },
      {
        values: { description: 'two\nlines' },
        says: 'description',
        reason: 'a description of two lines',
      },
      {
        values: { size: 'xlarge' },
        says: 'size',
        reason: 'a size that dev does not allow',
      },
      { values: { risk: 'extreme' }, says: 'risk', reason: 'an unknown risk' },
      {
        values: { domain: 'sales' },
        says: 'domain',
        reason: 'an unknown domain',
      },
    ])(
      '$reason: refused in words, nothing dispatched, no repo',
      async ({ values, says }) => {
        const state = async () => ({
          runs: (await infra.runs()).length,
          // On disk: the local GitHub lists no repositories.
          repos: readdirSync(join(place.stateDir, 'github/git/acme')).sort(),
        });
        const before = await state();
        const answer = await backstage.createTask({ ...good, ...values });
        if (answer.status === 201) {
          const task = await backstage.finished(answer.id);
          expect({
            status: task.status,
            steps: stepStatuses(task.events),
          }).toMatchObject({
            status: 'failed',
            steps: {
              validate: 'failed',
              'trigger-rds': 'skipped',
              publish: 'skipped',
            },
          });
          expect(textOf(task.events)).toContain(says);
        } else {
          expect(answer.status).toBe(400);
          expect(JSON.stringify(answer.body)).toContain(says);
        }
        expect(await state()).toEqual(before);
      },
    );

    it('lists every problem at once', async () => {
      const refused = await backstage.createTask({
        ...good,
        component_id: 'Fresh App',
        databaseName: 'postgres',
        username: 'U',
        environment: 'qa',
      });
      expect(refused.status).toBe(400);
      const says = JSON.stringify(refused.body);
      for (const field of [
        'component_id',
        'databaseName',
        'username',
        'environment',
      ])
        expect(says).toContain(field);

      const { id } = await backstage.createTask({
        ...parcels,
        owner: 'group:default/nobody-knows',
      });
      const failed = textOf((await backstage.finished(id)).events);
      for (const problem of [
        'nobody-knows',
        'parcels_db',
        'acme/parcel-tracker',
      ])
        expect(failed).toContain(problem);
    });
  });

  describeForm(() => ({ platform, backstage, infra }));

  it('what a killed backend sends again is no second notification', async () => {
    await until(
      async () =>
        (await notifications('orders_db')).filter(({ updated }) => updated)
          .length >= 3,
      'the notifications to be sent again',
    );
    const found = await notifications('orders_db');
    expect(titlesOf(found)).toEqual(ORDERS_NEWS);
    logs.notifications = JSON.stringify(found);
  });

  it('no password is in any log, audit, run, pull request or statement', async () => {
    const passwords: string[] = [];
    for (const name of await secretNames(platform.secretsManager)) {
      passwords.push(
        String((await readSecret(platform.secretsManager, name)).password),
      );
    }
    expect(passwords.length).toBeGreaterThanOrEqual(6);
    // Passwords in no secret: those of the superuser and of Backstage.
    const { databases, ...logins } = JSON.parse(
      readFileSync(join(place.stateDir, 'postgres-passwords.json'), 'utf8'),
    ) as Record<'superuser' | 'master', string> & {
      databases: Record<string, string>;
    };
    const ofServer = [...Object.values(logins), ...Object.values(databases)];
    expect(ofServer.length).toBeGreaterThanOrEqual(3);
    passwords.push(...ofServer);
    passwords.push(platform.githubToken, platform.secretsManager.accessKeyId);
    for (const repo of ['platform-infra', 'parcel-tracker']) {
      const folder = join(place.stateDir, `history of ${repo}`);
      clone(
        `${platform.github.replace(
          '://',
          `://anybody:${platform.githubToken}@`,
        )}/acme/${repo}`,
        folder,
      );
      logs[`history of ${repo}`] = execFileSync(
        'git',
        ['-C', folder, 'log', '--all', '--patch'],
        { encoding: 'utf8' },
      );
    }
    for (const run of await infra.runs())
      logs[`run ${run.id}`] = await infra.runLog(run.id);
    logs.postgres = readFileSync(join(place.stateDir, 'postgres.log'), 'utf8');
    logs.backstage = readFileSync(
      join(place.stateDir, 'backstage.log'),
      'utf8',
    );
    logs.output = platform.output();
    // Proves that the log contains the statements; otherwise the check below would prove nothing.
    expect(logs.postgres).toMatch(/CREATE ROLE "?parcels_app"?/);
    for (const kind of [
      'task parcel-tracker',
      'create run',
      'pull request',
      'audit',
      'apply parcels_db',
      'explained to a program',
      'notifications',
    ])
      expect(logs[kind]).toBeTruthy();
    const leaks = Object.entries(logs).flatMap(([where, text]) =>
      passwords.flatMap(password =>
        spellings(password).some(spelling => text.includes(spelling))
          ? [where]
          : [],
      ),
    );
    expect(leaks).toEqual([]);
  });

  it("requests to the local GitHub and its responses match GitHub's OpenAPI description", async () => {
    const { violations, seen } = (await (
      await fetch(`${platform.github}/api/conformance`)
    ).json()) as { violations: unknown[]; seen: Record<string, number> };
    expect(violations).toEqual([]);
    // Proves that responses were compared; otherwise an empty list would prove nothing.
    expect(Object.keys(seen).length).toBeGreaterThan(15);
  });

  describe('make start, stopped and started again', () => {
    const statuses = async () => {
      const client = await signInAsGuest(platform.backstage);
      return Promise.all(
        Object.values(tasks).map(async id => (await client.task(id)).status),
      );
    };
    const state = async () => ({
      heads: await infra.json('/repos/acme/platform-infra/branches'),
      app: await infra.json('/repos/acme/parcel-tracker/commits'),
      secrets: await secretNames(platform.secretsManager),
      database: await query(
        await appCredentials('parcels_db'),
        'SELECT current_database(), current_user',
      ),
      tasks: await statuses(),
    });

    const stopWhileStarting = async () => {
      const { child, ended, output } = spawnPlatform(place);
      await until(
        () => output().includes('Starting Backstage'),
        'the platform to be half up',
      );
      const tree = processTree(child.pid!);
      child.kill('SIGINT');
      expect(await ended).toBe(0);
      expect(stillThere(tree)).toEqual([]);
    };

    it('answers to the names of this machine only', async () => {
      const { postgres, ...servers } = platform.ports;
      const answers = (host: string) =>
        Promise.all(
          Object.values(servers).map(
            async port => (await askHost(port, host)).status,
          ),
        );
      expect(await answers('localhost')).toEqual([200, 200, 200]);
      expect(await answers('evil.example')).toEqual([421, 421, 421]);
    });

    it('leaves no process behind after Ctrl-C, also while it is starting, and keeps its state for the next start', async () => {
      const before = await state();
      expect(before.tasks).toContain('completed');
      const tree = processTree(platform.pid);
      expect(tree.length).toBeGreaterThan(3);
      // make reports an interrupted target as an error.
      await platform.stop('SIGINT');
      expect(platform.output()).toContain(
        'Stopped. Repositories, databases and secrets are kept',
      );
      expect(stillThere(tree)).toEqual([]);

      await stopWhileStarting();
      platform = await startPlatform(place);
      expect(await state()).toEqual(before);
      expect(await platform.stop('SIGTERM')).toBe(0);
    });
  });
});

const textOf = (events: TaskEvent[]) =>
  events
    .map(event => `${event.body.message} ${event.body.error?.message ?? ''}`)
    .join('\n');

const stepStatuses = (events: TaskEvent[]): Record<string, string> => {
  const statuses: Record<string, string> = {};
  for (const { body } of events)
    if (body.stepId && body.status) statuses[body.stepId] = body.status;
  return statuses;
};

/** The forms of a password in JSON, in a URL, and in a shell or SQL string. */
const spellings = (password: string) => [
  password,
  JSON.stringify(password).slice(1, -1),
  encodeURIComponent(password),
  password.replaceAll("'", "''"),
  Buffer.from(password).toString('base64'),
];
