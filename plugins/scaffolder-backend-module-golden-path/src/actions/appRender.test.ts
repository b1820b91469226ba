import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exampleInputs, newFolder, runAction } from '../testing/actionContext';
import { FakeGitHub } from '../testing/fakeGitHub';
import { Harness, newHarness } from '../testing/harness';
import { skeletonsFolder } from '../render/skeletons';
import { newRenderApp } from '../testing/renderApp';
import { createAppRenderAction } from './appRender';
import { exampleApp } from './exampleApp';
import { exampleRequest } from './exampleRequest';

/** A folder of skeletons with these files. */
const newSkeletons = (files: Record<string, string>): string => {
  const folder = newFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
};

describe('goldenpath:app:render', () => {
  let github: FakeGitHub;
  let harness: Harness;
  let action: ReturnType<typeof createAppRenderAction>;

  beforeAll(async () => {
    github = new FakeGitHub();
    await github.start();
    harness = await newHarness(github);
    action = createAppRenderAction({
      config: harness.config,
      renderApp: newRenderApp(harness),
    });
  });
  afterAll(() => github.stop());

  it('every example renders the whole tree', async () => {
    for (const { input } of exampleInputs(action)) {
      const workspacePath = newFolder();
      const { files } = await runAction(action, input, { workspacePath });
      expect(files).toEqual(
        expect.arrayContaining([
          '.github/workflows/delivery.yml',
          '.gitignore',
          'Dockerfile',
          'app.py',
          'catalog-info.yaml',
          'deploy/base/externalsecret.yaml',
          'deploy/overlays/dev/kustomization.yaml',
          'deploy/overlays/prod/kustomization.yaml',
          'requirements.txt',
        ]),
      );
      expect(
        readFileSync(
          join(workspacePath, 'deploy/base/externalsecret.yaml'),
          'utf8',
        ),
      ).toContain('goldenpath/dev/users_db/postgres');
    }
  });

  it('renders an overlay for each configured environment, an unknown one like staging', async () => {
    const { config } = await newHarness(github, {
      environments: ['dev', 'staging', 'perf'],
    });
    const withPerf = createAppRenderAction({
      config,
      renderApp: newRenderApp({ ...harness, config }),
    });
    const workspacePath = newFolder();
    const { files } = await runAction(
      withPerf,
      { request: { ...exampleRequest, environment: 'perf' } },
      { workspacePath },
    );
    expect(
      files.filter((file: string) => file.startsWith('deploy/overlays/')),
    ).toEqual(
      ['dev', 'perf', 'staging'].flatMap(environment => [
        `deploy/overlays/${environment}/ingress.yaml`,
        `deploy/overlays/${environment}/kustomization.yaml`,
      ]),
    );
    const read = (path: string) =>
      readFileSync(join(workspacePath, path), 'utf8');
    for (const file of ['ingress.yaml', 'kustomization.yaml']) {
      const staging = read(`deploy/overlays/staging/${file}`);
      expect(staging).toContain('staging');
      // The issuer is one of the platform's two.
      expect(read(`deploy/overlays/perf/${file}`)).toBe(
        staging.replace(/(?<!letsencrypt-)staging/g, 'perf'),
      );
    }
    expect(read('docs/deployment.md')).toContain(
      '| `perf` | <https://user-service.perf.example.com> | info | 2 to 4 |',
    );
    expect(read('.github/workflows/delivery.yml')).toContain(
      'options: [dev, staging, perf]',
    );
  });

  it('replaces files of an earlier attempt, with the same result', async () => {
    const workspacePath = newFolder();
    writeFileSync(join(workspacePath, 'app.py'), 'cut o');
    const input = { request: exampleRequest };
    const { files } = await runAction(action, input, { workspacePath });
    const appPy = readFileSync(join(workspacePath, 'app.py'), 'utf8');
    expect(appPy).not.toBe('cut o');
    expect((await runAction(action, input, { workspacePath })).files).toEqual(
      files,
    );
  });

  it('renders in a dry run too: it changes only the workspace', async () => {
    expect(action.supportsDryRun).toBe(true);
    await expect(
      runAction(action, { request: exampleRequest }, { isDryRun: true }),
    ).resolves.toHaveProperty('files');
  });

  it.each([
    'Where is my "parcel"? 📦 # : {{ }}',
    "it's %s \\ ${{ values.owner }} {% raw %}",
    '---',
    '- a: [b',
  ])('accepts any description: %s', async description => {
    await expect(
      runAction(action, { request: { ...exampleRequest, description } }),
    ).resolves.toHaveProperty('files');
  });

  it('renders the skeleton of the published package to the same files', async () => {
    const { copySkeletons } = require('../../scripts/copy-skeletons');
    const packed = join(newFolder(), 'skeleton');
    copySkeletons(skeletonsFolder(), packed);
    const published = createAppRenderAction({
      config: harness.config,
      renderApp: newRenderApp(harness, packed),
    });
    const input = { request: exampleRequest };
    expect((await runAction(published, input)).files).toEqual(
      (await runAction(action, input)).files,
    );
  });

  const refused = [
    { input: { skeleton: '../../etc' }, words: 'skeleton "../../etc"' },
    { input: { skeleton: 'no-such' }, words: 'skeleton "no-such"' },
    { input: { skeleton: 'common' }, words: 'skeleton "common"' },
    {
      input: { request: { ...exampleRequest, component_id: '../x' } },
      words: 'App name',
    },
  ];
  it.each(refused)('refuses $words', async ({ input, words }) => {
    await expect(
      runAction(action, { request: exampleRequest, ...input }),
    ).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining(words),
    });
  });

  it('renders what all skeletons share first, and the files of the skeleton over it', async () => {
    const overlay = 'deploy/overlays/each-environment';
    const skeletons = newSkeletons({
      'common/both.txt': 'common',
      'common/only.txt': 'common ${{ values.component_id }}',
      [`common/${overlay}/both.txt`]: 'common',
      [`common/${overlay}/only.txt`]:
        'common ${{ values.overlay.environment }}',
      'mine/both.txt': 'mine',
      [`mine/${overlay}/both.txt`]: 'mine ${{ values.overlay.environment }}',
      'mine/catalog-info.yaml': 'name: ${{ values.component_id }}',
      'mine/deploy/base/externalsecret.yaml': 'key: ${{ values.secretName }}',
      'mine/deploy/base/deployment.yaml':
        'name: ${{ values.kubernetesSecretName }}',
    });
    const layered = createAppRenderAction({
      config: harness.config,
      renderApp: newRenderApp(harness, skeletons),
    });
    const workspacePath = newFolder();
    await runAction(
      layered,
      { request: exampleRequest, skeleton: 'mine' },
      { workspacePath },
    );
    const read = (path: string) =>
      readFileSync(join(workspacePath, path), 'utf8');
    expect({
      both: read('both.txt'),
      only: read('only.txt'),
      bothInDev: read('deploy/overlays/dev/both.txt'),
      onlyInProd: read('deploy/overlays/prod/only.txt'),
    }).toEqual({
      both: 'mine',
      only: 'common user-service',
      bothInDev: 'mine dev',
      onlyInProd: 'common prod',
    });
  });

  describe('an app without a database', () => {
    it('gets the values that every app has, and needs no secret', async () => {
      const skeletons = newSkeletons({
        'common/README.md': '# ${{ values.component_id }}\n',
        'plain/catalog-info.yaml':
          'name: ${{ values.component_id }}\nowner: ${{ values.ownerRef }}\n',
        'plain/claim.yaml': 'storageClassName: ${{ values.storageClass }}\n',
      });
      const plain = createAppRenderAction({
        config: harness.config,
        renderApp: newRenderApp(harness, skeletons),
      });
      const workspacePath = newFolder();
      const { files } = await runAction(
        plain,
        { request: exampleApp, skeleton: 'plain' },
        { workspacePath },
      );
      expect(files).toEqual(['README.md', 'catalog-info.yaml', 'claim.yaml']);
      const read = (path: string) =>
        readFileSync(join(workspacePath, path), 'utf8');
      expect(read('catalog-info.yaml')).toBe(
        'name: price-calculator\nowner: group:default/platform-team\n',
      );
      expect(read('claim.yaml')).toBe('storageClassName: gp3\n');
      // With a database the same skeleton would leave it unused.
      await expect(
        runAction(plain, { request: exampleRequest, skeleton: 'plain' }),
      ).rejects.toThrow('deploy/base/externalsecret.yaml: missing');
    });

    it('does not fit the skeleton that uses one', async () => {
      await expect(
        runAction(action, { request: exampleApp }),
      ).rejects.toMatchObject({
        name: 'InputError',
        message: expect.stringContaining(
          'The skeleton "backend-app-rds" uses a database, and the request has none',
        ),
      });
    });
  });

  it('fails on a skeleton that does not render completely', async () => {
    const skeletons = newSkeletons({
      'broken/README.md': '# ${{ values.component_id }}\n${ values.owner }\n',
      'common/Makefile': 'run:\n',
    });
    const broken = createAppRenderAction({
      config: harness.config,
      renderApp: newRenderApp(harness, skeletons),
    });
    await expect(
      runAction(broken, { request: exampleRequest, skeleton: 'broken' }),
    ).rejects.toThrow(/README.md:2: not rendered.*catalog-info.yaml: missing/s);
  });
});
