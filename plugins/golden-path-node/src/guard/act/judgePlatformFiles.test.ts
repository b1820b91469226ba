import { judgePlatformFiles } from './judgePlatformFiles';

const TFVARS = 'envs/dev-rds/terraform.tfvars';
const FILE = '100644';
const PATHS = { catalogPath: 'catalog.yaml', environmentsPath: 'envs' };
const ENTRY = '{ database_name = "a_db", username = "a_user" }';

const judge = (
  before: string | undefined,
  after: string | undefined,
  options: Partial<Parameters<typeof judgePlatformFiles>[2]> = {},
) =>
  judgePlatformFiles(
    {
      changes: [
        {
          path: TFVARS,
          before: before === undefined ? undefined : FILE,
          after: after === undefined ? undefined : FILE,
        },
      ],
      baseFiles: ['envs/dev-rds/main.tf', 'network/main.tf.json'],
      start: { read: async () => before },
      head: { read: async () => after },
    },
    PATHS,
    { labels: [], databasePaths: [TFVARS], reportedPaths: [], ...options },
  );

describe('judgePlatformFiles', () => {
  it.each<{ reason: string; before: string; after: string }>([
    {
      reason: 'databases',
      before: 'application_databases = {}\n',
      after: `application_databases = { a_db = ${ENTRY} }\n`,
    },
    {
      reason: 'comments and layout',
      before: 'region = "x"\napplication_databases = {}\n',
      after: '# why\napplication_databases = {\n}\nregion   = "x"\n',
    },
  ])('leaves to everybody $reason', async ({ before, after }) => {
    expect(await judge(before, after)).toEqual([]);
  });

  it.each<{ reason: string; before: string; after: string; names: string }>([
    {
      reason: 'another catalog, which says whose a secret is',
      before: 'application_databases = {}\n',
      after: 'application_databases = {}\ncatalog_path = "../../mine.yaml"\n',
      names: 'catalog_path',
    },
    {
      reason: 'several settings',
      before: 'kms_key_id = "a"\npassword_version = 1\n',
      after: 'password_version = 2\n',
      names: 'kms_key_id, password_version',
    },
  ])('asks the platform team for $reason', async row => {
    expect(await judge(row.before, row.after)).toEqual([
      {
        path: TFVARS,
        line: 1,
        message: `${row.names} changed, and only the databases in it are for everybody to change. The label rds-platform-allowed allows it.`,
      },
    ]);
    expect(
      await judge(row.before, row.after, { labels: ['rds-platform-allowed'] }),
    ).toEqual([]);
  });

  it('compares the databases too where the guard reads none, as of an instance that is off', async () => {
    const [before, after] = ['{}', `{ a_db = ${ENTRY} }`].map(
      databases => `application_databases = ${databases}\n`,
    );
    expect(await judge(before, after, { databasePaths: [] })).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('application_databases changed'),
      }),
    ]);
  });

  it('never tells a value', async () => {
    const findings = await judge(
      'db_password = "old-secret"\n',
      'db_password = "new-secret"\n',
    );
    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings)).not.toContain('secret');
  });

  it('reports a file that it cannot read, unless it is reported already', async () => {
    expect(await judge('a = {\n', 'a = 1\n')).toEqual([
      expect.objectContaining({
        path: TFVARS,
        message: expect.stringMatching(
          /^can't compare with the base: .* The label rds-platform-allowed allows it\.$/,
        ),
      }),
    ]);
    expect(
      await judge('a = {\n', 'a = 1\n', { reportedPaths: [TFVARS] }),
    ).toEqual([]);
  });

  it('takes a folder with Terraform files in the base for a module', async () => {
    const findings = await judgePlatformFiles(
      {
        changes: [{ path: 'network/x.txt', before: FILE, after: FILE }],
        baseFiles: ['network/main.tf.json'],
        start: { read: async () => undefined },
        head: { read: async () => undefined },
      },
      PATHS,
      { labels: [], databasePaths: [], reportedPaths: [] },
    );
    expect(findings).toHaveLength(1);
  });

  it('refuses a new terraform.tfvars by its path', async () => {
    expect(await judge(undefined, 'x = 1\n')).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('is added, and in envs only'),
      }),
    ]);
  });
});
