import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startSecretsManager } from '@goldenpath/local-secrets-manager';
import { readInfraRepoFiles } from '@goldenpath/local-platform';
import { parseAllDocuments } from 'yaml';
import { createFolder } from '../tests/support/createFolder';
import {
  hasKubectl,
  kustomize,
  Manifest,
  validateManifest,
} from '../tests/support/kubernetes';
import { itWhen } from '../tests/support/needs';

const itWithKubectl = itWhen(hasKubectl(), 'kubectl 1.27');
const folder = createFolder();

const render = (root: string): Manifest[] =>
  parseAllDocuments(kustomize(root)).map(document => document.toJS());
const only = (manifests: Manifest[], kind: string, name = '') => {
  const found = manifests.filter(
    one => one.kind === kind && one.metadata.name.startsWith(name),
  );
  expect(found).toHaveLength(1);
  return found[0];
};
/** Of `15m` and its kin. */
const seconds = (text: string) =>
  Number(text.slice(0, -1)) * { s: 1, m: 60, h: 3600 }[text.slice(-1)]!;

describe('the Job', () => {
  let manifests: Manifest[];
  beforeAll(() => {
    if (hasKubectl()) manifests = render(join(__dirname, 'envs/dev-rds'));
  });
  const job = () => only(manifests, 'Job').spec;
  const pod = () => job().template.spec;
  const container = () => pod().containers[0];

  itWithKubectl('is what Kubernetes takes, each of its manifests', async () => {
    expect(manifests.map(({ kind }) => kind).sort()).toEqual([
      'ConfigMap',
      'ConfigMap',
      'Job',
      'ServiceAccount',
    ]);
    for (const manifest of manifests) {
      validateManifest(manifest);
      expect(manifest.metadata.namespace).toBe('goldenpath-rds');
    }
  });

  itWithKubectl(
    'runs as its service account, which may do nothing in the cluster',
    async () => {
      const account = only(manifests, 'ServiceAccount');
      expect(pod().serviceAccountName).toBe(account.metadata.name);
      expect(account).toMatchObject({ automountServiceAccountToken: false });
      expect(account.metadata.annotations).toEqual({
        'eks.amazonaws.com/role-arn': expect.stringMatching(
          /^arn:aws:iam::\d{12}:role\/goldenpath-rds-provisioner-dev$/,
        ),
      });
    },
  );

  itWithKubectl(
    "keeps to Kubernetes' restricted pod security, on a read-only disk",
    async () => {
      expect(pod().securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(container().securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container().resources.limits).toHaveProperty('memory');
      for (const { name } of pod().volumes)
        expect(
          container().volumeMounts.map((mount: any) => mount.name),
        ).toContain(name);
    },
  );

  itWithKubectl('has no secret in its environment', async () => {
    expect(container().env.map(({ name }: any) => name)).toEqual(['POD_NAME']);
    expect(container().envFrom).toEqual([
      { configMapRef: { name: expect.stringMatching(/^goldenpath-rds-dev-/) } },
    ]);
    const settings = only(manifests, 'ConfigMap', 'goldenpath-rds-dev-');
    expect(settings).toMatchObject({
      data: { AWS_REGION: expect.any(String), ENVIRONMENT: 'dev' },
    });
    expect(Object.keys(settings.data ?? {})).toHaveLength(2);
  });

  itWithKubectl('outlives the wait for the lock', async () => {
    const timeout = /^--lock-timeout=(.*)$/.exec(
      container().args.find((arg: string) => arg.startsWith('--lock-timeout')),
    )![1];
    expect(job().activeDeadlineSeconds).toBeGreaterThan(seconds(timeout));
    expect(job().ttlSecondsAfterFinished).toBeGreaterThan(0);
    expect(pod().restartPolicy).toBe('Never');
  });

  itWithKubectl(
    'takes its databases from the terraform.tfvars beside, in every environment',
    async () => {
      const files = await readInfraRepoFiles(__dirname);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(folder, 'infra', path, '..'), { recursive: true });
        writeFileSync(join(folder, 'infra', path), text);
      }
      for (const environment of ['test', 'staging', 'prod']) {
        const root = join(folder, `infra/envs/${environment}-rds`);
        const tfvars = `# ${environment}\napplication_databases = {}\n`;
        writeFileSync(join(root, 'terraform.tfvars'), tfvars);
        const rendered = render(root);
        expect(
          only(rendered, 'ConfigMap', 'goldenpath-rds-declared'),
        ).toMatchObject({ data: { 'terraform.tfvars': tfvars } });
        const text = JSON.stringify(rendered);
        expect(text).toContain(`"ENVIRONMENT":"${environment}"`);
        expect(text).not.toMatch(/\bdev\b/);
      }
    },
  );
});

/** The instructions of the Dockerfile, lines joined. */
const instructions = readFileSync(join(__dirname, 'Dockerfile'), 'utf8')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter(line => line !== '')
  .map(line => /^(\w+) (.*)$/.exec(line)!.slice(1) as [string, string]);
const instruction = (name: string) => {
  const found = instructions.filter(([word]) => word === name);
  expect(found).toHaveLength(1);
  return found[0][1];
};

/** Requires no container engine: the test runs the commands of `RUN` and `ENTRYPOINT` with a folder as the build context. */
describe('the image', () => {
  const prefix = join(folder, 'prefix');
  let archive: string;
  beforeAll(() => {
    const context = join(folder, 'dist-cli');
    const made = spawnSync(
      process.execPath,
      [resolve(__dirname, '../packages/cli/scripts/make-archive.js'), context],
      { encoding: 'utf8' },
    );
    expect([made.status, made.stderr]).toEqual([0, '']);
    [archive] = readdirSync(context);
  });

  const build = (env: Record<string, string>) => {
    const run = instruction('RUN').replace(/--mount=\S+\s*/g, '');
    expect(run).toMatch(/^cd \/build && /);
    return spawnSync(
      'sh',
      ['-c', run.replace('/build', join(folder, 'dist-cli'))],
      {
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          HOME: folder,
          npm_config_prefix: prefix,
          npm_config_cache: join(folder, 'cache'),
          // Downloads nothing: the archive contains everything.
          npm_config_offline: 'true',
          ...env,
        },
      },
    );
  };

  it('uses a supported Node and does not run as root', () => {
    expect(instruction('FROM')).toBe('node:22-slim');
    expect(instruction('USER')).toBe('1000:1000');
  });

  it('does not build without GOLDENPATH_CLI', () => {
    expect(instruction('ARG')).toBe('GOLDENPATH_CLI');
    const { status, stderr } = build({});
    expect(status).toBe(64);
    expect(stderr).toContain('--build-arg GOLDENPATH_CLI=');
  });

  itWithKubectl(
    "is built of the archive, and takes the Job's arguments",
    async () => {
      const built = build({ GOLDENPATH_CLI: archive });
      expect([built.status, built.stderr]).toEqual([0, expect.any(String)]);

      const [program] = JSON.parse(instruction('ENTRYPOINT'));
      const manifests = render(join(__dirname, 'envs/dev-rds'));
      const { args, volumeMounts } = only(manifests, 'Job').spec.template.spec
        .containers[0];
      const data = (name: string) =>
        only(manifests, 'ConfigMap', name).data ?? {};
      const at = (path: string) => join(folder, 'mounted', path);
      for (const { mountPath } of volumeMounts)
        mkdirSync(at(mountPath), { recursive: true });
      for (const [name, text] of Object.entries(
        data('goldenpath-rds-declared'),
      ))
        writeFileSync(at(`/config/${name}`), text);

      const secretsManager = await startSecretsManager({
        port: 0,
        stateFile: join(folder, 'secrets.json'),
      });
      const env: Record<string, string> = {
        ...data('goldenpath-rds-dev-'),
        POD_NAME: 'pod-1',
      };
      const child = spawn(
        join(prefix, 'bin', program),
        args.map((arg: string) =>
          arg
            .replace(/\$\((\w+)\)/g, (_, name) => env[name])
            .replace(/=(\/(config|audit)\/.*)$/, (_, path) => `=${at(path)}`),
        ),
        {
          env: {
            PATH: process.env.PATH,
            ...env,
            AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
            AWS_ACCESS_KEY_ID: 'local',
            AWS_SECRET_ACCESS_KEY: 'local',
          },
        },
      );
      let says = '';
      child.stderr.on('data', chunk => {
        says += chunk;
      });
      const code = await new Promise((done, fail) => {
        child.once('error', fail);
        child.once('close', done);
      });
      await secretsManager.stop();
      // Not 64, usage error: the run reached the secrets, which do not exist.
      expect([code, says]).toEqual([
        1,
        expect.stringContaining('goldenpath/dev/rds/master'),
      ]);
      expect(
        readFileSync(at('/audit/rds_provision_audit.csv'), 'utf8'),
      ).toContain(',dev,kubernetes,pod-1,');
    },
  );
});
