import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { startTemporaryPostgres } from '../../../tests/support/temporaryPostgres';
import { bootCatalog } from './testing/bootCatalog';
import { entryOf, infraRepoOf } from './testing/infraRepo';

const until = async (what: () => Promise<boolean>) => {
  while (!(await what())) await new Promise(done => setTimeout(done, 200));
};

const NUMBER = 100;
const many = Object.fromEntries(
  Array.from({ length: NUMBER }, (_, at) => [
    `db_${at}`,
    entryOf('dev', `db_${at}`),
  ]),
);

describe('the module in a catalog', () => {
  const files = infraRepoOf({ dev: { users_db: entryOf('dev', 'users_db') } });
  let postgres: Awaited<ReturnType<typeof startTemporaryPostgres>>;
  let catalog: Awaited<ReturnType<typeof bootCatalog>>;
  beforeAll(async () => {
    postgres = await startTemporaryPostgres();
    catalog = await bootCatalog(files, {
      ...postgres,
      ...postgres.databases.backstage,
    });
    await catalog.refresh();
    await until(async () => (await catalog.count('database')) === 1);
  });
  afterAll(async () => {
    await catalog?.stop();
    await postgres?.stop();
  });

  it('has database and instance, related both ways, and no orphan', async () => {
    const database = await catalog.entity('rds-dev-users_db');
    expect(database.relations).toEqual(
      expect.arrayContaining([
        { type: 'dependsOn', targetRef: 'resource:default/rds-dev' },
        { type: 'ownedBy', targetRef: 'group:default/platform-team' },
      ]),
    );
    await until(
      async () =>
        (
          await catalog.entity('rds-dev')
        ).relations?.some(({ type }) => type === 'dependencyOf') ?? false,
    );
    expect(JSON.stringify(database)).not.toContain('backstage.io/orphan');
  });

  it('follows a push, keeps everything while the file is broken, and says so', async () => {
    const push = {
      ref: 'refs/heads/main',
      repository: { html_url: 'https://github.com/acme/platform-infra' },
      commits: [{ modified: [CATALOG_PATH] }],
    };
    Object.assign(
      files,
      infraRepoOf({
        dev: {
          users_db: entryOf('dev', 'users_db'),
          orders_db: entryOf('dev', 'orders_db'),
        },
      }),
    );
    await catalog.publish(push);
    await until(async () => (await catalog.count('database')) === 2);

    const good = files[CATALOG_PATH];
    files[CATALOG_PATH] = 'databases: [';
    await catalog.publish(push);
    const problem = async () =>
      (await catalog.entity('rds-dev')).metadata.annotations?.[
        'goldenpath.io/catalog-problem'
      ];
    await until(async () => (await problem()) !== undefined);
    expect(await problem()).toContain(CATALOG_PATH);
    expect(await catalog.count('database')).toBe(2);
    expect(catalog.logged.join('\n')).toContain('stay as they were');

    files[CATALOG_PATH] = good;
    await catalog.publish(push);
    await until(async () => (await problem()) === undefined);
  });

  it('a database that leaves the file leaves the catalog', async () => {
    Object.assign(
      files,
      infraRepoOf({ dev: { users_db: entryOf('dev', 'users_db') } }),
    );
    await catalog.refresh();
    await until(async () => (await catalog.count('database')) === 1);
    expect(await catalog.entity('rds-dev-orders_db')).toMatchObject({
      error: { name: 'NotFoundError' },
    });
  });

  it(`takes ${NUMBER} databases, and a second read changes none`, async () => {
    Object.assign(files, infraRepoOf({ dev: many }));
    await catalog.refresh();
    await until(async () => (await catalog.count('database')) === NUMBER);
    const before = await catalog.entity('rds-dev-db_99');
    await catalog.refresh();
    await catalog.refresh();
    expect(await catalog.entity('rds-dev-db_99')).toEqual(before);
    expect(await catalog.count('database')).toBe(NUMBER);
  });
});
