import { InMemoryCatalogClient } from '@backstage/catalog-client/testUtils';
import { promotionFormData } from '@goldenpath/plugin-golden-path-common';
import { EXAMPLE_FORM } from '../../../../tests/support/exampleDatabase';
import { createRequestValidateAction } from '../actions/requestValidate';
import { createPlanRequest } from '../planRequest';
import { newTask, runAction } from '../testing/actionContext';
import { FakeGitHub } from '../testing/fakeGitHub';
import { Harness, newHarness } from '../testing/harness';
import { emptyInfraFiles } from '../testing/infraFiles';
import { createCheckExistingApp } from './existingApp';

const PAGE = 'acme/user-service';

describe('a request for an app that exists already', () => {
  let github: FakeGitHub;
  let harness: Harness;
  beforeEach(async () => {
    github = new FakeGitHub();
    await github.start();
    for (const [path, text] of emptyInfraFiles()) github.files.set(path, text);
    github.addRepo(PAGE, '');
    harness = await newHarness(github);
  });
  afterEach(() => github.stop());

  const component = (
    owner: string = 'group:default/platform-team',
    page: string = `http://${github.host}/${PAGE}`,
  ) => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      namespace: 'default',
      name: 'user-service',
      annotations: {
        'backstage.io/managed-by-location': `url:${page}/blob/main/catalog-info.yaml`,
      },
    },
    relations: [{ type: 'ownedBy', targetRef: owner }],
  });
  const promote = (
    changed: Record<string, unknown> = {},
    given: {
      entities?: Array<ReturnType<typeof component>>;
      task?: string;
      userRef?: string;
    } = {},
  ) =>
    runAction(
      createRequestValidateAction({
        ...harness,
        planRequest: createPlanRequest(harness.config).plan,
        checkExistingApp: createCheckExistingApp(
          new InMemoryCatalogClient({
            entities: given.entities ?? [component()],
          }),
        ),
        readTaskLife: async () => ({ state: 'working' }),
      }),
      { ...EXAMPLE_FORM, environment: 'prod', existingApp: true, ...changed },
      { task: newTask(given.task), userRef: given.userRef },
    );
  const refusal = (...args: Parameters<typeof promote>) =>
    promote(...args).then(
      () => {
        throw new Error('It was not refused.');
      },
      (error: Error) => `${error.name}: ${error.message}`,
    );

  it('is accepted, and holds the request but not the repository', async () => {
    const { request } = await promote();
    expect(request).toMatchObject({ existingApp: true, environment: 'prod' });
    const [claim] = await harness.claims.around({
      requestId: 'prod-users_db',
      repo: '',
    });
    expect(claim).toMatchObject({
      state: 'held',
      repoState: 'none',
      repo: `${github.host}/${PAGE}#prod-users_db`,
    });
  });

  it('goes on beside another request for the same app', async () => {
    await promote({ environment: 'dev' }, { task: 'a' });
    await expect(
      promote({ environment: 'prod' }, { task: 'b' }),
    ).resolves.toMatchObject({ requestId: 'prod-users_db' });
  });

  it('is refused while another task requests the same database', async () => {
    await promote({}, { task: 'a' });
    expect(await refusal({}, { task: 'b' })).toContain(
      'prod-users_db is taken: task a is working on it',
    );
  });

  it('can be retried', async () => {
    await promote({}, { task: 'a' });
    await expect(promote({}, { task: 'a' })).resolves.toMatchObject({
      requestId: 'prod-users_db',
    });
  });

  it('links the form for the next environment, which is valid there', async () => {
    const outputs = await promote({ environment: 'dev' });
    expect(outputs.nextEnvironment).toBe('test');
    const url = new URL(outputs.promotionUrl, 'http://localhost');
    const values = JSON.parse(url.searchParams.get('formData')!);
    expect(values).toEqual(
      promotionFormData(
        {
          ...EXAMPLE_FORM,
          component: 'user-service',
          ownerRef: 'group:default/platform-team',
          size: 'small',
          risk: 'medium',
          domain: 'delivery',
        },
        'test',
      ),
    );
    const last = await promote({ environment: 'prod' }, { task: 'b' });
    expect(last).not.toHaveProperty('promotionUrl');
  });

  it.each([
    {
      reason: 'its component has another owner',
      given: () => ({
        entities: [component('group:default/checkout-team')],
      }),
      words:
        'Owner: component:default/user-service belongs to group:default/checkout-team and not to group:default/platform-team; choose its team, or change spec.owner in its catalog-info.yaml first.',
    },
    {
      reason: 'the requester is no member of the owner',
      given: () => ({ userRef: 'user:default/guest' }),
      words:
        'user:default/guest is not a member of group:default/platform-team',
    },
    {
      reason: 'the catalog does not have it',
      given: () => ({ entities: [] }),
      words:
        'App name: the catalog has no component:default/user-service, or you may not see it',
    },
    {
      reason: 'its component comes from another repository',
      given: () => ({
        entities: [component(undefined, 'http://evil.example/jane/own')],
      }),
      words:
        "App name: component:default/user-service comes from http://evil.example/jane/own/blob/main/catalog-info.yaml and not from the app's repository",
    },
    {
      reason: 'its repository is gone',
      given: () => {
        github.repos.delete(PAGE);
        return {};
      },
      words: "App name: the repository acme/user-service doesn't exist",
    },
  ])('is refused when $reason', async ({ given, words }) => {
    const told = await refusal({}, given());
    expect(told).toContain('InputError');
    expect(told).toContain(words);
    expect(
      await harness.claims.around({ requestId: 'prod-users_db', repo: '' }),
    ).toEqual([]);
  });
});
