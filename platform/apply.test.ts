import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { auditPath, CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import {
  createDirectoryFiles,
  planInfraRequest,
  readCatalog,
  readInfraRequestFiles,
} from '@goldenpath/plugin-golden-path-node';
import { GitHttpServer } from '@goldenpath/local-github/src/actions/testing/gitHttpServer';
import {
  runGit,
  TestPlatform,
} from '@goldenpath/local-github/src/actions/testing/testPlatform';
import type { RunRecord } from '@goldenpath/local-github/src/actions/types';
import { readInfraRepoFiles } from '@goldenpath/local-platform';
import { builtCli } from '../tests/support/builtCli';
import { builtTerraform } from '../tests/support/builtTerraform';
import { createFolder } from '../tests/support/createFolder';
import { CREATED, declareDatabase } from '../tests/support/exampleDatabase';
import {
  SharedInstance,
  startSharedInstance,
} from '../tests/support/sharedInstance';

/** GitHub's record of who moved a branch, before anybody moved one. Ends with the process. */
const startActivity = async () => {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end('[]');
  }).unref();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return `http://localhost:${(server.address() as AddressInfo).port}`;
};

/** The shipped workflow, run as GitHub would run it, against a real PostgreSQL and a Secrets Manager. */
describe('rds-database-apply.yml', () => {
  let folder: string;
  let instance: SharedInstance;
  let server: GitHttpServer;
  let platform: TestPlatform;
  /** More variables of the repository. */
  const variables: Record<string, string> = {};

  beforeAll(async () => {
    instance = await startSharedInstance(['dev', 'test', 'staging']);
    folder = instance.folder;
    server = new GitHttpServer(join(folder, 'git'));
    const cli = await builtCli();
    const terraform = await builtTerraform();
    platform = new TestPlatform(
      {
        serverUrl: await server.start(),
        gitDir: ({ owner, name }) => join(folder, 'git', owner, `${name}.git`),
        runnerEnv: {
          ...instance.runnerEnv,
          PATH: [terraform, dirname(process.execPath), process.env.PATH].join(
            delimiter,
          ),
        },
        apiUrl: await startActivity(),
        variables: () => ({
          AWS_REGION: instance.runnerEnv.AWS_REGION,
          GOLDENPATH_CLI: cli,
          GOLDENPATH_CA_FILE: instance.postgres.caFile,
          ...variables,
        }),
        environmentVariables: (_repo, environment): Record<string, string> =>
          environment === 'test' ? { ALLOW_DB_PROVISION: 'true' } : {},
      },
      folder,
    );
    platform.commit(await readInfraRepoFiles(__dirname));
  });
  afterAll(async () => {
    await platform?.stop();
    await server?.stop();
    await instance?.stop();
  });

  const file = (path: string) =>
    runGit(platform.gitDir(platform.repo), 'show', `main:${path}`);
  const status = (environment: string, databaseName: string) =>
    readCatalog(file(CATALOG_PATH), CATALOG_PATH)[environment][databaseName]
      .metadata.status;
  const password = async (environment: string, key: string) =>
    (await instance.credentials(environment, key)).password;

  /** The conclusion of a run, with its log if it failed. */
  const outcome = ({ conclusion }: RunRecord, log: string) =>
    conclusion === 'success' ? conclusion : log;

  /** The jobs of a run, without those of pull requests. */
  const ran = ({ jobs }: RunRecord) =>
    jobs.filter(job => job.conclusion !== 'skipped').map(({ name }) => name);

  /** The files of the repo after requests are merged. */
  const withRequests = async (
    ...requests: Array<{
      environment: 'dev' | 'test' | 'staging';
      databaseName: string;
    }>
  ) => {
    const clone = createFolder();
    runGit(clone, 'clone', '--quiet', platform.gitDir(platform.repo), '.');
    const changed: Record<string, string> = {};
    for (const { environment, databaseName } of requests) {
      const { changes } = await planInfraRequest(
        await readInfraRequestFiles(createDirectoryFiles(clone), environment, {
          mode: 'auto',
        }),
        declareDatabase(databaseName, { environment }),
        CREATED,
      );
      for (const { path, text } of changes) {
        changed[path] = text;
        mkdirSync(dirname(join(clone, path)), { recursive: true });
        writeFileSync(join(clone, path), text);
      }
    }
    return changed;
  };

  const push = (from: string, to: string) =>
    platform.actions.trigger(
      platform.createEvent({
        ref: 'refs/heads/main',
        sha: to,
        payload: { before: from, after: to, ref: 'refs/heads/main' },
      }),
    );

  it('applies what it planned to every changed environment despite a concurrent push, and starts no other run', async () => {
    // Another commit lands on the branch before the first push is accepted.
    const hook = join(platform.gitDir(platform.repo), 'hooks/update');
    const { before, after } = platform.commit(
      await withRequests(
        { environment: 'dev', databaseName: 'users_db' },
        { environment: 'dev', databaseName: 'orders_db' },
        { environment: 'test', databaseName: 'invoices_db' },
      ),
    );
    mkdirSync(dirname(hook), { recursive: true });
    writeFileSync(
      hook,
      `#!/bin/sh
rm "$0"
export GIT_AUTHOR_NAME=Jane GIT_AUTHOR_EMAIL=j@example.com GIT_COMMITTER_NAME=Jane GIT_COMMITTER_EMAIL=j@example.com
# The job of the other environment may push in the same moment.
until before=$(git rev-parse "$1") && git update-ref "$1" "$(git commit-tree -p "$before" -m 'somebody was faster' "$before^{tree}")" "$before"; do :; done
`,
      { mode: 0o755 },
    );
    const [run] = await push(before, after);
    const { run: finished, log, fullLog } = await platform.waitForEnd(run);
    expect(outcome(finished, log)).toBe('success');
    expect(ran(finished).sort()).toEqual([
      'Find the environments',
      ...['Apply', 'Check the plan', 'Plan'].map(job => `dev / ${job}`),
      ...['Apply', 'Check the plan', 'Plan'].map(job => `test / ${job}`),
    ]);

    const gitDir = platform.gitDir(platform.repo);
    expect(runGit(gitDir, 'log', '--format=%s', 'main').split('\n')).toEqual(
      expect.arrayContaining([
        'somebody was faster',
        'chore(rds): audit and status of dev',
        'chore(rds): audit and status of test',
      ]),
    );
    expect([
      status('dev', 'users_db'),
      status('dev', 'orders_db'),
      status('test', 'invoices_db'),
    ]).toEqual(['active', 'active', 'active']);
    expect(file(auditPath('dev'))).toMatch(
      /,users_db,users_db_user,create_database,success,/,
    );
    for (const [environment, key] of [
      ['dev', 'users_db'],
      ['dev', 'orders_db'],
      ['test', 'invoices_db'],
    ] as const) {
      const secret = await password(environment, key);
      expect(fullLog).not.toContain(secret);
      expect(file(auditPath(environment))).not.toContain(secret);
      expect(await instance.logIn(environment, key)).toEqual({
        database: key,
        user: `${key}_user`,
      });
    }

    // The commit changes no file of envs/, so even an App's push starts no apply.
    const started = await push(after, runGit(gitDir, 'rev-parse', 'main'));
    expect(started.map(({ workflowName }) => workflowName)).toEqual([
      'Rebase database requests',
    ]);
  });

  it('does nothing for a commit whose folder has changed since, and says whose run applies it', async () => {
    const first = platform.commit(
      await withRequests({ environment: 'dev', databaseName: 'early_db' }),
    );
    const second = platform.commit(
      await withRequests({ environment: 'dev', databaseName: 'later_db' }),
    );
    const [old] = await push(first.before, first.after);
    const { run: superseded, log } = await platform.waitForEnd(old);
    expect(superseded.conclusion).toBe('success');
    expect(ran(superseded)).toEqual(['Find the environments', 'dev / Plan']);
    expect(log).toContain(
      `Superseded: ${second.after} changed envs/dev-rds later, and its run applies this change as well. Nothing was done here.`,
    );
    expect(status('dev', 'early_db')).toBe('pending');

    const [newer] = await push(second.before, second.after);
    const { run: applied, log: newLog } = await platform.waitForEnd(newer);
    expect(outcome(applied, newLog)).toBe('success');
    expect([status('dev', 'early_db'), status('dev', 'later_db')]).toEqual([
      'active',
      'active',
    ]);
  });

  const dispatch = async () => {
    const [run] = await platform.actions.trigger(
      platform.createEvent({
        name: 'workflow_dispatch',
        sha: runGit(platform.gitDir(platform.repo), 'rev-parse', 'main'),
        inputs: { environment: 'dev' },
        workflowPath: '.github/workflows/rds-database-apply.yml',
      }),
    );
    return platform.waitForEnd(run);
  };

  it('runs by hand for one environment, and finds nothing to do the second time', async () => {
    const { run: finished, log } = await dispatch();
    expect(outcome(finished, log)).toBe('success');
    expect(ran(finished)).toEqual([
      'Find the environments',
      'dev / Plan',
      'dev / Check the plan',
      'dev / Apply',
    ]);
    expect(log).toContain('0 added, 0 changed');
    expect(file(auditPath('dev'))).not.toMatch(/,alter_role,/);
  });

  it('does nothing while GOLDENPATH_PAUSED is true', async () => {
    variables.GOLDENPATH_PAUSED = 'true';
    try {
      const { run: finished, log } = await dispatch();
      expect(finished.conclusion).toBe('failure');
      expect(ran(finished)).toEqual(['Find the environments', 'dev / Plan']);
      expect(log).toContain(
        'GOLDENPATH_PAUSED is true: nothing is applied, for instance during an upgrade of the instance. Delete the variable and run this job again.',
      );
    } finally {
      delete variables.GOLDENPATH_PAUSED;
    }
  });

  it('refuses a Terraform root without a provider lock file', async () => {
    const lock = 'envs/dev-rds/.terraform.lock.hcl';
    const text = file(lock);
    const clone = createFolder();
    runGit(clone, 'clone', '--quiet', platform.gitDir(platform.repo), '.');
    runGit(clone, 'rm', '--quiet', lock);
    runGit(
      clone,
      ...['-c', 'user.name=a', '-c', 'user.email=a@example.com'],
      ...['commit', '--quiet', '--message', 'no lock file'],
    );
    runGit(clone, 'push', '--quiet', 'origin', 'HEAD:main');
    const { run: finished, log } = await dispatch();
    expect(finished.conclusion).toBe('failure');
    expect(log).toContain(
      'envs/dev-rds has no .terraform.lock.hcl, so any provider could be downloaded. Run make rds-lock ENV=dev and commit the file.',
    );
    platform.commit({ [lock]: text });
  });

  it('changes nothing in an environment without approval, and names ALLOW_DB_PROVISION', async () => {
    const [run] = await platform.push(
      await withRequests({ environment: 'staging', databaseName: 'stock_db' }),
    );
    const { run: finished, log } = await platform.waitForEnd(run);
    expect(finished.conclusion).toBe('failure');
    expect(log).toContain('ALLOW_DB_PROVISION=true');
    expect(status('staging', 'stock_db')).toBe('pending');
    expect(readFileSync(instance.postgres.logFile, 'utf8')).not.toContain(
      await password('staging', 'stock_db'),
    );
  });
});
