import {
  entityEnvelopeSchemaValidator,
  FieldFormatEntityPolicy,
  NoForeignRootFieldsEntityPolicy,
  resourceEntityV1alpha1Validator,
  SchemaValidEntityPolicy,
} from '@backstage/catalog-model';
import {
  CATALOG_PATH,
  defaultInfraSettings,
  entityRef,
} from '@goldenpath/plugin-golden-path-common';
import { readCatalog } from '@goldenpath/plugin-golden-path-node';
import { catalogOf, CONFIG, entryOf } from '../testing/infraRepo';
import { withProblem } from './entities';
import { listEntities } from './listEntities';

const context = { ...CONFIG, catalogPath: CATALOG_PATH };
const list = (
  databases: Record<string, Record<string, unknown>>,
  runs: Parameters<typeof listEntities>[2] = new Map(),
  of = context,
) =>
  listEntities(
    readCatalog(catalogOf(databases), CATALOG_PATH),
    defaultInfraSettings(),
    runs,
    of,
  );
const databases = { dev: { users_db: entryOf('dev', 'users_db') } };

describe('listEntities', () => {
  it('shows a database with its owner, status, instance and links', () => {
    const runs = new Map([
      ['dev', new Map([['users_db', { id: '77', url: '' }]])],
    ]);
    expect(list(databases, runs).at(-1)).toMatchObject({
      kind: 'Resource',
      metadata: {
        name: 'rds-dev-users_db',
        title: 'users_db (dev)',
        annotations: {
          'backstage.io/managed-by-location': `url:https://github.com/acme/platform-infra/blob/main/${CATALOG_PATH}`,
          'goldenpath.io/database': 'users_db',
          'goldenpath.io/status': 'pending',
          'goldenpath.io/secret': 'goldenpath/dev/users_db/postgres',
        },
        links: [
          {
            title: 'Pull request',
            url: 'https://github.com/acme/platform-infra/pulls?q=is%3Apr%20head%3Adatabase%2Fdev%2Fusers_db',
          },
          {
            title: 'Secret',
            url: 'https://console.aws.amazon.com/secretsmanager/secret?name=goldenpath%2Fdev%2Fusers_db%2Fpostgres&region=eu-central-1',
          },
          {
            title: 'Last run',
            url: 'https://github.com/acme/platform-infra/actions/runs/77',
          },
        ],
      },
      spec: {
        type: 'database',
        owner: 'group:default/platform-team',
        lifecycle: 'pending',
        dependsOn: ['resource:default/rds-dev'],
        dependencyOf: ['component:default/user-service'],
      },
    });
  });

  it('shows the instance of each environment, also of one without a database', () => {
    expect(
      list(databases)
        .filter(({ spec }) => spec?.type === 'database-instance')
        .map(({ metadata }) => metadata.name),
    ).toEqual(['rds-dev', 'rds-test', 'rds-staging', 'rds-prod']);
  });

  it.each([
    { region: undefined, host: undefined, reason: 'no region is known' },
    {
      region: 'us-gov-west-1',
      host: 'console.amazonaws-us-gov.com',
      reason: 'GovCloud',
    },
    { region: 'cn-north-1', host: 'console.amazonaws.cn', reason: 'China' },
  ])('links the secret in the console of: $reason', ({ region, host }) => {
    const links = list(databases, new Map(), { ...context, region })
      .at(-1)!
      .metadata.links!.filter(({ title }) => title === 'Secret');
    expect(links.map(({ url }) => new URL(url).host)).toEqual(
      host ? [host] : [],
    );
  });

  it.each([
    { id: 'local', url: '', reason: 'a run on a person’s machine' },
    { id: '7', url: 'data:text/html,x', page: '7', reason: 'a script' },
    {
      id: '../../evil',
      url: 'https://evil.example/acme/platform-infra/actions/runs/7',
      reason: 'another host',
    },
    {
      id: '7',
      url: 'https://github.com/acme/platform-infra/actions/runs/8',
      page: '8',
      reason: "the run's own page",
    },
  ])('links only runs of the infra repo: $reason', ({ id, url, page }) => {
    const runs = new Map([['dev', new Map([['users_db', { id, url }]])]]);
    const links = list(databases, runs)
      .at(-1)!
      .metadata.links!.filter(({ title }) => title === 'Last run');
    expect(links.map(link => link.url)).toEqual(
      page
        ? [`https://github.com/acme/platform-infra/actions/runs/${page}`]
        : [],
    );
  });

  it('has names that the app repo depends on, and that no two entities share', () => {
    const entities = list({
      dev: {
        ...databases.dev,
        [`${'a'.repeat(62)}1`]: entryOf('dev', `${'a'.repeat(62)}1`),
        [`${'a'.repeat(62)}2`]: entryOf('dev', `${'a'.repeat(62)}2`),
      },
      prod: { users_db: entryOf('prod', 'users_db', 'payments/core') },
    });
    const names = entities.map(({ metadata }) => metadata.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.map(name => `resource:default/${name}`)).toContain(
      entityRef({ environment: 'prod', databaseName: 'users_db' }),
    );
  });

  it('are entities that Backstage takes', async () => {
    const entities = list({
      dev: {
        ...databases.dev,
        [`${'a'.repeat(62)}_`]: entryOf('dev', `${'a'.repeat(62)}_`),
      },
      prod: { users_db: entryOf('prod', 'users_db', 'payments/core') },
    });
    const validate = entityEnvelopeSchemaValidator();
    for (const entity of [
      ...entities,
      withProblem(entities[0], 'no\nsuch file'),
    ]) {
      expect(validate(entity)).toBeTruthy();
      await new SchemaValidEntityPolicy().enforce(entity);
      await new NoForeignRootFieldsEntityPolicy().enforce(entity);
      await new FieldFormatEntityPolicy().enforce(entity);
      expect(await resourceEntityV1alpha1Validator.check(entity)).toBe(true);
    }
  });

  it.each<{
    reason: string;
    broken: Record<string, Record<string, unknown>>;
    words: string;
  }>([
    {
      reason: 'an owner that is no name',
      broken: { dev: { users_db: entryOf('dev', 'users_db', '../x y') } },
      words: 'databases.dev."users_db": Owner:',
    },
    {
      reason: 'a database name that is none',
      broken: { dev: { 'Users DB': entryOf('dev', 'users_db') } },
      words: 'databases.dev."Users DB": Database name:',
    },
    {
      reason: 'an environment that is none',
      broken: { 'de v': { users_db: entryOf('dev', 'users_db') } },
      words: 'databases."de v":',
    },
  ])('takes nothing of a file with $reason', ({ broken, words }) => {
    expect(() => list(broken)).toThrow(words);
  });

  it('counts what it does not print', () => {
    const many = Object.fromEntries(
      Array.from({ length: 9 }, (_, at) => [
        `U${at}`,
        entryOf('dev', 'users_db'),
      ]),
    );
    expect(() => list({ dev: many })).toThrow('4 more problems.');
  });
});
