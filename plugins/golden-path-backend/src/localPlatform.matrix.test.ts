import { join } from 'node:path';
import {
  createContents,
  createOctokit,
  createRequestReader,
  createRunReader,
} from '@goldenpath/plugin-golden-path-node';
import {
  InfraGitHub,
  requestFor,
  startInfraGitHub,
} from '../../../tests/support/infraGitHub';
import {
  SharedInstance,
  startSharedInstance,
} from '../../../tests/support/sharedInstance';
import { newSqlite } from '../../scaffolder-backend-module-golden-path/src/testing/sqlite';
import { createStatus } from './createStatus';
import { createStore, Store } from './store';
import { CONFIG } from './testing/world';

const DATABASE = 'status_db';
const KEY = { environment: 'dev', databaseName: DATABASE };

/** The shipped workflows on the local GitHub with a real PostgreSQL, and the clients that the plugin has. */
describe('the status of a request that the workflows carry out', () => {
  let instance: SharedInstance;
  let infra: InfraGitHub;
  let store: Store;
  let look: () => Promise<void>;
  // Every look is in the past, because the audit has the real time.
  let waited = -5 * 60_000;
  const warnings: string[] = [];

  beforeAll(async () => {
    instance = await startSharedInstance(['dev']);
    infra = await startInfraGitHub({
      folder: join(instance.folder, 'platform'),
      runnerEnv: instance.runnerEnv,
    });
    await infra.setVariables(instance.postgres.caFile);
    await infra.github.createTeam('acme', 'platform-team');
    const knex = newSqlite();
    store = await createStore({ getClient: async () => knex });
    const { owner, name } = infra.repo;
    const infraRepo = {
      ...CONFIG.infraRepo,
      webUrl: infra.github.url,
      owner,
      repo: name,
    };
    const octokit = createOctokit({
      apiUrl: infra.github.apiUrl,
      token: 'local-token',
    });
    const octokitFor = async () => octokit;
    const status = createStatus(
      { ...CONFIG, infraRepo },
      {
        requests: createRequestReader(octokitFor, infraRepo),
        runs: createRunReader(octokitFor, infraRepo),
        readClaims: async () => undefined,
        files: createContents(octokitFor, infraRepo, 'main'),
        filesAt: branch => createContents(octokitFor, infraRepo, branch),
      },
      {
        store,
        // A look comes every ten seconds at most.
        now: () => Date.now() + waited,
        logger: {
          info: () => {},
          debug: () => {},
          warn: text => warnings.push(String(text)),
        },
        events: { subscribe: async () => {} },
        scheduler: {
          scheduleTask: async () => {},
          triggerTask: async () => {},
        },
      },
    );
    look = async () => {
      waited += 11_000;
      await status.refresh();
    };
    await look();
  });
  afterAll(async () => {
    await infra?.stop();
    await instance?.stop();
  });

  const idle = () => infra.github.actions.idle();
  const doneIn = async () =>
    (await store.get(KEY))?.steps
      .filter(({ state }) => state === 'done')
      .map(({ name }) => name);

  it('goes from pull request to provisioned, each step with its page', async () => {
    expect((await infra.dispatch(requestFor(DATABASE))).status).toBe(204);
    await idle();
    await look();
    expect(await doneIn()).toEqual(['requested', 'pull_request']);
    const pull = (await infra.pullOf(`database/dev/${DATABASE}`))!;
    expect(await store.get(KEY)).toMatchObject({
      username: `${DATABASE}_user`,
      next: { reason: `Pull request #${pull.number} waits for a review.` },
      links: [{ title: 'Pull request', url: pull.html_url }],
    });

    await infra.github.addCollaborator(infra.repo, 'rita', 'write');
    const rita = createOctokit({
      apiUrl: infra.github.apiUrl,
      token: await infra.github.createUserToken('rita'),
    });
    await rita.rest.pulls.createReview({
      owner: infra.repo.owner,
      repo: infra.repo.name,
      pull_number: pull.number,
      event: 'APPROVE',
    });
    await look();
    expect((await store.get(KEY))?.step).toBe('approved');

    await infra.merge(pull.number);
    await idle();
    await look();
    const status = (await store.get(KEY))!;
    expect(await doneIn()).toEqual([
      'requested',
      'pull_request',
      'approved',
      'merged',
      'credentials',
      'provisioned',
    ]);
    expect(status.problem).toBeUndefined();
    const run = (await infra.runs()).find(
      ({ path, event }) =>
        path.endsWith('rds-database-apply.yml') && event === 'push',
    );
    expect(status.steps[5]).toMatchObject({
      url: run?.html_url,
      evidence: 'The audit records the database.',
    });
    expect(warnings).toEqual([]);
  });

  it('tells a failed apply by its step, and who repairs it', async () => {
    await infra.github.setVariable(
      infra.repo,
      'GOLDENPATH_CA_FILE',
      '/nowhere.pem',
    );
    const key = { environment: 'dev', databaseName: 'broken_db' };
    await infra.dispatch(requestFor(key.databaseName));
    await idle();
    const pull = (await infra.pullOf('database/dev/broken_db'))!;
    await infra.merge(pull.number);
    await idle();
    await look();
    expect(await store.get(key)).toMatchObject({
      step: 'credentials',
      problem: {
        kind: 'failed',
        evidence: expect.stringMatching(/dev \/ Apply: Create roles/),
        url: expect.stringContaining('/actions/runs/'),
      },
      next: { refs: ['group:default/platform-team'] },
    });
    expect(warnings).toEqual([]);
  });
});
