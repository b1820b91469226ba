import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { join } from 'node:path';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { readCatalog } from '@goldenpath/plugin-golden-path-node';
import { textOf } from '../plugins/scaffolder-backend-module-golden-path/src/testing/bootScaffolder';
import { bootForm } from './support/bootForm';
import { createFolder } from './support/createFolder';
import { githubClient } from './support/github';
import { InfraGitHub, startInfraGitHub } from './support/infraGitHub';
import { itWhen } from './support/needs';
import { findPython } from './support/python';
import { runApp } from './support/runApp';
import { SharedInstance, startSharedInstance } from './support/sharedInstance';

const python = findPython();

/** From the form to `/ready`, with each identity and rule that a company may have; each builds on the one before. */
describe('the whole path', () => {
  let instance: SharedInstance;
  let infra: InfraGitHub;
  let scaffolder: Awaited<ReturnType<typeof bootForm>>;
  let lead: ReturnType<typeof githubClient>;

  beforeAll(async () => {
    instance = await startSharedInstance(['dev', 'prod']);
    infra = await startInfraGitHub({
      folder: join(instance.folder, 'platform'),
      runnerEnv: instance.runnerEnv,
      // The path doesn't lead through them.
      without: ['rds-database-guard.yml', 'rds-database-rebase.yml'],
    });
    const { github, repo } = infra;
    await infra.setVariables(instance.postgres.caFile);
    await github.setEnvironmentVariable(
      repo,
      'prod',
      'ALLOW_DB_PROVISION',
      'true',
    );
    await github.addCollaborator(repo, 'lead', 'write');
    lead = githubClient(
      github.apiUrl,
      'acme/platform-infra',
      await github.createUserToken('lead'),
    );
    scaffolder = await bootForm(infra);
  });
  afterAll(async () => {
    await scaffolder?.stop();
    await infra?.stop();
    await instance?.stop();
  });

  const idle = () => infra.github.actions.idle();
  const approve = async (run: number) => {
    const path = `${infra.path}/actions/runs/${run}/pending_deployments`;
    const [pending] = await lead.json<Array<{ environment: { id: number } }>>(
      path,
    );
    const answer = await lead.call('POST', path, {
      environment_ids: [pending.environment.id],
      state: 'approved',
      comment: 'seen',
    });
    expect(answer.status).toBe(200);
    await idle();
  };

  interface Identity {
    name: string;
    environment: 'dev' | 'prod';
    author: string;
    prepare(): Promise<unknown>;
  }
  const follow = async ({ name, environment, author, prepare }: Identity) => {
    await prepare();
    const databaseName = `${name.replace('-', '_')}_db`;
    const { body } = await scaffolder.createTask({
      component_id: name,
      databaseName,
      username: `${databaseName}_app`,
      owner: 'group:default/platform-team',
      environment,
    });
    const task = await scaffolder.finished(body.id);
    expect({
      status: task.status,
      says: task.status === 'completed' ? '' : textOf(task.events),
    }).toEqual({ status: 'completed', says: '' });
    await idle();
    const branch = `database/${environment}/${databaseName}`;
    const pull = await infra.pullOf(branch);
    expect(pull!.user.login).toBe(author);
    expect((await infra.merge(pull!.number)).status).toBe(200);
    await idle();

    const [run] = (await infra.runs())
      .filter(
        ({ path, event }) =>
          path.endsWith('rds-database-apply.yml') && event === 'push',
      )
      .sort((a, b) => b.id - a.id);
    if (environment === 'prod') await approve(run.id);
    const { conclusion } = (await infra.runs()).find(
      ({ id }) => id === run.id,
    )!;
    expect({
      conclusion,
      log: conclusion === 'success' ? '' : await infra.runLog(run.id),
    }).toEqual({ conclusion: 'success', log: '' });
    const audit = await infra.pullOf(`database/audit/${environment}`);
    if (audit) expect((await infra.merge(audit.number)).status).toBe(200);
    await idle();
    expect(
      readCatalog((await infra.file(CATALOG_PATH))!, CATALOG_PATH)[environment][
        databaseName
      ].metadata.status,
    ).toBe('active');

    const folder = createFolder();
    await promisify(execFile)('git', [
      ...['clone', '--quiet'],
      infra.github.url
        .replace('//', '//x:local-token@')
        .concat(`/acme/${name}`),
      folder,
    ]);
    const { username, password } = await instance.credentials(
      environment,
      databaseName,
    );
    const { host, port, caFile } = instance.postgres;
    const output = await runApp(
      python!,
      folder,
      {
        DB_HOST: host,
        DB_PORT: String(port),
        DB_NAME: databaseName,
        DB_USER: username,
        DB_PASS: password,
        DB_SSLROOTCERT: caFile,
        LOG_LEVEL: 'debug',
      },
      async url => {
        const ready = await fetch(`${url}/ready`);
        expect({ status: ready.status, text: await ready.text() }).toEqual({
          status: 200,
          text: expect.stringContaining('ready'),
        });
      },
    );
    expect(output).toContain(`"database": "${databaseName}"`);
  };

  const identities: Identity[] = [
    {
      name: 'github-token',
      environment: 'dev',
      author: 'github-actions[bot]',
      prepare: async () => undefined,
    },
    {
      name: 'app-token',
      environment: 'dev',
      author: 'golden-path[bot]',
      prepare: () => infra.installApp('golden-path'),
    },
    {
      name: 'protected-main',
      environment: 'dev',
      author: 'golden-path[bot]',
      prepare: () =>
        infra.call('PUT', `${infra.path}/branches/main/protection`, {
          required_status_checks: null,
          enforce_admins: false,
          required_pull_request_reviews: { required_approving_review_count: 0 },
          restrictions: null,
        }),
    },
    {
      name: 'reviewed-prod',
      environment: 'prod',
      author: 'golden-path[bot]',
      prepare: () =>
        infra.github.setEnvironment(infra.repo, 'prod', {
          branches: ['main'],
          reviewers: { users: ['lead'] },
        }),
    },
  ];
  for (const identity of identities)
    itWhen(Boolean(python), 'Python with Flask, psycopg2, gunicorn and pytest')(
      `leads from the form to /ready: ${identity.name}`,
      () => follow(identity),
    );
});
