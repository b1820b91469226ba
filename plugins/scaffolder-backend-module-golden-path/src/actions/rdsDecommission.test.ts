import { InMemoryCatalogClient } from '@backstage/catalog-client/testUtils';
import { Entity } from '@backstage/catalog-model';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  removalBranchName,
  renderRemovalMarker,
} from '@goldenpath/plugin-golden-path-common';
import { createCheckMember } from '@goldenpath/plugin-golden-path-node';
import { createAuthorize } from '../removal/authorize';
import { Usage } from '../removal/readUsage';
import { exampleInputs, newTask, runAction } from '../testing/actionContext';
import { createCompanyCatalog } from '../testing/companyCatalog';
import { FakeGitHub } from '../testing/fakeGitHub';
import { Harness, newHarness } from '../testing/harness';
import { catalogWith } from '../testing/infraFiles';
import { createRdsDecommissionAction } from './rdsDecommission';
import { createRdsInspectAction } from './rdsInspect';

const KEY = { environment: 'dev', databaseName: 'users_db' };
const REF = 'resource:default/rds-dev-users_db';
const FORM = {
  ...KEY,
  confirmation: 'users_db',
  reason: 'The app is retired',
};
const USAGE = {
  observedAt: '2026-11-26T10:00:00.000Z',
  sizeBytes: 7_340_032,
  connections: 3,
  sessions: [
    { role: 'users_app_user', application: 'a `b`\nc', count: 2 },
    { role: 'users_app_user', application: 'reports', count: 1 },
  ],
  lastStateChange: undefined,
  sessionsOpened: 40,
  transactions: 900,
  countedSince: '2026-11-01T00:00:00.000Z',
};

const database = (
  name = 'rds-dev-users_db',
  annotations = {
    'goldenpath.io/environment': 'dev',
    'goldenpath.io/database': 'users_db',
  },
): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { namespace: 'default', name, annotations },
  // The entity may claim any owner: the infra repo tells.
  spec: { type: 'database', owner: 'group:default/checkout-team' },
  relations: [
    { type: 'dependencyOf', targetRef: 'component:default/user-service' },
    { type: 'dependencyOf', targetRef: 'component:default/reports' },
    { type: 'dependsOn', targetRef: 'resource:default/rds-dev' },
  ],
});

describe('the end of a database', () => {
  let github: FakeGitHub;
  let harness: Harness;
  let usage: Usage;
  let denied: string[];
  let entities: Entity[];

  beforeEach(async () => {
    github = new FakeGitHub();
    await github.start();
    github.files.set(
      'docs/20-contracts/resource-catalogs/rds-catalog.yaml',
      catalogWith('active'),
    );
    github.onDispatch = run => {
      run.display_title = `decommission dev-users_db ${run.inputs.task_id}`;
      run.status = 'completed';
      run.conclusion = 'success';
      github.pulls.push({
        number: 9,
        head: removalBranchName(KEY),
        state: 'open',
        merged_at: null,
        body: renderRemovalMarker(KEY, run.inputs.task_id),
      });
    };
    harness = await newHarness(github);
    usage = USAGE;
    denied = [];
    entities = [database()];
  });
  afterEach(() => github.stop());

  const deps = () => ({
    ...harness,
    catalog: new InMemoryCatalogClient({ entities }),
    authorize: createAuthorize({
      checkMember: createCheckMember(
        harness.config.owners,
        createCompanyCatalog(),
      ),
      permissions: {
        authorize: async requests =>
          requests.map(({ permission, resourceRef }) => {
            expect(resourceRef).toBe('dev-users_db');
            return {
              result: denied.includes(permission.name)
                ? AuthorizeResult.DENY
                : AuthorizeResult.ALLOW,
            };
          }),
      },
    }),
    readUsage: async () => usage,
  });
  const inspect = (
    input: Record<string, unknown> = { database: REF },
    options?: Parameters<typeof runAction>[2],
  ) => runAction(createRdsInspectAction(deps()), input, options);
  const decommission = (
    input: Record<string, unknown> = FORM,
    options?: Parameters<typeof runAction>[2],
  ) => runAction(createRdsDecommissionAction(deps()), input, options);
  const writes = () => github.requests.filter(({ method }) => method !== 'GET');

  describe('goldenpath:rds:inspect', () => {
    it('shows who depends on the database, its size and its connections', async () => {
      const { summary, ...others } = await inspect();
      expect(others).toEqual({
        ...KEY,
        dependants: [
          'component:default/reports',
          'component:default/user-service',
        ],
      });
      for (const part of [
        'Database `users_db` of dev, of app `user-service` and group:default/platform-team. Its role is `users_app_user`.',
        '**Who depends on it**\n\n- `component:default/reports`\n- `component:default/user-service`\n\n',
        '- Size: `7.0 MiB`\n',
        '- Connections now: `3: 3 × users_app_user`\n',
      ])
        expect(summary).toContain(part);
      expect(writes()).toEqual([]);
    });

    it('keeps roles and applications that are connected out of the log', async () => {
      const log: string[] = [];
      await runAction(
        createRdsInspectAction(deps()),
        { database: REF },
        { log: line => log.push(line) },
      );
      expect(log.join('\n')).toContain('- Connections now: `3`\n');
      expect(log.join('\n')).not.toMatch(/× users_app_user|reports\)|a b c/);
    });

    it('says who can see what Backstage can not', async () => {
      usage = { unknown: "Can't read secret goldenpath/dev/rds/master." };
      const { summary } = await inspect();
      expect(summary).toContain(
        "Not seen: Can't read secret goldenpath/dev/rds/master. A person with access to the instance sees them with `goldenpath-rds usage --env dev --database users_db`.",
      );
    });

    it('says that nothing depends on it', async () => {
      entities = [{ ...database(), relations: [] }];
      expect((await inspect()).summary).toContain(
        '**Who depends on it**\n\nNo entity of the catalog.',
      );
    });

    it('every example passes', async () => {
      for (const { input } of exampleInputs(createRdsInspectAction(deps())))
        await expect(inspect(input)).resolves.toMatchObject(KEY);
    });

    it.each([
      {
        reason: 'somebody registered it under another name',
        input: 'resource:default/mine',
        words: 'resource:default/mine is no database of the golden path',
      },
      {
        reason: 'the catalog does not have it',
        input: 'resource:default/rds-dev-other',
        words: 'the catalog has no resource:default/rds-dev-other',
      },
      {
        reason: 'no database was chosen',
        input: '',
        words: 'database is required',
      },
    ])('refuses an entity when $reason', async ({ input, words }) => {
      entities.push(database('mine'));
      await expect(inspect({ database: input })).rejects.toThrow(words);
    });
  });

  describe('goldenpath:rds:decommission', () => {
    it('has the workflow open the pull request, once per task', async () => {
      const task = newTask();
      const first = await decommission(FORM, { task });
      expect(first).toEqual({
        runUrl: expect.stringContaining('/acme/platform-infra/actions/runs/'),
        pullRequestUrl: `http://${github.host}/acme/platform-infra/pull/9`,
      });
      expect(await decommission(FORM, { task })).toEqual(first);
      expect(writes()).toHaveLength(1);
      expect(writes()[0].path).toBe(
        '/repos/acme/platform-infra/actions/workflows/decommission-rds-database.yml/dispatches',
      );
      const { inputs } = writes()[0].body;
      expect({ ...inputs, facts: JSON.parse(inputs.facts) }).toEqual({
        base_branch: 'main',
        environment: 'dev',
        database_name: 'users_db',
        user: 'jane',
        reason: 'The app is retired',
        facts: {
          dependants: [
            'component:default/reports',
            'component:default/user-service',
          ],
          usage: { ...USAGE, sessions: [] },
        },
        request_id: 'dev-users_db',
        task_id: 'task-1',
      });
    });

    it('finds the run that an earlier attempt dispatched', async () => {
      const task = newTask();
      github.faults.push({
        method: 'POST',
        path: /dispatches/,
        loseAnswer: true,
        times: 1,
      });
      await decommission(FORM, { task });
      expect(github.runs).toHaveLength(1);
    });

    it('shows the inputs in a dry run, and dispatches nothing', async () => {
      const { preview } = await decommission(FORM, { isDryRun: true });
      expect(preview).toContain('decommission-rds-database.yml');
      expect(preview).toContain('"request_id": "dev-users_db"');
      expect(writes()).toEqual([]);
    });

    it('every example passes', async () => {
      for (const { input } of exampleInputs(
        createRdsDecommissionAction(deps()),
      ))
        await expect(decommission(input)).resolves.toHaveProperty(
          'pullRequestUrl',
        );
    });

    it('tells why a run failed', async () => {
      github.onDispatch = run =>
        Object.assign(run, { status: 'completed', conclusion: 'failure' });
      await expect(decommission()).rejects.toMatchObject({
        name: 'WorkflowRunFailedError',
        message: expect.stringContaining('ended with "failure" at request'),
      });
    });

    it.each<{
      reason: string;
      given?: () => unknown;
      input?: object;
      userRef?: string | null;
      name?: string;
      words: string[];
    }>([
      {
        reason: 'the name is not typed again and the reason is free text',
        input: { confirmation: 'user_db', reason: 'Because $(id)' },
        words: [
          'Confirmation: type the name of the database, users_db',
          'Reason: choose one of "The app is retired"',
        ],
      },
      {
        reason: 'the environment is none',
        input: { environment: 'qa' },
        words: ['Environment: choose one of'],
      },
      {
        reason: 'the user is not of the owner that the infra repo names',
        userRef: 'user:default/guest',
        name: 'NotAllowedError',
        words: [
          'user:default/guest is not a member of group:default/platform-team',
          'only its members may request the end of a database for it',
        ],
      },
      {
        reason: 'a service asks',
        userRef: null,
        name: 'NotAllowedError',
        words: ['this task has no signed-in user'],
      },
      {
        reason: 'the policy denies it',
        given: () => denied.push('goldenpath.database.decommission'),
        name: 'NotAllowedError',
        words: ['denies you goldenpath.database.decommission on dev-users_db'],
      },
      {
        reason: 'it is taken out already',
        given: () =>
          github.files.set(
            'docs/20-contracts/resource-catalogs/rds-catalog.yaml',
            catalogWith(undefined),
          ),
        name: 'NotFoundError',
        words: ['does not declare users_db for dev on main'],
      },
      {
        reason: 'the infra repo has no such workflow',
        given: () => {
          github.workflow = undefined;
        },
        words: ['has no workflow decommission-rds-database.yml'],
      },
    ])('is refused when $reason', async row => {
      row.given?.();
      const refused = await decommission(
        { ...FORM, ...row.input },
        { userRef: row.userRef },
      ).then(
        () => undefined,
        (error: Error) => error,
      );
      expect(refused?.name).toBe(row.name ?? 'InputError');
      for (const words of row.words) expect(refused?.message).toContain(words);
      expect(writes()).toEqual([]);
    });
  });
});
