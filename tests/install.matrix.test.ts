import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { publishedPackages } from '../scripts/make-packages';
import { BackstageClient, signInAsGuest } from './support/backstage';
import { createBareBackstage, Release } from './support/bareBackstage';
import { builtPackages } from './support/builtPackages';
import { createFolder } from './support/createFolder';
import { EXAMPLE_FORM } from './support/exampleDatabase';
import { githubClient } from './support/github';
import { InfraGitHub, startInfraGitHub } from './support/infraGitHub';
import { blockWith, codeBlocks } from './support/markdownCode';
import { startPackageRegistry } from './support/packageRegistry';
import { freePorts } from './support/platform';
import { startProgram } from './support/startProgram';
import {
  startTemporaryPostgres,
  TemporaryPostgres,
} from './support/temporaryPostgres';

const ROOT = resolve(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const MODULE = '@goldenpath/plugin-scaffolder-backend-module-golden-path';
const HEADING = '## 6. Backstage';
const DOCUMENTED_REGISTRY = 'https://npm.acme.example/';
const TOKEN = 'token-of-the-test';

const ACTIONS = [
  'goldenpath:app:publish',
  'goldenpath:app:render',
  'goldenpath:rds:await',
  'goldenpath:rds:dispatch',
  'goldenpath:rds:provision',
  'goldenpath:request:validate',
];

/** What step 6 of install.md tells to run or write. */
const blocks = (language: string) =>
  codeBlocks(read('docs/install.md'), HEADING, language);
const commandWith = (text: string) => blockWith(blocks('sh'), text);
const yamlWith = (text: string) => blockWith(blocks('yaml'), text);
const features = () =>
  blocks('ts').filter(block => block.includes('backend.add('));

/** Not in this workspace, whose local Backstage has no permissions. */
const PERMISSION_BACKEND = { '@backstage/plugin-permission-backend': '0.7.18' };

const newest = (): Release => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { version: string }>;
  };
  const prefix = 'node_modules/@backstage/';
  return {
    ...PERMISSION_BACKEND,
    ...Object.fromEntries(
      Object.entries(packages)
        .filter(([path]) => path.startsWith(prefix))
        .map(([path, { version }]) => [
          path.slice('node_modules/'.length),
          version,
        ]),
    ),
  };
};
const oldest = (): Release =>
  JSON.parse(read('tests/support/backstage-1.55.json'));

/** As create-app writes it since 2026. */
const GENERATED_YARNRC = {
  nodeLinker: 'node-modules',
  npmMinimalAgeGate: '3d',
  npmPreapprovedPackages: ['@backstage/*'],
};
/** The Yarn that create-app generates a Backstage with. */
const YARN = '@yarnpkg/cli-dist@4.13.0';

const npmConfig = (key: string) =>
  execFileSync('npm', ['config', 'get', key], { encoding: 'utf8' }).trim();

/** npm as this machine has it configured, and the scope's registry as install.md configures it. */
const npmEnvironment = (folder: string, registryUrl: string) => {
  const scope = blockWith(blocks('ini'), '@goldenpath:registry')
    .replaceAll(DOCUMENTED_REGISTRY, registryUrl)
    .replaceAll(
      DOCUMENTED_REGISTRY.replace('https:', ''),
      registryUrl.replace('http:', ''),
    );
  const usual = readIfExists(npmConfig('userconfig'));
  writeFileSync(join(folder, 'npmrc'), `${usual}\n${scope}`);
  return {
    NPM_CONFIG_USERCONFIG: join(folder, 'npmrc'),
    NPM_TOKEN: TOKEN,
    npm_config_prefer_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
  };
};
const readIfExists = (path: string) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** Step 6 of docs/install.md, from its text, in a Backstage of its own. */
describe('docs/install.md, step 6', () => {
  const folder = createFolder();
  let registry: Awaited<ReturnType<typeof startPackageRegistry>>;
  let postgres: TemporaryPostgres;
  let infra: InfraGitHub;
  let npmEnv: Record<string, string>;

  beforeAll(async () => {
    registry = await startPackageRegistry(TOKEN);
    postgres = await startTemporaryPostgres();
    infra = await startInfraGitHub();
    npmEnv = npmEnvironment(folder, registry.url);
  });
  afterAll(async () => {
    await infra?.stop();
    await postgres?.stop();
    await registry?.stop();
  });

  it('publishes every package', async () => {
    cpSync(await builtPackages(), join(folder, 'dist-packages'), {
      recursive: true,
    });
    execFileSync('bash', ['-euc', commandWith('npm publish')], {
      cwd: folder,
      env: { ...process.env, ...npmEnv },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    expect(registry.published()).toEqual(
      publishedPackages()
        .map(path => JSON.parse(read(`${path}/package.json`)).name)
        .sort(),
    );
  });

  it('passes the age gate of a generated Backstage, and is held by it otherwise', async () => {
    const cli = join(folder, 'yarn');
    mkdirSync(cli);
    execFileSync('npm', ['install', `--prefix=${cli}`, YARN], {
      cwd: cli,
      env: { ...process.env, ...npmEnv },
    });
    const install = async (name: string, yarnrc: object) => {
      const project = join(folder, name);
      mkdirSync(project);
      writeFileSync(
        join(project, 'package.json'),
        JSON.stringify({ name, private: true }),
      );
      // Makes it a project of its own.
      writeFileSync(join(project, 'yarn.lock'), '');
      writeFileSync(
        join(project, '.yarnrc.yml'),
        stringify({ ...GENERATED_YARNRC, ...yarnrc }),
      );
      const { ended } = startProgram(
        process.execPath,
        [
          join(cli, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js'),
          ...['add', '@goldenpath/plugin-golden-path-common'],
          '--mode=update-lockfile',
        ],
        {
          cwd: project,
          env: {
            HOME: folder,
            YARN_ENABLE_TELEMETRY: '0',
            YARN_NPM_REGISTRY_SERVER: npmConfig('registry'),
            YARN_HTTPS_CA_FILE_PATH: npmConfig('cafile').replace('null', ''),
            YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
          },
        },
      );
      return ended;
    };
    const documented = parse(
      yamlWith('npmPreapprovedPackages').replace(
        DOCUMENTED_REGISTRY,
        registry.url,
      ),
    );
    const { npmScopes } = documented;

    const held = await install('held', { npmScopes });
    expect(held.out).toMatch(/quarantined/);
    expect(held.code).not.toBe(0);
    expect(await install('passed', documented)).toMatchObject({ code: 0 });
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
      expect(registry.downloads().join()).toContain(MODULE);
    });

    it('boots with actions, template and skeletons', async () => {
      const ports = await freePorts(replicas);
      const url = `http://localhost:${ports[0]}`;
      for (const template of ['backend-app-rds', 'rds-provision'])
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
      const said = task.events.map(({ body }) => body.message).join('\n');
      expect(said).not.toMatch(/failed/i);
      expect(task.status).toBe('completed');

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
