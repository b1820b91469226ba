import {
  cpSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, resolve } from 'node:path';
import {
  auditPath,
  CATALOG_PATH,
  ENVIRONMENTS,
  SETTINGS_PATH,
  standaloneTfvarsPath,
} from '@goldenpath/plugin-golden-path-common';
import { readCatalog } from '@goldenpath/plugin-golden-path-node';
import {
  stepStatuses,
  textOf,
} from '../plugins/scaffolder-backend-module-golden-path/src/testing/bootScaffolder';
import { bootForm } from './support/bootForm';
import { githubClient, WorkflowRun } from './support/github';
import { InfraGitHub, startInfraGitHub } from './support/infraGitHub';
import { SharedInstance, startSharedInstance } from './support/sharedInstance';

const ROOT = resolve(__dirname, '..');
const WITH_PERF = [...ENVIRONMENTS, 'perf'];
/** A copy of the kit with a fifth environment: one entry in goldenpath.yaml, one folder, and nothing else. */
const kitWithPerf = (folder: string): string => {
  const kit = join(folder, 'kit');
  cpSync(join(ROOT, 'platform'), kit, { recursive: true });
  const edit = (path: string, change: (text: string) => string) => {
    const text = readFileSync(join(kit, path), 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(join(kit, path), change(text));
  };
  edit(SETTINGS_PATH, text =>
    text.replace(
      /^environments: .*$/m,
      `environments: [${WITH_PERF.join(', ')}]`,
    ),
  );
  // As platform/README.md says.
  cpSync(join(kit, 'envs/dev-rds'), join(kit, 'envs/perf-rds'), {
    recursive: true,
  });
  for (const file of ['terraform.tfvars', 'kustomization.yaml', 'versions.tf'])
    edit(`envs/perf-rds/${file}`, text =>
      text.replace(/\bdev(?=\b|-rds)/g, 'perf'),
    );
  return kit;
};

describe('a fifth environment', () => {
  let instance: SharedInstance;
  let infra: InfraGitHub;
  let scaffolder: Awaited<ReturnType<typeof bootForm>>;

  beforeAll(async () => {
    instance = await startSharedInstance(WITH_PERF);
    infra = await startInfraGitHub({
      folder: join(instance.folder, 'platform'),
      kit: kitWithPerf(instance.folder),
      runnerEnv: instance.runnerEnv,
    });
    const { github, repo } = infra;
    await infra.installApp('golden-path');
    await infra.setVariables(instance.postgres.caFile);
    await github.setEnvironmentVariable(
      repo,
      'perf',
      'ALLOW_DB_PROVISION',
      'true',
    );
    scaffolder = await bootForm(infra, {
      environments: WITH_PERF,
      changeTemplate: text =>
        text.replace('enum: [dev, test, staging, prod]', match =>
          match.replace(']', ', perf]'),
        ),
    });
  });
  afterAll(async () => {
    await scaffolder?.stop();
    await infra?.stop();
    await instance?.stop();
  });

  const succeeded = async (run: WorkflowRun) =>
    expect({
      conclusion: run.conclusion,
      log: run.conclusion === 'success' ? '' : await infra.runLog(run.id),
    }).toEqual({ conclusion: 'success', log: '' });

  it('gets a pull request from the form, and an app with an overlay for it', async () => {
    const { status, body } = await scaffolder.createTask({
      component_id: 'speed-meter',
      databaseName: 'speeds_db',
      username: 'speeds_app',
      owner: 'group:default/platform-team',
      environment: 'perf',
    });
    expect({ status, body }).toEqual({ status: 201, body: { id: body.id } });
    const task = await scaffolder.finished(body.id);
    expect({
      status: task.status,
      says: task.status === 'completed' ? '' : textOf(task.events),
    }).toEqual({ status: 'completed', says: '' });
    expect(Object.values(stepStatuses(task.events))).not.toContain('failed');

    const app = githubClient(infra.github.apiUrl, 'acme/speed-meter');
    for (const environment of WITH_PERF)
      expect(
        await app.file(`deploy/overlays/${environment}/kustomization.yaml`),
      ).toContain(`goldenpath/${environment}/speeds_db/postgres`);
    expect(await app.file('deploy/overlays/perf/ingress.yaml')).toContain(
      'speed-meter.perf.example.com',
    );
  });

  it('is planned and guarded on the pull request', async () => {
    await succeeded(await infra.finishedRun('rds-database-guard.yml'));
    await succeeded(await infra.finishedRun('rds-database-apply.yml'));
    const pull = await infra.pullOf('database/perf/speeds_db');
    expect(pull!.labels.map(({ name }) => name)).toContain('perf');
    expect((await infra.pullRequestFiles(pull!.number)).sort()).toEqual([
      CATALOG_PATH,
      standaloneTfvarsPath('perf'),
    ]);
    const [comment] = await infra.json<Array<{ body: string }>>(
      `${infra.path}/issues/${pull!.number}/comments`,
    );
    expect(comment.body).toContain('### Plan for perf');
    expect(comment.body).toContain('1 to add');
  });

  it('has the database once the pull request is merged', async () => {
    const pull = await infra.pullOf('database/perf/speeds_db');
    const before = Math.max(...(await infra.runs()).map(({ id }) => id));
    expect((await infra.merge(pull!.number)).status).toBe(200);
    await succeeded(await infra.finishedRun('rds-database-apply.yml', before));
    expect(await instance.logIn('perf', 'speeds_db')).toEqual({
      database: 'speeds_db',
      user: 'speeds_app',
    });
    const { speeds_db: entry } = readCatalog(
      (await infra.file(CATALOG_PATH))!,
      CATALOG_PATH,
    ).perf;
    expect(entry.metadata.status).toBe('active');
    expect(await infra.file(auditPath('perf'))).toContain(
      ',speeds_db,speeds_app,create_database,success,',
    );
  });
});

describe('environments are named in one place', () => {
  /** Files that may name environments, and why. */
  const ALLOWED: Record<string, string> = {
    'plugins/golden-path-common/src/environments.ts': 'the contract',
    'plugins/scaffolder-backend-module-golden-path/config.d.ts':
      'says what the defaults are',
    'platform/goldenpath.yaml': 'the setting; kit.test.ts compares it',
    'templates/backend-app-rds/template.yaml':
      'a form reads no configuration; its test compares it',
    'templates/rds-provision/template.yaml': 'the same',
    'templates/stateless-app/template.yaml': 'the same',
    'templates/stateful-app/template.yaml': 'the same',
  };
  const SHIPPED = ['plugins', 'packages', 'platform', 'skeleton', 'templates'];
  const CODE = /(\.(tsx?|js|mjs|cjs|json|ya?ml|tf|tfvars|mk|sh|py)|Makefile)$/;
  const isOther = (path: string) =>
    /(^|\/)(node_modules|dist|dist-types|testing|__snapshots__|\.terraform)(\/|$)|\.test\.tsx?$/.test(
      path,
    );

  const filesBelow = (folder: string): string[] =>
    readdirSync(folder).flatMap(name => {
      const path = join(folder, name);
      if (isOther(relative(ROOT, path))) return [];
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
  const files = [
    join(ROOT, 'Makefile'),
    ...SHIPPED.flatMap(folder => filesBelow(join(ROOT, folder))),
  ]
    .filter(path => CODE.test(path))
    .map(path => ({
      path: relative(ROOT, path).split('\\').join('/'),
      text: readFileSync(path, 'utf8'),
    }));

  it('lists none anywhere else', () => {
    const [first, ...others] = ENVIRONMENTS;
    const list = new RegExp(
      [first, ...others].map(name => `\\b${name}\\b`).join('[^\\n]{1,8}?'),
    );
    // Proves that the pattern matches a list.
    for (const written of [
      ENVIRONMENTS.join(' '),
      ENVIRONMENTS.join('|'),
      "'dev', 'test', 'staging' or 'prod'",
    ])
      expect(written).toMatch(list);
    expect(files.length).toBeGreaterThan(300);
    expect(
      files
        .filter(({ path, text }) => list.test(text) && !(path in ALLOWED))
        .map(({ path }) => path),
    ).toEqual([]);
  });

  it('compares none with a name', () => {
    const names = ENVIRONMENTS.join('|');
    const compared = new RegExp(
      `(?:[=!]==?|\\bcase) *(["'\`]?)(?:${names})\\1(?![\\w-])|(["'\`])(?:${names})\\2 *[=!]==?|^ *(?:${names})\\)`,
      'm',
    );
    expect(
      files
        .filter(({ text }) => compared.test(text))
        .map(({ path }) => path)
        .sort(),
    ).toEqual([
      // Two rules of the specification in files that can't read the contract: scans only warn in dev; prod has a standby.
      'platform/.github/workflows/_build-and-release.yml',
      'platform/instance/main.tf',
    ]);
  });
});
