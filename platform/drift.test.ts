import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import {
  CATALOG_PATH,
  masterSecretName,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import {
  declareDatabase,
  renderCatalog,
} from '../tests/support/exampleDatabase';
import { InfraGitHub, startInfraGitHub } from '../tests/support/infraGitHub';
import {
  SharedInstance,
  startSharedInstance,
} from '../tests/support/sharedInstance';

/** The shipped workflow, run as GitHub would run it, against a real PostgreSQL. */
describe('rds-drift.yml', () => {
  let instance: SharedInstance;
  let infra: InfraGitHub;

  beforeAll(async () => {
    instance = await startSharedInstance(['dev', 'test', 'staging']);
    const { folder, postgres, runnerEnv } = instance;
    // A secret that RDS manages has a generated name, no host and no port.
    await instance.createSecret('managed-by-rds', postgres.master);
    infra = await startInfraGitHub({
      folder,
      without: ['rds-database-apply.yml', 'rds-database-rebase.yml'],
      runnerEnv,
    });
    for (const [name, value] of Object.entries({
      GOLDENPATH_CA_FILE: postgres.caFile,
      GOLDENPATH_MASTER_SECRET_PROD: 'managed-by-rds',
      GOLDENPATH_RDS_HOST_PROD: postgres.host,
      GOLDENPATH_RDS_PORT_PROD: String(postgres.port),
    }))
      await infra.github.setVariable(infra.repo, name, value);
  });
  afterAll(async () => {
    await infra?.stop();
    await instance?.stop();
  });

  const PASSWORD = 'a-password-that-nobody-may-read';
  const credentialsOf = (name: string) => ({
    host: instance.postgres.host,
    port: instance.postgres.port,
    dbname: `${name}_db`,
    username: `${name}_app_user`,
    password: PASSWORD,
  });

  /** Runs the workflow by hand and then lists the issues. */
  const look = async () => {
    await infra.call(
      'POST',
      `${infra.path}/actions/workflows/rds-drift.yml/dispatches`,
      { ref: 'main' },
    );
    await infra.github.actions.idle();
    const run = await infra.finishedRun('rds-drift.yml');
    return {
      conclusion: run.conclusion,
      log: await infra.runLog(run.id),
      issues: await issues(),
    };
  };
  interface Issue {
    number: number;
    title: string;
    body: string;
    state: string;
    labels: Array<{ name: string }>;
  }
  const issues = () =>
    infra.json<Issue[]>(`${infra.path}/issues?state=all&per_page=100`);

  const write = async (file: string, text: string) => {
    const path = `${infra.path}/contents/${file}`;
    const { sha } = await infra.json<{ sha: string }>(path);
    await infra.call('PUT', path, {
      message: 'declare',
      content: Buffer.from(text).toString('base64'),
      sha,
    });
  };
  const declare = (text: string) =>
    write('envs/dev-rds/terraform.tfvars', text);

  it('opens no issue without drift, in any environment', async () => {
    const { conclusion, log, issues: found } = await look();
    expect({ conclusion, log: conclusion === 'success' ? '' : log }).toEqual({
      conclusion: 'success',
      log: '',
    });
    for (const environment of ['dev', 'test', 'staging', 'prod'])
      expect(log).toContain(`No drift in ${environment}.`);
    expect(found).toEqual([]);
  });

  it('opens one issue for the environment with drift, updates it, and closes it when the drift is gone', async () => {
    await instance.createSecret(
      secretName('dev', 'users_db'),
      credentialsOf('users'),
    );
    await declare(
      'environment = "dev"\napplication_databases = {\n  users_db = {\n    database_name = "users_db"\n    username      = "users_app_user"\n  }\n}\n',
    );
    const first = await look();
    expect(first.conclusion).toBe('success');
    expect(first.issues).toMatchObject([
      {
        title: 'RDS drift in dev',
        state: 'open',
        labels: [{ name: 'rds-drift' }, { name: 'dev' }],
        body: expect.stringContaining('create database users_db'),
      },
    ]);

    // The next day there is more drift.
    await instance.createSecret(
      secretName('dev', 'orders_db'),
      credentialsOf('orders'),
    );
    await declare(
      'environment = "dev"\napplication_databases = {\n  orders_db = { database_name = "orders_db", username = "orders_app_user" }\n  users_db = { database_name = "users_db", username = "users_app_user" }\n}\n',
    );
    const second = await look();
    expect(second.issues).toMatchObject([
      {
        number: first.issues[0].number,
        state: 'open',
        body: expect.stringContaining('create database orders_db'),
      },
    ]);

    await declare('environment = "dev"\napplication_databases = {}\n');
    const last = await look();
    expect(last.issues).toMatchObject([
      { number: first.issues[0].number, state: 'closed' },
    ]);
    expect(
      await infra.json(
        `${infra.path}/issues/${first.issues[0].number}/comments`,
      ),
    ).toMatchObject([
      {
        body: expect.stringMatching(
          /^The drift is gone: http.*\/actions\/runs\/\d+$/,
        ),
      },
    ]);

    for (const text of [
      first.log,
      second.log,
      last.log,
      JSON.stringify(second.issues),
    ]) {
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain(instance.postgres.master.password);
    }
  });

  it('fails without reporting drift if an environment could not be checked', async () => {
    const { postgres, secrets } = instance;
    await secrets.send(
      new PutSecretValueCommand({
        SecretId: masterSecretName('test'),
        SecretString: JSON.stringify({
          host: postgres.host,
          port: postgres.port,
          username: postgres.master.username,
          password: 'wrong',
        }),
      }),
    );
    const { conclusion, log, issues: found } = await look();
    expect(conclusion).toBe('failure');
    expect(log).toContain('test could not be checked');
    expect(log).toContain('No drift in dev.');
    // dev has no drift either, so there is no issue besides the closed one.
    expect(found).toMatchObject([{ state: 'closed' }]);
  });

  it('asks for the access review of a database with the risk access once, also if the check could not see everything', async () => {
    await write(
      CATALOG_PATH,
      renderCatalog([
        declareDatabase('users_db', {
          environment: 'test',
          risk: 'access',
          username: 'users_app_user',
        }),
        declareDatabase('orders_db', {
          environment: 'test',
          username: 'orders_app_user',
        }),
      ]),
    );
    const setReviews = (value: string) =>
      infra.github.setVariable(infra.repo, 'GOLDENPATH_ACCESS_REVIEWS', value);
    await setReviews('false');
    expect((await look()).issues).toHaveLength(1);
    await setReviews('');
    const { conclusion, issues: found } = await look();
    expect(conclusion).toBe('failure');
    const open = found.filter(({ state }) => state === 'open');
    expect(open).toMatchObject([
      {
        title: expect.stringMatching(
          /^Access review of \d{4}-\d\d-\d\d: users_db \(test\)$/,
        ),
        labels: [{ name: 'rds-access-review' }, { name: 'test' }],
      },
    ]);
    const [{ body }] = open;
    for (const words of [
      '`users_app_user_clone`',
      '**The check was incomplete:**',
    ])
      expect(body).toContain(words);
    expect((await look()).issues).toHaveLength(2);
  });

  it("sends and receives only what GitHub's OpenAPI description allows", () => {
    expect(infra.github.conformance!.violations).toEqual([]);
  });
});
