import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { InMemoryCatalogClient } from '@backstage/catalog-client/testUtils';
import { Entity } from '@backstage/catalog-model';
import {
  EXAMPLE_DATABASE,
  EXAMPLE_FORM,
} from '../../../../tests/support/exampleDatabase';
import { createRequestValidateAction } from '../actions/requestValidate';
import { createPlanRequest } from '../planRequest';
import { runAction } from '../testing/actionContext';
import { FakeGitHub } from '../testing/fakeGitHub';
import { Harness, newHarness } from '../testing/harness';
import { emptyInfraFiles } from '../testing/infraFiles';
import { createCheckEntityNames } from './entityNameFree';

const ELSEWHERE =
  'url:https://github.com/acme/monolith/blob/main/catalog-info.yaml';
const APP = 'https://github.com/acme/user-service';
const INFRA = 'https://github.com/acme/platform-infra';
const COMPONENT = 'component:default/user-service';
const RESOURCE = 'resource:default/rds-dev-users_db';

interface Row {
  ref: string;
  location?: string;
  annotations?: Record<string, string>;
  /** Who may see the entity besides the plugin itself. */
  isVisible?: boolean;
  reason: string;
}

const SERVICE: BackstageCredentials = {
  $$type: '@backstage/BackstageCredentials',
  principal: { type: 'service' },
};
const USER: BackstageCredentials = {
  $$type: '@backstage/BackstageCredentials',
  principal: { type: 'user' },
};

const toEntity = ({ ref, location, annotations }: Row): Entity => {
  const [kind, namespace, name] = ref.split(/[:/]/);
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: {
      namespace,
      name,
      annotations: {
        ...(location ? { 'backstage.io/managed-by-location': location } : {}),
        ...annotations,
      },
    },
  };
};

const problemsOf = async (row: Row): Promise<string[]> => {
  const all = new InMemoryCatalogClient({ entities: [toEntity(row)] });
  const none = new InMemoryCatalogClient();
  const { app, database } = createCheckEntityNames({
    catalog: {
      getEntitiesByRefs: (request, { credentials }) =>
        (credentials === SERVICE || (row.isVisible ?? true)
          ? all
          : none
        ).getEntitiesByRefs(request),
    },
    auth: { getOwnServiceCredentials: async () => SERVICE },
  });
  const problems = [
    ...(await app('user-service', { url: APP }, USER)),
    ...(await database(
      { ...EXAMPLE_DATABASE, description: '' },
      { url: INFRA },
      USER,
    )),
  ];
  return problems.map(({ field, message }) => `${field}: ${message}`);
};

// CASES 22: backstage #10862, #26061.
describe('the names of the entities of a request', () => {
  const taken: Array<Row & { says: string }> = [
    {
      ref: COMPONENT,
      location: ELSEWHERE,
      says: 'component_id: App name: the catalog has component:default/user-service already, from https://github.com/acme/monolith/blob/main/catalog-info.yaml; choose another name.',
      reason: 'another location has it (backstage #10862)',
    },
    {
      ref: 'Component:default/User-Service',
      location: ELSEWHERE,
      says: 'the catalog has component:default/user-service already',
      reason: 'entity references are compared in any case',
    },
    {
      ref: COMPONENT,
      location: `url:${APP}-2/blob/main/catalog-info.yaml`,
      says: `from ${APP}-2/blob/main/catalog-info.yaml`,
      reason: 'a repository whose name begins with the name of the app',
    },
    {
      ref: COMPONENT,
      location:
        'url:https://github.com/other/user-service/blob/main/catalog-info.yaml',
      says: 'from https://github.com/other/user-service/',
      reason: 'a repository of that name in another organization',
    },
    {
      ref: COMPONENT,
      location:
        'url:https://ghe.acme.example/acme/user-service/blob/main/catalog-info.yaml',
      says: 'from https://ghe.acme.example/acme/user-service/',
      reason: 'a repository of that name on another host',
    },
    {
      ref: COMPONENT,
      location: 'file:/catalog/all.yaml',
      says: 'from file:/catalog/all.yaml',
      reason: 'a file of the backend has it',
    },
    {
      ref: COMPONENT,
      says: 'the catalog has component:default/user-service already; choose another name.',
      reason: 'a provider without a location has it (backstage #26061)',
    },
    {
      ref: COMPONENT,
      location: ELSEWHERE,
      isVisible: false,
      says: 'the catalog has component:default/user-service already; choose another name.',
      reason: 'an entity that the user may not see: its location stays hidden',
    },
    {
      ref: COMPONENT,
      location: ELSEWHERE,
      annotations: { 'backstage.io/orphan': 'true' },
      says: 'the catalog still has component:default/user-service, from https://github.com/acme/monolith/blob/main/catalog-info.yaml, an orphan that nothing lists any more. Delete it in the catalog, or choose another name.',
      reason: 'an orphan keeps its name',
    },
    {
      ref: RESOURCE,
      location: ELSEWHERE,
      says: 'databaseName: Database name: the catalog has resource:default/rds-dev-users_db already, from https://github.com/acme/monolith/',
      reason:
        'a Resource with the name of the database is registered elsewhere',
    },
    {
      ref: RESOURCE,
      location: 'aws-rds:eu-central-1',
      says: 'databaseName: Database name: the catalog has resource:default/rds-dev-users_db already, from aws-rds:eu-central-1; choose another name.',
      reason: 'another provider has a Resource of that name',
    },
  ];
  it.each(taken)('are taken: $reason', async ({ says, ...row }) => {
    expect(await problemsOf(row)).toEqual([expect.stringContaining(says)]);
  });

  const free: Row[] = [
    {
      ref: COMPONENT,
      location: `url:${APP}/blob/main/catalog-info.yaml`,
      reason: 'this task, or an earlier app of that repository, registered it',
    },
    {
      ref: COMPONENT,
      location:
        'url:https://github.com/Acme/User-Service/tree/main/catalog-info.yaml',
      reason: 'GitHub discovery found it in that repository',
    },
    {
      ref: 'component:payments/user-service',
      location: ELSEWHERE,
      reason: 'another namespace',
    },
    ...['api', 'system', 'resource', 'group', 'template'].map(kind => ({
      ref: `${kind}:default/user-service`,
      location: ELSEWHERE,
      reason: `another kind, ${kind}`,
    })),
    {
      ref: 'component:default/users_db',
      location: ELSEWHERE,
      reason: 'a Component with the name of the database',
    },
    {
      ref: 'resource:default/users_db',
      location: ELSEWHERE,
      reason: 'a Resource with the bare name of the database',
    },
    {
      ref: RESOURCE,
      location: `url:${INFRA}/blob/main/docs/20-contracts/resource-catalogs/rds-catalog.yaml`,
      reason: 'the catalog module lists the databases of the infra repo',
    },
  ];
  it.each(free)('are free: $reason', async row => {
    expect(await problemsOf(row)).toEqual([]);
  });
});

describe('the first step', () => {
  let github: FakeGitHub;
  let harness: Harness;
  beforeEach(async () => {
    github = new FakeGitHub();
    await github.start();
    for (const [path, text] of emptyInfraFiles()) github.files.set(path, text);
    harness = await newHarness(github);
  });
  afterEach(() => github.stop());

  /** @returns the outputs, or the error's name and message */
  const validate = (
    catalog: Parameters<typeof createCheckEntityNames>[0]['catalog'],
    options: Parameters<typeof runAction>[2] = {},
  ) =>
    runAction(
      createRequestValidateAction({
        ...harness,
        checkEntityNames: createCheckEntityNames({
          catalog,
          auth: { getOwnServiceCredentials: async () => SERVICE },
        }),
        planRequest: createPlanRequest(harness.config).plan,
        readTaskLife: async () => ({ state: 'working' }),
      }),
      EXAMPLE_FORM,
      options,
    ).catch(({ name, message }: Error) => ({ name, message }));
  const claims = () =>
    harness.claims.around({ requestId: 'dev-users_db', repo: '' });
  const catalogWith = (...rows: Array<Omit<Row, 'reason'>>) =>
    new InMemoryCatalogClient({
      entities: rows.map(row => toEntity({ ...row, reason: '' })),
    });

  it.each([{ isDryRun: false }, { isDryRun: true }])(
    'names both entities at once, and claims nothing (dry run: $isDryRun)',
    async options => {
      const answer = await validate(
        catalogWith(
          { ref: COMPONENT, location: ELSEWHERE },
          { ref: RESOURCE, location: ELSEWHERE },
        ),
        options,
      );
      expect(answer.name).toBe('InputError');
      expect(answer.message).toContain(`has ${COMPONENT} already`);
      expect(answer.message).toContain(`has ${RESOURCE} already`);
      expect(await claims()).toEqual([]);
      expect(github.requests.filter(({ method }) => method !== 'GET')).toEqual(
        [],
      );
    },
  );

  it('goes on in a Retry after this task has registered the app', async () => {
    const own = `url:http://${github.host}/acme/user-service/blob/main/catalog-info.yaml`;
    expect(
      await validate(catalogWith({ ref: COMPONENT, location: own })),
    ).toMatchObject({ requestId: 'dev-users_db' });
  });

  it('asks for a Retry if the catalog does not answer', async () => {
    const answer = await validate({
      getEntitiesByRefs: async () => {
        throw new Error('connect ECONNREFUSED 127.0.0.1:7007');
      },
    });
    expect(answer.name).toBe('ServiceUnavailableError');
    expect(answer.message).toContain(
      'Some checks failed to run, and nothing was changed; press Retry',
    );
    expect(await claims()).toEqual([]);
  });
});
