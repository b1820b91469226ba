import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer, IncomingMessage, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import {
  LocalSecretsManager,
  startSecretsManager,
} from '@goldenpath/local-secrets-manager';
import {
  auditPath,
  CATALOG_PATH,
  masterSecretName,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { parse } from 'yaml';
import { builtArchive } from '../../../tests/support/builtCli';
import { createFolder } from '../../../tests/support/createFolder';
import {
  awsVariables,
  createSecret,
  createSecretsClient,
} from '../../../tests/support/secrets';
import { startProgram } from '../../../tests/support/startProgram';
import {
  startTemporaryPostgres,
  TemporaryPostgres,
} from '../../../tests/support/temporaryPostgres';
import { makeArchive } from '../scripts/make-archive';
import { thirdPartyLicenses } from '../scripts/third-party-licenses';
import { version } from '../package.json';

const WORKSPACE = resolve(__dirname, '../../..');
/** A password with quotes, `%` and characters that SASLprep changes. */
const CANARY = `cAnArY'"\\%s ü`;

let folder: string;
let archive: string;
/** The unpacked archive, in a folder without node_modules above it. */
let unpacked: string;

beforeAll(async () => {
  folder = createFolder();
  archive = await builtArchive();
  unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  execFileSync('tar', [
    '-xzf',
    archive,
    '-C',
    unpacked,
    '--strip-components=1',
  ]);
});

const start = (
  args: string[],
  env: Record<string, string> = {},
  bin = join(unpacked, 'bin/goldenpath-rds.js'),
) =>
  startProgram(process.execPath, [bin, ...args], {
    cwd: folder,
    env: { HOME: folder, ...env },
  }).ended;

/** A copy of the kit's infra repo in the test's folder. */
const infraRepo = (): string => {
  const root = createFolder();
  for (const path of ['docs', 'envs'])
    cpSync(join(WORKSPACE, 'platform', path), join(root, path), {
      recursive: true,
    });
  return root;
};

const request = (root: string) =>
  start([
    ...['request', '--root', root, '--env', 'dev', '--database', 'users_db'],
    ...['--username', 'users_app_user', '--owner', 'platform-team'],
    ...['--requested-by', 'jane', '--component', 'user-service'],
  ]);

describe('the archive', () => {
  it('is reproducible: the same sources give the same bytes', async () => {
    const umask = process.umask(0o077);
    try {
      const again = await makeArchive(join(folder, 'second'));
      expect(readFileSync(again).equals(readFileSync(archive))).toBe(true);
    } finally {
      process.umask(umask);
    }
  });

  it('has no dependencies outside itself', async () => {
    const manifest = JSON.parse(
      readFileSync(join(unpacked, 'package.json'), 'utf8'),
    );
    expect(manifest).not.toHaveProperty('dependencies');
    expect(existsSync(join(unpacked, 'node_modules'))).toBe(false);
    expect(await start(['--version'])).toEqual({
      code: 0,
      out: `${version}\n`,
      err: '',
    });
    const { code, out } = await start(['--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/request [\s\S]* provision /);
  });

  // With other characters V8 would keep each program at two bytes a character.
  it.each(['index.cjs.js', 'lambda.cjs.js'])('%s is ASCII', name => {
    expect(
      /\P{ASCII}.*/u.exec(readFileSync(join(unpacked, 'dist', name), 'utf8')),
    ).toBeNull();
  });

  it('installs with npm without a registry', async () => {
    const prefix = join(folder, 'prefix');
    const { status, stderr } = spawnSync(
      'npm',
      [
        ...['install', '--global', '--offline', '--no-audit', '--no-fund'],
        ...['--prefix', prefix, archive],
      ],
      {
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          HOME: folder,
          npm_config_cache: join(folder, 'npm-cache'),
          npm_config_registry: 'http://127.0.0.1:1/',
        },
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(
      execFileSync(join(prefix, 'bin/goldenpath-rds'), ['--version'], {
        encoding: 'utf8',
      }),
    ).toBe(`${version}\n`);
  });

  it('works as GOLDENPATH_CLI of the workflows', () => {
    const action = parse(
      readFileSync(
        join(WORKSPACE, 'platform/.github/actions/goldenpath-rds/action.yml'),
        'utf8',
      ),
    ) as { runs: { steps: Array<{ run?: string }> } };
    const script = action.runs.steps.flatMap(({ run }) => run ?? []).join('\n');
    const runner = createFolder();
    const { status, stdout } = spawnSync(
      'bash',
      [
        '-ec',
        `${script}\nPATH="$(cat "$GITHUB_PATH"):$PATH" goldenpath-rds --version`,
      ],
      {
        encoding: 'utf8',
        cwd: dirname(archive),
        env: {
          PATH: process.env.PATH,
          RUNNER_TEMP: runner,
          GITHUB_PATH: join(runner, 'path'),
          GOLDENPATH_CLI: basename(archive),
        },
      },
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${version}\n` });
  });

  it('adds a request to an infra repo, and changes nothing the second time', async () => {
    const root = infraRepo();
    expect(await request(root)).toEqual({
      code: 0,
      out: `Changed ${CATALOG_PATH}.\nChanged envs/dev-rds/terraform.tfvars.\n`,
      err: '',
    });
    expect(
      readFileSync(join(root, 'envs/dev-rds/terraform.tfvars'), 'utf8'),
    ).toMatch(/username += "users_app_user"/);
    expect((await request(root)).out).toContain('Nothing to do.');
  });
});

describe('the archive and a database', () => {
  let postgres: TemporaryPostgres;
  let secretsManager: LocalSecretsManager;

  beforeAll(async () => {
    [postgres, secretsManager] = await Promise.all([
      startTemporaryPostgres(),
      startSecretsManager({ port: 0, stateFile: join(folder, 'secrets.json') }),
    ]);
    const client = createSecretsClient(secretsManager.url);
    const { host, port, master } = postgres;
    const secrets = {
      [masterSecretName('dev')]: { host, port, ...master },
      [secretName('dev', 'users_db')]: {
        host,
        port,
        dbname: 'users_db',
        username: 'users_app_user',
        password: CANARY,
      },
    };
    for (const [name, value] of Object.entries(secrets))
      await createSecret(client, name, value);
    client.destroy();
  });
  afterAll(async () => {
    await secretsManager?.stop();
    await postgres?.stop();
  });

  it('plans, creates and checks it', async () => {
    const root = infraRepo();
    await request(root);
    const provision = (...more: string[]) =>
      start(
        [
          ...['provision', '--env', 'dev', '--root', root],
          ...['--ca-file', postgres.caFile, ...more],
        ],
        awsVariables(secretsManager.url),
      );
    expect(await provision('--check')).toMatchObject({ code: 2 });
    expect(await provision('--dry-run')).toMatchObject({
      code: 0,
      out: expect.stringContaining('create database users_db'),
    });
    const made = await provision();
    expect(made.out + made.err).toContain('Done: 6 changes.');
    expect(made.code).toBe(0);
    // With the login test: the verifier is the password's.
    expect(await provision()).toMatchObject({
      code: 0,
      out: expect.stringContaining('Nothing to do.'),
    });
    expect(await provision('--check')).toMatchObject({ code: 0 });
    expect(readFileSync(join(root, auditPath('dev')), 'utf8')).toContain(
      ',users_db,users_app_user,create_database,success,',
    );
    expect(made.out + made.err).not.toContain('cAnArY');
  });
});

/** The SDK loads its credential providers on demand; the bundle must contain them. */
describe('the archive and AWS credentials', () => {
  let server: Server;
  let url: string;
  /** Access keys of the requests to Secrets Manager. */
  let keys: string[];

  beforeAll(async () => {
    server = createServer(async (incoming, answer) => {
      const body = await text(incoming);
      const key = /Credential=([^/]+)/.exec(
        incoming.headers.authorization ?? '',
      )?.[1];
      if (incoming.headers['x-amz-target']) {
        keys.push(key ?? 'none');
        answer.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
        answer.end(
          JSON.stringify({ __type: 'AccessDeniedException', message: 'no' }),
        );
      } else if (body.includes('Action=AssumeRoleWithWebIdentity')) {
        const isToken = body.includes('WebIdentityToken=the-token');
        answer.end(assumedRole(isToken ? 'FROMWEBIDENTITY' : 'WRONG'));
      } else if (incoming.url === '/pod') {
        answer.end(
          JSON.stringify({
            AccessKeyId: `FROMPOD${incoming.headers.authorization}`,
            SecretAccessKey: 'x',
            Token: 'x',
            Expiration: '2099-01-01T00:00:00Z',
          }),
        );
      } else answer.writeHead(404).end();
    });
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise(done => server.close(done)));
  beforeEach(() => {
    keys = [];
    writeFileSync(join(folder, 'token'), 'the-token');
    write(
      'aws-config',
      `[profile process]
credential_process = echo '{"Version":1,"AccessKeyId":"FROMPROCESS","SecretAccessKey":"x"}'
[profile role]
role_arn = arn:aws:iam::123456789012:role/provisioner
web_identity_token_file = ${join(folder, 'token')}
[profile single-sign-on]
sso_account_id = 123456789012
sso_role_name = operator
sso_region = eu-central-1
sso_start_url = https://example.com
`,
    );
  });

  const dryRun = (env: Record<string, string>) =>
    start(['provision', '--env', 'dev', '--root', infraRepo(), '--dry-run'], {
      AWS_REGION: 'eu-central-1',
      AWS_CONFIG_FILE: join(folder, 'aws-config'),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
      AWS_ENDPOINT_URL_STS: url,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...env,
    });

  it.each([
    {
      env: () => ({ AWS_ACCESS_KEY_ID: 'FROMENV', AWS_SECRET_ACCESS_KEY: 'x' }),
      key: 'FROMENV',
      reason: 'the variables that configure-aws-credentials sets',
    },
    {
      env: () => ({
        AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'),
        AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/provisioner',
      }),
      key: 'FROMWEBIDENTITY',
      reason: 'a Kubernetes service account with IRSA',
    },
    {
      env: () => ({
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/pod`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 'T',
      }),
      key: 'FROMPODT',
      reason: 'EKS Pod Identity',
    },
    {
      env: () => ({ AWS_PROFILE: 'process' }),
      key: 'FROMPROCESS',
      reason: 'a profile with credential_process',
    },
    {
      env: () => ({ AWS_PROFILE: 'role' }),
      key: 'FROMWEBIDENTITY',
      reason: 'a profile that assumes a role',
    },
  ])('come from $reason', async ({ env, key }) => {
    await dryRun(env());
    expect([...new Set(keys)]).toEqual([key]);
  });

  it('report a single sign-on without a session', async () => {
    const { code, err } = await dryRun({ AWS_PROFILE: 'single-sign-on' });
    expect(err).toContain('The SSO session associated with this profile');
    expect(code).toBe(1);
    expect(keys).toEqual([]);
  });
});

describe('THIRD-PARTY-LICENSES', () => {
  const lines = () =>
    readFileSync(join(unpacked, 'THIRD-PARTY-LICENSES'), 'utf8').split('\n');

  it.each([
    { line: /^pg \d[\d.]* \(MIT\) /, reason: 'a package in the bundle' },
    {
      line: /^@tree-sitter-grammars\/tree-sitter-hcl \d[\d.]* \(Apache-2.0\) /,
      reason: 'a package of which only the wasm is included',
    },
    {
      line: /^github.com\/hashicorp\/hcl\/v2 v2[\d.]* \(MPL-2.0\) /,
      reason: 'a Go module inside a wasm',
    },
    {
      line: /^musl of web-tree-sitter \d[\d.]* \(MIT\) /,
      reason: 'what a C compiler adds to a wasm',
    },
    { line: /^go 1[\d.]* \(BSD-3-Clause\) /, reason: "Go's own library" },
    {
      line: /^Copyright \(c\) 2010.* Brian Carlson/,
      reason: 'the text of a licence',
    },
    {
      line: /^Copyright \(c\) 2013-2016 Hannes Hörl/,
      reason: 'a licence that is only in the README',
    },
  ])('has $reason', ({ line }) => {
    expect(lines()).toContainEqual(expect.stringMatching(line));
  });

  it('is not created if a licence is not allowed or has no text', () => {
    const package_ = (name: string, license?: string) => {
      write(
        `w/node_modules/${name}/package.json`,
        JSON.stringify({ name, version: '1.0.0', license }),
      );
      return `node_modules/${name}/index.js`;
    };
    const files = [
      package_('copyleft', 'GPL-3.0-only'),
      package_('@scope/silent'),
      package_('textless', 'MIT'),
      package_('fine', 'ISC'),
      'packages/cli/src/index.ts',
    ];
    write('w/node_modules/fine/LICENSE', 'ISC, and so on');
    expect(() => thirdPartyLicenses(join(folder, 'w'), files)).toThrow(
      /^The archive can't be built:\n {2}@scope\/silent 1\.0\.0: licence undefined is not .*\n {2}copyleft 1\.0\.0: licence "GPL-3\.0-only" is not .*\n {2}textless 1\.0\.0: has no licence text\.$/,
    );
  });
});

const write = (path: string, content: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
};

const text = async (incoming: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of incoming) body += chunk;
  return body;
};

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
const assumedRole = (key: string) => `
<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/provisioner/x</Arn><AssumedRoleId>A:x</AssumedRoleId></AssumedRoleUser>
    <Credentials>
      <AccessKeyId>${key}</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>x</SessionToken>
      <Expiration>2099-01-01T00:00:00Z</Expiration>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>`;
