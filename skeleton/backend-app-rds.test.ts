import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  componentEntityV1alpha1Validator,
  Entity,
  EntityPolicies,
  FieldFormatEntityPolicy,
  NoForeignRootFieldsEntityPolicy,
  parseEntityRef,
  SchemaValidEntityPolicy,
} from '@backstage/catalog-model';
import { ENVIRONMENTS } from '@goldenpath/plugin-golden-path-common';
import { parse, parseAllDocuments } from 'yaml';
import {
  hasKubectl,
  kustomize,
  Manifest,
  validateManifest,
} from '../tests/support/kubernetes';
import { itWhen } from '../tests/support/needs';
import { findPython } from '../tests/support/python';
import {
  filesUnder,
  Form,
  renderSkeleton,
  skeletonSources,
  skeletonValues,
} from '../tests/support/skeleton';

const NAME = 'backend-app-rds';

/** The tree of the specification, and what a developer expects beside it. */
const TREE = [
  '.dockerignore',
  '.github/dependabot.yml',
  '.github/workflows/delivery.yml',
  '.gitignore',
  'Dockerfile',
  'Makefile',
  'README.md',
  'app.py',
  'catalog-info.yaml',
  'compose.yaml',
  'database.py',
  'deploy/base/deployment.yaml',
  'deploy/base/externalsecret.yaml',
  'deploy/base/kustomization.yaml',
  'deploy/base/networkpolicy.yaml',
  'deploy/base/service.yaml',
  'deploy/base/serviceaccount.yaml',
  'deploy/components/availability/horizontalpodautoscaler.yaml',
  'deploy/components/availability/kustomization.yaml',
  'deploy/components/availability/poddisruptionbudget.yaml',
  ...ENVIRONMENTS.flatMap(environment => [
    `deploy/overlays/${environment}/ingress.yaml`,
    `deploy/overlays/${environment}/kustomization.yaml`,
  ]),
  'docs/deployment.md',
  'docs/index.md',
  'mkdocs.yml',
  'gunicorn.conf.py',
  'json_logs.py',
  'migrate.py',
  'migrations/0001_greetings.sql',
  'pyproject.toml',
  'requirements-dev.in',
  'requirements-dev.txt',
  'requirements.in',
  'requirements.txt',
  'tests/example_credentials.py',
  'tests/fake_connection.py',
  'tests/test_app.py',
  'tests/test_database.py',
  'tests/test_with_database.py',
].sort();

const ordinary: Form = {
  component_id: 'user-service',
  databaseName: 'users_db',
  username: 'users_app_user',
  owner: 'platform-team',
  environment: 'dev',
  description: 'Keeps the users',
};

const rows: Array<{ form: Form; reason: string }> = [
  { form: ordinary, reason: 'ordinary values' },
  { form: { ...ordinary, description: '' }, reason: 'no description' },
  {
    form: {
      ...ordinary,
      environment: 'prod',
      description:
        'Where is my "parcel"? It\'s Ünïcode 📦 # not: a {{ comment }}',
    },
    reason: 'quotes, Unicode, colon, hash and braces in the description',
  },
  {
    form: {
      ...ordinary,
      environment: 'test',
      description:
        '${{ values.owner }} {% raw %} {# #} {{ .host }} ${{ secrets.X }}',
    },
    reason: 'a description in the language of the templates',
  },
  {
    form: {
      ...ordinary,
      environment: 'staging',
      description: '- *x* _y_ `z` <b> [a](http://b) | \\ & $1 ~~c~~ ---',
    },
    reason: 'a description in Markdown, HTML and YAML',
  },
  {
    form: { ...ordinary, description: '"""; import os #' },
    reason: 'a description that would end a string',
  },
  {
    form: { ...ordinary, description: '🐘'.repeat(200) },
    reason: 'the longest description',
  },
  {
    form: {
      ...ordinary,
      component_id: 'ab',
      databaseName: 'abc',
      username: 'abc',
      owner: 'o',
    },
    reason: 'the shortest names',
  },
  {
    form: {
      ...ordinary,
      component_id: `a${'-b'.repeat(24)}c`,
      databaseName: `d${'_'.repeat(62)}`,
      username: `u${'s'.repeat(30)}`,
      owner: 'o'.repeat(63),
      environment: 'staging',
    },
    reason: 'the longest names',
  },
  {
    form: { ...ordinary, owner: 'payments/core' },
    reason: 'an owner of another namespace',
  },
  {
    form: {
      ...ordinary,
      component_id: 'no',
      databaseName: 'null',
      username: 'true',
      owner: '1e3',
    },
    reason: 'names that YAML takes for something else',
  },
];

describe.each(rows)('rendered with $reason', ({ form }) => {
  const values = skeletonValues(form);
  let folder: string;
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  beforeAll(async () => {
    folder = await renderSkeleton(NAME, values);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is the tree of the specification, with nothing left to render', () => {
    expect(filesUnder(folder)).toEqual(TREE);
    for (const file of TREE) {
      const text = read(file)
        .replaceAll(form.description, '')
        .replace(/^\| Purpose .*/m, '');
      expect({
        file,
        unrendered: text.match(/\$\{\{ *values|\{%|undefined/g),
      }).toEqual({ file, unrendered: null });
    }
  });

  it('declares a Component that depends on its database', async () => {
    const entity = parse(read('catalog-info.yaml')) as Entity;
    await EntityPolicies.allOf([
      new SchemaValidEntityPolicy(),
      new NoForeignRootFieldsEntityPolicy(),
      new FieldFormatEntityPolicy(),
    ]).enforce(entity);
    expect(await componentEntityV1alpha1Validator.check(entity)).toBe(true);
    expect(entity).toMatchObject({
      metadata: {
        name: form.component_id,
        annotations: {
          'github.com/project-slug': values.repoSlug,
          'backstage.io/source-location': `url:${values.sourceUrl}/tree/main/`,
          'backstage.io/kubernetes-id': form.component_id,
          'backstage.io/techdocs-ref': 'dir:.',
          'goldenpath.io/domain': 'delivery',
        },
      },
      spec: {
        owner: form.owner.includes('/')
          ? `group:${form.owner}`
          : `group:default/${form.owner}`,
        dependsOn: [values.databaseEntityRef],
        lifecycle: form.environment === 'prod' ? 'production' : 'experimental',
      },
    });
    expect(entity.metadata.description ?? '').toBe(form.description);
    expect(parseEntityRef(values.databaseEntityRef).kind).toBe('resource');
  });

  it('says the description in the README word for word', () => {
    const [, purpose = ''] =
      /^\| Purpose \| (.*) \|$/m.exec(read('README.md')) ?? [];
    // Nothing of it is markup: taking away what Markdown needs to see that gives it back.
    expect(purpose.replace(/\\./g, '')).not.toMatch(/[\\`*_[\]<>&~|$]/);
    expect(purpose.replace(/\\(.)/g, '$1')).toBe(form.description);
  });

  it('has a command to run it locally that keeps the password out of the history', () => {
    const readme = read('README.md');
    expect(readme).not.toContain('DB_PASS=');
    const [line = ''] = /^printf .*read -rs DB_PASS.*$/m.exec(readme) ?? [];
    const { stdout, status } = spawnSync(
      'bash',
      ['-c', `${line}\nprintenv DB_PASS`],
      { input: '  a "pass\\word" \n', encoding: 'utf8' },
    );
    expect({ stdout, status }).toEqual({
      stdout: 'Password of the database:   a "pass\\word" \n',
      status: 0,
    });
  });

  it('has manifests that Kubernetes and External Secrets know', () => {
    for (const file of TREE.filter(
      one => one.startsWith('deploy/') && !one.endsWith('kustomization.yaml'),
    ))
      expect(problemOf(parse(read(file)))).toBe('');
  });

  it('maps the secret of the requested environment onto DB_* in the base', () => {
    const { metadata, spec } = parse(read('deploy/base/externalsecret.yaml'));
    expect(metadata.name).toBe(values.kubernetesSecretName);
    expect(spec).toEqual({
      refreshInterval: '1h',
      secretStoreRef: {
        kind: 'ClusterSecretStore',
        name: 'aws-secrets-manager',
      },
      target: {
        name: values.kubernetesSecretName,
        template: {
          engineVersion: 'v2',
          data: {
            DB_HOST: '{{ .host }}',
            DB_PORT: '{{ .port }}',
            DB_NAME: '{{ .dbname }}',
            DB_USER: '{{ .username }}',
            DB_PASS: '{{ .password }}',
          },
        },
      },
      dataFrom: [{ extract: { key: values.secretName } }],
    });
  });

  itWhen(hasKubectl(), 'kubectl 1.27 or newer')(
    'builds for the requested environment, with its own secret',
    async () => {
      const { environment } = form;
      const manifests = parseAllDocuments(
        kustomize(join(folder, 'deploy/overlays', environment)),
      ).map(document => document.toJS() as Manifest);
      for (const one of manifests) {
        expect(problemOf(one)).toBe('');
        expect(one.metadata.labels).toMatchObject({
          'app.kubernetes.io/name': form.component_id,
          'goldenpath.io/environment': environment,
          'goldenpath.io/owner': form.owner.replace('/', '..'),
        });
        for (const label of Object.values(one.metadata.labels!))
          expect(label).toMatch(/^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/);
      }
      expect(
        manifests.find(one => one.kind === 'ExternalSecret')!.spec.dataFrom,
      ).toEqual([
        {
          extract: {
            key: `goldenpath/${environment}/${form.databaseName}/postgres`,
          },
        },
      ]);
    },
  );

  const python3 = findPython([]);
  itWhen(python3 !== undefined, 'Python 3')(
    'is Python that compiles',
    async () => {
      const { stderr } = spawnSync(
        python3!,
        [
          '-c',
          'import ast, json, sys; [ast.parse(*one) for one in json.load(sys.stdin)]',
        ],
        {
          input: JSON.stringify(
            TREE.filter(one => one.endsWith('.py')).map(one => [
              read(one),
              one,
            ]),
          ),
          encoding: 'utf8',
        },
      );
      expect(stderr).toBe('');
    },
  );
});

describe('the skeleton', () => {
  const source = [...skeletonSources(NAME).values()].join('\n');

  it('uses every value that it is given, and no other', () => {
    const used = new Set(
      [...source.matchAll(/\bvalues\.([A-Za-z_.]*[A-Za-z_])/g)].map(
        match => match[1],
      ),
    );
    // A volume is for stateful apps.
    const { storageClass: _, ...values } = skeletonValues(ordinary);
    // Of an overlay, its README shows the address and its manifests have the rest.
    const { url, ...overlay } = values.overlays[0];
    const provided = [
      ...Object.keys(values),
      ...Object.keys(overlay).map(name => `overlay.${name}`),
    ];
    expect([...used].sort()).toEqual(provided.sort());
  });

  it('runs its container without root', () => {
    expect(source).toMatch(/^USER 10001$/m);
  });
});

const problemOf = (manifest: Manifest): string => {
  try {
    validateManifest(manifest);
    return '';
  } catch (error) {
    return `${manifest.kind}: ${(error as Error).message}`;
  }
};
