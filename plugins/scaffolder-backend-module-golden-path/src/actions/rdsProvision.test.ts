import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { UserEntity } from '@backstage/catalog-model';
import { standaloneTfvarsPath } from '@goldenpath/plugin-golden-path-common';
import {
  auditFile,
  connectPostgres,
  SecretsReader,
} from '@goldenpath/plugin-golden-path-node';
import {
  exampleInputs,
  newFolder,
  newTask,
  runAction,
} from '../testing/actionContext';
import { FakeGitHub } from '../testing/fakeGitHub';
import { Harness, newHarness } from '../testing/harness';
import { startTemporaryPostgres } from '../../../../tests/support/temporaryPostgres';
import { createRdsProvisionAction } from './rdsProvision';

const AUDIT = 'governance/dev/rds_provision_audit.csv';
const PASSWORD = 'canary-7f3a "x"';

describe('goldenpath:rds:provision', () => {
  let github: FakeGitHub;
  let harness: Harness;
  let postgres: Awaited<ReturnType<typeof startTemporaryPostgres>>;
  let files: Map<string, string>;
  let action: ReturnType<typeof createRdsProvisionAction>;

  beforeAll(async () => {
    postgres = await startTemporaryPostgres();
    github = new FakeGitHub();
    await github.start();
    harness = await newHarness(github, {
      provision: { groups: ['group:default/platform-team'] },
    });
  });
  afterAll(async () => {
    await github.stop();
    await postgres.stop();
  });

  beforeEach(() => {
    files = new Map();
    declare('users_db', 'users_app');
    action = createRdsProvisionAction(deps());
  });

  const deps = (): Parameters<typeof createRdsProvisionAction>[0] => {
    const { host, port, master } = postgres;
    const secrets: SecretsReader = {
      read: async paths =>
        paths.map(path => {
          const [, , name] = path.split('/');
          if (path === 'rds!db-1')
            return { path, versionId: 'v', text: JSON.stringify(master) };
          if (name === 'missing_db') return { path, problem: 'missing' };
          const login =
            name === 'rds'
              ? master
              : { username: name.replace('_db', '_app'), password: PASSWORD };
          return {
            path,
            versionId: '00000000-0000-0000-0000-000000000001',
            text: JSON.stringify({ host, port, dbname: name, ...login }),
          };
        }),
    };
    return {
      config: harness.config,
      githubFor: () => ({
        infraFiles: {
          read: async path => files.get(path),
          files: async folder =>
            [...files.keys()]
              .filter(path => posix.dirname(path) === folder)
              .map(path => posix.basename(path)),
        },
        editInfraFiles: async (paths, message, edit) => {
          const edited = edit(
            new Map(paths.map(path => [path, files.get(path)])),
          );
          for (const [path, text] of edited) files.set(path, text);
          return edited.size > 0 ? `http://github/${message}` : undefined;
        },
      }),
      secrets,
      connect: async () => connectPostgres({ ca: postgres.ca }),
      auditFile,
      now: () => new Date('2026-11-24T12:00:00Z'),
    };
  };

  const declare = (database: string, username: string, environment = 'dev') =>
    files.set(
      standaloneTfvarsPath(environment),
      `application_databases = {\n  ${database} = {\n    database_name = "${database}"\n    username      = "${username}"\n  }\n}\n`,
    );
  const databases = async () => {
    const client = await postgres.connectAsSuperuser();
    try {
      const { rows } = await client.query<{ datname: string }>(
        'SELECT datname FROM pg_database',
      );
      return rows.map(row => row.datname);
    } finally {
      await client.end();
    }
  };

  it('every example runs: the plan, its changes, then no changes', async () => {
    const log: string[] = [];
    const workspacePath = newFolder();
    const run = (input: Record<string, unknown>) =>
      runAction(action, input, { workspacePath, log: line => log.push(line) });
    const [dryRun, apply] = exampleInputs(action).map(one => one.input);

    const planned = await run(dryRun);
    expect(planned).toEqual({
      changes: expect.any(Number),
      plan: expect.stringContaining('create role users\\_app'),
    });
    expect(planned.changes).toBeGreaterThan(0);
    expect(await databases()).not.toContain('users_db');
    expect(existsSync(join(workspacePath, AUDIT))).toBe(false);

    expect(await run(apply)).toEqual({
      changes: expect.any(Number),
      auditPath: AUDIT,
      commitUrl: 'http://github/chore(rds): audit and status of dev',
      plan: expect.stringContaining('create role users\\_app'),
      result: expect.stringContaining('| users\\_db | changed |'),
    });
    expect(await databases()).toContain('users_db');
    expect(readFileSync(join(workspacePath, AUDIT), 'utf8')).toContain(
      `backstage,task-1,users_db,users_app,create_database,success`,
    );
    expect(files.get(AUDIT)).toBe(
      readFileSync(join(workspacePath, AUDIT), 'utf8'),
    );
    expect(await run(apply)).toMatchObject({ changes: 0, auditPath: AUDIT });
    expect(log.join('\n')).toContain('Nothing to do.');
    expect(
      log.join('\n') + readFileSync(join(workspacePath, AUDIT), 'utf8'),
    ).not.toContain('canary');
  });

  it("appends to the infra repo's audit", async () => {
    const before =
      'timestamp_utc,environment,build_id,run_id,database,username,action,status,duration_ms,message,run_url\r\n' +
      '2026-01-01T00:00:00.000Z,dev,b,r,old_db,old_app,create_role,success,1,made,\r\n';
    files.set(AUDIT, before);
    const workspacePath = newFolder();
    await runAction(action, { environment: 'dev' }, { workspacePath });
    const after = readFileSync(join(workspacePath, AUDIT), 'utf8');
    expect(after.startsWith(before)).toBe(true);
    expect(after.length).toBeGreaterThan(before.length);
  });

  it('reads from the configuration what a secret managed by RDS lacks', async () => {
    declare('staged_db', 'staged_app', 'staging');
    const { host, port } = postgres;
    const { config } = await newHarness(github, {
      provision: {
        groups: ['group:default/platform-team'],
        instances: { staging: { masterSecret: 'rds!db-1', host, port } },
      },
    });
    const configured = createRdsProvisionAction({ ...deps(), config });
    const { plan } = await runAction(configured, {
      environment: 'staging',
      dryRun: true,
    });
    expect(plan).toContain('create database staged\\_db');
  });

  it('honours a dry run of the template', async () => {
    declare('fresh_db', 'fresh_app');
    await runAction(action, { environment: 'dev' }, { isDryRun: true });
    expect(await databases()).not.toContain('fresh_db');
  });

  const member = (...groups: string[]) =>
    ({
      relations: groups.map(targetRef => ({ type: 'memberOf', targetRef })),
    } as UserEntity);

  it('changes other environments than dev for the configured groups only', async () => {
    declare('prod_db', 'prod_app', 'prod');
    const input = { environment: 'prod' };
    for (const user of [undefined, member('group:default/checkout-team')]) {
      await expect(runAction(action, input, { user })).rejects.toMatchObject({
        name: 'NotAllowedError',
        message: expect.stringContaining('group:default/platform-team'),
      });
    }
    expect(await databases()).not.toContain('prod_db');
    await expect(
      runAction(action, { ...input, dryRun: true }),
    ).resolves.toHaveProperty('changes');
    await runAction(action, input, {
      user: member('group:default/platform-team'),
    });
    expect(await databases()).toContain('prod_db');
  });

  const failures: Array<{
    given?: () => unknown;
    environment: string;
    signal?: AbortSignal;
    error: { name: string; message: RegExp };
    reason: string;
  }> = [
    {
      environment: 'qa',
      error: { name: 'InputError', message: /choose one of dev/ },
      reason: 'there is no such environment',
    },
    {
      given: () => files.clear(),
      environment: 'dev',
      error: { name: 'NotFoundError', message: /dev-rds\/terraform.tfvars/ },
      reason: 'no file declares databases',
    },
    {
      given: () =>
        files.set(
          standaloneTfvarsPath('dev'),
          'environment = "prod"\napplication_databases = {}\n',
        ),
      environment: 'dev',
      error: { name: 'InputError', message: /"dev" is requested/ },
      reason: 'the file is for another environment',
    },
    {
      given: () => declare('missing_db', 'missing_app'),
      environment: 'dev',
      error: { name: 'InputError', message: /goldenpath\/dev\/missing_db/ },
      reason: 'a secret is missing',
    },
    {
      given: () => declare('taken_db', 'backstage'),
      environment: 'dev',
      error: { name: '', message: /taken_db|backstage/ },
      reason: 'a role is unmanaged',
    },
    {
      environment: 'dev',
      signal: AbortSignal.abort(),
      error: { name: 'Error', message: /cancelled/ },
      reason: 'the task was cancelled',
    },
  ];
  it.each(failures)('fails when $reason', async row => {
    row.given?.();
    const failure = await runAction(
      action,
      { environment: row.environment },
      { signal: row.signal, task: newTask() },
    ).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(failure?.message).toMatch(row.error.message);
    if (row.error.name) expect(failure?.name).toBe(row.error.name);
  });
});
