import { execFile } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { publishedPackages } from '../scripts/make-packages';
import { BackstageClient, signInAsGuest } from './support/backstage';
import { newest, oldest } from './support/backstageReleases';
import { createBareBackstage } from './support/bareBackstage';
import { builtPackages } from './support/builtPackages';
import { createFolder } from './support/createFolder';
import { EXAMPLE_FORM } from './support/exampleDatabase';
import { githubClient } from './support/github';
import { InfraGitHub, startInfraGitHub } from './support/infraGitHub';
import {
  commandWith,
  DOCUMENTED_REGISTRY,
  features,
  yamlWith,
} from './support/installSteps';
import { npmEnvironment } from './support/npmEnvironment';
import { startPackageRegistry } from './support/packageRegistry';
import { freePorts } from './support/platform';
import {
  startTemporaryPostgres,
  TemporaryPostgres,
} from './support/temporaryPostgres';
import { installYarn } from './support/yarn';

/** Not execFileSync: the registry answers in this process. */
const runFile = promisify(execFile);
const ROOT = resolve(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const NEWLY_PUBLISHED = '@goldenpath/plugin-golden-path-common';
const MODULE = '@goldenpath/plugin-scaffolder-backend-module-golden-path';
const TOKEN = 'token-of-the-test';

const ACTIONS = [
  'goldenpath:app:publish',
  'goldenpath:app:render',
  'goldenpath:app:validate',
  'goldenpath:rds:await',
  'goldenpath:rds:decommission',
  'goldenpath:rds:dispatch',
  'goldenpath:rds:inspect',
  'goldenpath:rds:provision',
  'goldenpath:request:validate',
];

/** Step 6 of docs/install.md, from its text, in a Backstage of its own. */
describe('docs/install.md, step 6', () => {
  const folder = createFolder();
  let registry: Awaited<ReturnType<typeof startPackageRegistry>>;
  let infra: InfraGitHub;
  let npmEnv: Record<string, string>;

  beforeAll(async () => {
    registry = await startPackageRegistry(TOKEN);
    infra = await startInfraGitHub();
    npmEnv = npmEnvironment(folder, registry.url, TOKEN);
  });
  afterAll(async () => {
    await infra?.stop();
    await registry?.stop();
  });

  it('publishes every package', async () => {
    cpSync(await builtPackages(), join(folder, 'dist-packages'), {
      recursive: true,
    });
    await runFile('bash', ['-euc', commandWith('npm publish')], {
      cwd: folder,
      env: { ...process.env, ...npmEnv },
    });
    expect(registry.published()).toEqual(
      publishedPackages()
        .map(path => JSON.parse(read(`${path}/package.json`)).name)
        .sort(),
    );
  });

  it('passes the age gate of a generated Backstage, and is held by it otherwise', async () => {
    const yarn = await installYarn(folder, npmEnv);
    const documented = parse(
      yamlWith('npmPreapprovedPackages').replace(
        DOCUMENTED_REGISTRY,
        registry.url,
      ),
    );
    const { npmScopes } = documented;

    const held = await yarn.add(NEWLY_PUBLISHED, 'held', { npmScopes });
    expect(held.out).toMatch(/quarantined/);
    expect(held.code).not.toBe(0);
    expect(await yarn.add(NEWLY_PUBLISHED, 'passed', documented)).toMatchObject(
      { code: 0 },
    );
  });

  describe.each([
    { name: '1.55', release: oldest, replicas: 1 },
    { name: '1.57', release: newest, replicas: 2 },
  ])('in Backstage $name', ({ name, release, replicas }) => {
    let backstage: ReturnType<typeof createBareBackstage>;
    let database: TemporaryPostgres;
    const running: Array<{ stop(): Promise<void>; text(): string }> = [];
    let client: BackstageClient;

    beforeAll(async () => {
      database = await startTemporaryPostgres();
    });
    afterAll(async () => {
      for (const replica of running) await replica.stop();
      await database?.stop();
    });

    it('adds no second copy of a Backstage package', async () => {
      backstage = createBareBackstage(join(folder, name), release(), npmEnv);
      await backstage.install();
      const before = backstage.backstagePackages();
      await backstage.run(commandWith('npm install --workspace'));

      const after = backstage.backstagePackages();
      const names = after.map(one => one.name);
      expect(names.filter((one, i) => names.indexOf(one) !== i)).toEqual([]);
      expect(after).toEqual(expect.arrayContaining(before));
      for (const { name: found, version } of after)
        expect([found, version]).toEqual([found, release()[found]]);
      expect(backstage.manifestOf(MODULE).main).toBe('dist/index.cjs.js');
    });

    it('boots with actions, template and skeletons', async () => {
      const ports = await freePorts(replicas);
      const url = `http://localhost:${ports[0]}`;
      for (const template of [
        'backend-app-rds',
        'stateless-app',
        'stateful-app',
        'rds-provision',
        'rds-decommission',
      ])
        backstage.write(
          `templates/${template}/template.yaml`,
          read(`templates/${template}/template.yaml`),
        );
      backstage.build(features(), {
        permissionPolicy: read('docs/examples/permissionPolicy.ts'),
      });
      backstage.write('org.yaml', read('packages/backend/catalog/org.yaml'));
      backstage.write('app-config.yaml', stringify(appConfig(url)));
      backstage.write(
        'app-config.production.yaml',
        read('app-config.production.yaml'),
      );
      for (const port of ports)
        running.push(
          await backstage.start(
            `http://localhost:${port}`,
            [
              'app-config.yaml',
              ...(replicas > 1 ? ['app-config.production.yaml'] : []),
            ],
            {
              LISTEN_HOST: '127.0.0.1',
              PORT: String(port),
              APP_BASE_URL: url,
              POSTGRES_HOST: database.host,
              POSTGRES_PORT: String(database.port),
              POSTGRES_USER: database.databases.backstage.username,
              POSTGRES_PASSWORD: database.databases.backstage.password,
              POSTGRES_DATABASE: 'backstage',
              NODE_EXTRA_CA_CERTS: database.caFile,
            },
          ),
        );
      client = await signInAsGuest(url);
      const actions = (await (
        await client.get('/api/scaffolder/v2/actions')
      ).json()) as Array<{ id: string }>;
      expect(actions.map(({ id }) => id)).toEqual(
        expect.arrayContaining(ACTIONS),
      );
    });

    /** The blocks of install.md with this test's addresses, added to what a generated Backstage has. */
    const appConfig = (url: string) => {
      const { host } = new URL(infra.github.url);
      const golden = parse(
        yamlWith('goldenPath:\n  infraRepo').replace('github.com', host),
      );
      const { locations } = parse(yamlWith('catalog:\n')).catalog;
      return {
        app: { baseUrl: url },
        backend: {
          baseUrl: url,
          listen: { host: '127.0.0.1', port: Number(new URL(url).port) },
          reading: { allow: [{ host }] },
          database: {
            client: 'pg',
            pluginDivisionMode: 'schema',
            connection: {
              host: database.host,
              port: database.port,
              user: database.databases.backstage.username,
              password: database.databases.backstage.password,
              database: 'backstage',
              ssl: true,
            },
          },
        },
        auth: {
          environment: 'development',
          providers: { guest: { userEntityRef: 'user:default/guest' } },
        },
        permission: { enabled: true },
        integrations: {
          github: [
            {
              host,
              apiBaseUrl: infra.github.apiUrl,
              rawBaseUrl: infra.github.rawUrl,
              token: 'local-token',
            },
          ],
        },
        catalog: {
          rules: [{ allow: ['Component', 'Location'] }],
          locations: [
            {
              type: 'file',
              target: '../../org.yaml',
              rules: [{ allow: ['User', 'Group'] }],
            },
            ...locations,
          ],
        },
        ...golden,
      };
    };

    it('runs one form', async () => {
      const component = `from-${name.replace('.', '-')}`;
      const databaseName = component.replaceAll('-', '_');
      const { status, id } = await client.createTask({
        ...EXAMPLE_FORM,
        component_id: component,
        databaseName,
        username: `${databaseName}_user`,
        owner: 'group:default/checkout-team',
      });
      expect(status).toBe(201);
      const task = await client.finished(id);
      expect(task).toMatchObject({ status: 'completed' });

      expect(await infra.pullOf(`database/dev/${databaseName}`)).toMatchObject({
        title: `Create RDS database ${databaseName} (dev)`,
      });
      const app = githubClient(infra.github.apiUrl, `acme/${component}`);
      const tree = await app.json<{ tree: Array<{ path: string }> }>(
        `/repos/acme/${component}/git/trees/main?recursive=1`,
      );
      expect(tree.tree.map(({ path }) => path)).toEqual(
        expect.arrayContaining(['app.py', '.gitignore', 'catalog-info.yaml']),
      );
    });

    it('lets a developer run no template of their own', async () => {
      const answer = await client.post('/api/scaffolder/v2/dry-run', {
        template: parse(read('templates/backend-app-rds/template.yaml')),
        values: {},
        directoryContents: [],
      });
      expect(answer.status).toBe(403);
    });
  });
});
