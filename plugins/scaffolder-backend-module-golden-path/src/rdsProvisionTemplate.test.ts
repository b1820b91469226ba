import { TestGitHub } from '@goldenpath/local-github/src/github/testing/testGitHub';
import { startSecretsManager } from '@goldenpath/local-secrets-manager';
import {
  auditPath,
  CATALOG_PATH,
  masterSecretName,
  secretName,
  standaloneTfvarsPath,
} from '@goldenpath/plugin-golden-path-common';
import { join } from 'node:path';
import { bootScaffolder, stepStatuses, textOf } from './testing/bootScaffolder';
import { awsVariables } from '../../../tests/support/secrets';
import { startTemporaryPostgres } from '../../../tests/support/temporaryPostgres';

const REPO = 'acme/platform-infra';
const PASSWORD = 'canary-7f3a "x"';

const declare = (database: string, environment: string) => ({
  [standaloneTfvarsPath(environment)]: `application_databases = {
  ${database} = {
    database_name = "${database}"
    username      = "${database}_app"
  }
}
`,
});
const catalogEntry = (
  database: string,
  environment: string,
) => `  ${environment}:
    ${database}:
      metadata: { id: X, component: app, owner: team, requested_by: jane, domain: delivery, risk: medium, status: pending, created_date: "2026-11-24" }
      configuration: { username: ${database}_app, size_tier: small, instance_class: db.t3.micro, secret_path: ${secretName(
  environment,
  database,
)} }
`;

/**
 * The template as Backstage runs it: module.ts, a real PostgreSQL, and GitHub and Secrets Manager by their protocols.
 */
describe('the template rds-provision', () => {
  const github = new TestGitHub();
  let postgres: Awaited<ReturnType<typeof startTemporaryPostgres>>;
  let secretsManager: Awaited<ReturnType<typeof startSecretsManager>>;
  const scaffolders: Array<Awaited<ReturnType<typeof bootScaffolder>>> = [];
  let asMember: Awaited<ReturnType<typeof boot>>;
  const env = { ...process.env };

  beforeAll(async () => {
    postgres = await startTemporaryPostgres();
    await github.start(0, 'local-token');
    await github.github.createRepository('acme', 'platform-infra', {
      ...declare('users_db', 'dev'),
      ...declare('orders_db', 'prod'),
      ...declare('bad_db', 'test'),
      [CATALOG_PATH]: `version: "1.0"\ndatabases:\n${[
        catalogEntry('users_db', 'dev'),
        catalogEntry('orders_db', 'prod'),
        catalogEntry('bad_db', 'test'),
      ].join('')}`,
    });
    secretsManager = await startSecretsManager({
      port: 0,
      stateFile: join(github.folder, 'secrets.json'),
    });
    Object.assign(process.env, awsVariables(secretsManager.url));
    const { host, port, master } = postgres;
    for (const [environment, dbname] of [
      ['dev', 'users_db'],
      ['prod', 'orders_db'],
      ['test', 'bad_db'],
    ]) {
      await putSecret(masterSecretName(environment), { host, port, ...master });
      await putSecret(secretName(environment, dbname), {
        host,
        port,
        dbname,
        username: `${dbname}_app`,
        password: PASSWORD,
      });
    }
    asMember = await boot([
      'group:default/dba-team',
      'Group:default/Platform-Team',
    ]);
  });
  afterAll(async () => {
    for (const scaffolder of scaffolders) await scaffolder.stop();
    await secretsManager.stop();
    await github.stop();
    await postgres.stop();
    process.env = env;
  });

  const putSecret = async (name: string, value: object) => {
    const answer = await fetch(secretsManager.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'secretsmanager.CreateSecret' },
      body: JSON.stringify({ Name: name, SecretString: JSON.stringify(value) }),
    });
    expect(answer.status).toBe(200);
  };

  /** The mock user is a member of platform-team. */
  const boot = async (
    groups: string[],
    {
      caFile = postgres.caFile,
      token = 'local-token',
      requireScmUserCredentials = false,
    }: {
      caFile?: string | null;
      token?: string;
      requireScmUserCredentials?: boolean;
    } = {},
  ) => {
    const { url, apiUrl, rawUrl } = github.github;
    const { host } = new URL(url);
    const scaffolder = await bootScaffolder(
      {
        host,
        integration: {
          host,
          apiBaseUrl: apiUrl,
          rawBaseUrl: rawUrl,
          token,
        },
      },
      {
        goldenPath: {
          infraRepo: { repoUrl: `${host}?owner=acme&repo=platform-infra` },
          provision: { groups, ...(caFile && { caFile }) },
        },
        scaffolder: { requireScmUserCredentials },
      },
      'rds-provision',
    );
    scaffolders.push(scaffolder);
    return async (
      environment: string,
      whatToDo: string,
      secrets?: Record<string, string>,
    ) => {
      const { body } = await scaffolder.createTask(
        { environment, whatToDo },
        secrets,
      );
      const task = await scaffolder.finished(body.id);
      expect(JSON.stringify(task)).not.toContain('canary');
      return {
        ...task,
        steps: stepStatuses(task.events),
        says: textOf(task.events),
        output: task.events.find(event => event.type === 'completion')?.body
          .output,
      };
    };
  };
  const asSuperuser = async (sql: string) => {
    const client = await postgres.connectAsSuperuser();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const hasDatabase = async (name: string) =>
    (await asSuperuser('SELECT datname FROM pg_database')).some(
      ({ datname }) => datname === name,
    );
  const status = async (database: string) =>
    new RegExp(`${database}:\\n.*status: (\\w+)`).exec(
      (await github.read(REPO, CATALOG_PATH))!,
    )?.[1];
  const commits = async () =>
    (await github.call('GET', `/repos/${REPO}/commits`)).body.length;

  it('shows the plan, applies the changes when requested, and records them in the infra repo', async () => {
    const run = asMember;
    const before = await commits();

    const planned = await run('dev', 'dry-run');
    expect([planned.status, planned.says]).toEqual([
      'completed',
      expect.stringContaining('create role users_db_app'),
    ]);
    expect(planned.steps).toEqual({ plan: 'completed', apply: 'skipped' });
    expect(planned.output!.links).toEqual([]);
    expect(planned.output!.text).toEqual([
      {
        title: 'Plan',
        default: true,
        content: expect.stringMatching(
          /create role users\\_db\\_app[^]*Nothing was changed\.$/,
        ),
      },
    ]);
    expect(await hasDatabase('users_db')).toBe(false);
    expect(await commits()).toBe(before);

    const applied = await run('dev', 'apply');
    expect([applied.status, applied.says]).toEqual([
      'completed',
      expect.any(String),
    ]);
    expect(applied.output!.text!.map(({ title }) => title)).toEqual([
      'Result',
      'Plan',
    ]);
    expect(applied.output!.text![0].content).toContain(
      '| users\\_db | changed | 6 |',
    );
    expect(await hasDatabase('users_db')).toBe(true);
    expect(await status('users_db')).toBe('active');
    expect(await status('orders_db')).toBe('pending');
    const audit = await github.read(REPO, auditPath('dev'));
    expect(audit).toContain('users_db,users_db_app,create_database,success');
    expect(audit).not.toContain('canary');
    const [{ url }] = applied.output!.links!;
    const page = await fetch(url!, {
      headers: { authorization: 'token local-token' },
    });
    expect(page.status).toBe(200);
    expect(await commits()).toBe(before + 1);

    const again = await run('dev', 'apply');
    expect(again.output!.text![0].content).toBe(
      '**0 changes** applied; 1 database unchanged.',
    );
    expect(
      (await github.read(REPO, auditPath('dev')))!.startsWith(audit!),
    ).toBe(true);
  });

  it('rejects users without permission before any change, and shows everyone the plan', async () => {
    const run = await boot(['group:default/dba-team']);
    const before = await commits();
    const refused = await run('prod', 'apply');
    expect(refused.steps).toEqual({ plan: 'failed', apply: 'skipped' });
    expect(refused.says).toContain(
      'Only members of group:default/dba-team may provision "prod"; everyone may do a dry run.',
    );
    expect(refused.says).not.toContain('create role');

    const planned = await run('prod', 'dry-run');
    expect(planned.status).toBe('completed');
    expect(planned.output!.text![0].content).toContain(
      'create role orders\\_db\\_app',
    );
    expect(await hasDatabase('orders_db')).toBe(false);
    expect(await commits()).toBe(before);
  });

  it('lets a member of the groups change prod', async () => {
    const applied = await asMember('prod', 'apply');
    expect([applied.status, applied.says]).toEqual([
      'completed',
      expect.any(String),
    ]);
    expect(await hasDatabase('orders_db')).toBe(true);
    expect(await status('orders_db')).toBe('active');
  });

  it('explains and records a failure half way', async () => {
    // Then only its owner may copy it: the role can be created, and the database can't.
    await asSuperuser('ALTER DATABASE template0 IS_TEMPLATE false');
    const failed = await asMember('test', 'apply');
    await asSuperuser('ALTER DATABASE template0 IS_TEMPLATE true');
    expect(failed.status).toBe('failed');
    expect(failed.steps).toEqual({ plan: 'completed', apply: 'failed' });
    const cause = 'permission denied to copy database';
    expect(failed.says).toContain(cause);
    const audit = await github.read(REPO, auditPath('test'));
    expect(audit).toMatch(/bad_db_app,create_role,success/);
    expect(audit).toMatch(new RegExp(`create_database,failed,.*${cause}`));
    expect(await status('bad_db')).toBe('failed');
  });

  it('stops at a plan that is refused, and changes nothing', async () => {
    await asSuperuser('CREATE DATABASE bad_db');
    const before = await commits();
    const refused = await asMember('test', 'apply');
    expect(refused.steps).toEqual({ plan: 'failed', apply: 'skipped' });
    expect(refused.says).toContain('Nothing was changed.');
    expect(refused.says).toContain('bad_db: Database bad_db belongs to');
    expect(await commits()).toBe(before);
  });

  it('names the config key when the CA file is unreadable', async () => {
    const run = await boot([], { caFile: '/nowhere/ca.pem' });
    const failed = await run('dev', 'dry-run');
    expect(failed.status).toBe('failed');
    expect(failed.says).toContain(
      'goldenPath.provision.caFile "/nowhere/ca.pem" can\'t be read',
    );
  });

  it('shows the plan in a dry run of the template editor, and changes nothing', async () => {
    await asSuperuser('DROP DATABASE users_db');
    const before = await commits();
    const answer = await scaffolders[0].dryRun({
      environment: 'dev',
      whatToDo: 'apply',
    });
    expect([answer.status, answer.body.error]).toEqual([200, undefined]);
    expect(
      answer.body.log.map((entry: any) => entry.body.status).filter(Boolean),
    ).toEqual(['processing', 'completed', 'processing', 'completed']);
    expect(answer.body.output.links).toEqual([]);
    expect(answer.body.output.text).toEqual([
      {
        title: 'Plan',
        default: true,
        content: expect.stringMatching(
          /create database users\\_db[^]*Nothing was changed\.$/,
        ),
      },
    ]);
    expect(await hasDatabase('users_db')).toBe(false);
    expect(await commits()).toBe(before);
  });

  it('names the config key when the certificate is not trusted', async () => {
    const run = await boot([], { caFile: null });
    const failed = await run('dev', 'dry-run');
    expect(failed.status).toBe('failed');
    expect(failed.says).toContain(
      'Set the CA that signed it with goldenPath.provision.caFile',
    );
    expect(failed.says).not.toContain('--ca-file');
  });

  it("reads and commits with the user's own token where Backstage requires it", async () => {
    const run = await boot([], {
      token: 'revoked-token',
      requireScmUserCredentials: true,
    });
    const refused = await run('dev', 'dry-run');
    expect(refused.steps).toEqual({ plan: 'failed', apply: 'skipped' });
    expect(refused.says).toContain(
      `No user credentials provided for host ${
        new URL(github.github.url).host
      }, but scaffolder.requireScmUserCredentials is enabled`,
    );

    const before = await commits();
    const applied = await run('dev', 'apply', {
      USER_OAUTH_TOKEN: 'local-token',
    });
    expect([applied.status, applied.says]).toEqual([
      'completed',
      expect.any(String),
    ]);
    expect(await hasDatabase('users_db')).toBe(true);
    expect(await commits()).toBe(before + 1);
  });

  it('names the next step when the infra repo rejects the commit', async () => {
    const protection = `/repos/${REPO}/branches/main/protection`;
    await asSuperuser('DROP DATABASE bad_db');
    await github.call('PUT', protection, {
      required_status_checks: null,
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 1 },
      restrictions: null,
    });
    const unwritten = await asMember('test', 'apply');
    await github.call('DELETE', protection);
    expect(unwritten.steps).toEqual({ plan: 'completed', apply: 'failed' });
    expect(unwritten.says).toMatch(
      /could not be committed to main of acme\/platform-infra.*press Retry.*Protected branch update failed/s,
    );
    expect(await hasDatabase('bad_db')).toBe(true);

    // What Retry does.
    expect((await asMember('test', 'apply')).status).toBe('completed');
    expect(await status('bad_db')).toBe('active');
    expect(await github.read(REPO, auditPath('test'))).toContain(
      'bad_db,bad_db_app,create_database,no_change',
    );
  });
});
