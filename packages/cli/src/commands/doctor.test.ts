import {
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { ENVIRONMENTS } from '@goldenpath/plugin-golden-path-common';
import {
  createDirectoryFiles,
  createOctokit,
  createSetupReader,
  Reading,
  RoleDocuments,
  SecretReading,
} from '@goldenpath/plugin-golden-path-node';
import { createFolder } from '../../../../tests/support/createFolder';
import {
  InfraGitHub,
  startInfraGitHub,
} from '../../../../tests/support/infraGitHub';
import { doctorCommand } from './doctor';
import { fakeTerminal, never } from './testing/terminal';

const KIT = resolve(__dirname, '../../../../platform');
const TOKEN = 'local-token';
const REPO = { owner: 'acme', name: 'platform-infra' };
const CLI = 'tools/goldenpath-rds-0.1.0.tgz';
const ARN = 'arn:aws:iam::123456789012:role/x';
const CANARY = 'cAnArY-password';
const CLEAN = 'Nothing stands open in what was checked.';
const ALL_LEFT_OUT =
  ' Left out: the settings on GitHub (--github), the secrets in AWS (--aws), the roles in AWS (--github --aws).';

/** A copy of the kit, with the environments and files of a finished installation. */
const completeKit = (): string => {
  const root = createFolder();
  cpSync(KIT, root, { recursive: true });
  const edit = (path: string, change: (text: string) => string) =>
    writeFileSync(
      join(root, path),
      change(readFileSync(join(root, path), 'utf8')),
    );
  for (const environment of ENVIRONMENTS) {
    const folder = `envs/${environment}-rds`;
    if (environment !== 'dev')
      cpSync(join(KIT, 'envs/dev-rds'), join(root, folder), {
        recursive: true,
      });
    for (const name of ['terraform.tfvars', 'versions.tf'])
      edit(`${folder}/${name}`, text => text.replace(/\bdev\b/g, environment));
    writeFileSync(join(root, folder, '.terraform.lock.hcl'), '# checksums\n');
  }
  edit('.github/CODEOWNERS', text => text.replaceAll('@OWNER/', '@acme/'));
  rmSync(join(root, 'kubernetes/image-policy'), { recursive: true });
  mkdirSync(join(root, 'tools'));
  writeFileSync(join(root, CLI), Buffer.from([0x1f, 0x8b]));
  return root;
};

/** Runs the command; the token and the answers of Secrets Manager are given. */
const run = async (
  root: string,
  {
    args = [],
    apiUrl,
    token = TOKEN,
    repo = REPO.name,
    secrets = never,
    readRole = never,
  }: {
    args?: string[];
    apiUrl?: string;
    token?: string;
    repo?: string;
    secrets?: (path: string) => SecretReading;
    readRole?: (arn: string) => Promise<Reading<RoleDocuments>>;
  } = {},
) => {
  const { terminal, said } = fakeTerminal({
    GITHUB_TOKEN: token,
    GITHUB_REPOSITORY: `${REPO.owner}/${repo}`,
    GITHUB_API_URL: apiUrl,
  });
  await doctorCommand({
    terminal,
    directory: createDirectoryFiles,
    setup: ({ apiUrl: baseUrl, token: given, ...of }) =>
      createSetupReader(
        async () => createOctokit({ apiUrl: baseUrl, token: given }),
        of,
      ),
    secrets: () => ({ read: async paths => paths.map(secrets) }),
    roles: () => ({ readRole }),
  }).parseAsync(['--root', root, ...args], { from: 'user' });
  expect(said.err).toEqual([]);
  expect(said.out.join('\n')).not.toMatch(new RegExp(`${TOKEN}|${CANARY}`));
  const [last, ...lines] = [...said.out].reverse();
  return { code: said.code, last, lines: lines.reverse() };
};

describe('goldenpath-rds doctor, on the files', () => {
  it('names everything that stands open in a fresh kit', async () => {
    const { code, last, lines } = await run(KIT, { args: ['--cli', CLI] });
    expect(code).toBe(1);
    expect(lines.map(line => line.split('. ')[0])).toEqual([
      'open: envs/dev-rds/.terraform.lock.hcl: missing',
      'open: environment test: has no terraform.tfvars',
      'open: environment staging: has no terraform.tfvars',
      'open: environment prod: has no terraform.tfvars',
      'open: .github/CODEOWNERS: has the placeholder OWNER',
      'open: kubernetes/image-policy/policy.yaml: has <account>, <region>, <owner>, <infra-repo>',
      `open: GOLDENPATH_CLI: there is no ${CLI} in the repo`,
    ]);
    expect(last).toBe(`Open: 7. Not checked: 0.${ALL_LEFT_OUT}`);
  });

  it('finds nothing in a finished installation', async () => {
    expect(await run(completeKit(), { args: ['--cli', CLI] })).toEqual({
      code: 0,
      lines: [],
      last: CLEAN + ALL_LEFT_OUT,
    });
  });

  it.each<{
    reason: string;
    path: string;
    change: (text: string) => string;
    says: string;
  }>([
    {
      reason: 'a copied folder keeps the key of the state',
      path: 'envs/prod-rds/versions.tf',
      change: text => text.replace('prod-rds', 'dev-rds'),
      says: 'open: envs/prod-rds: the key of its state, envs/dev-rds/terraform.tfstate, is that of envs/dev-rds. Each apply would delete what the other created.',
    },
    {
      reason: 'another backend',
      path: 'envs/dev-rds/versions.tf',
      change: text => text.replace('"s3"', '"local"'),
      says: 'open: envs/dev-rds: no backend "s3". The state would be lost with the runner.',
    },
    {
      reason: 'no key',
      path: 'envs/dev-rds/versions.tf',
      change: text => text.replace(/^ *key .*$/m, ''),
      says: 'open: envs/dev-rds: the backend "s3" has no key. The state would be lost with the runner.',
    },
    {
      reason: 'a copied folder keeps the environment',
      path: 'envs/prod-rds/terraform.tfvars',
      change: text => text.replace('"prod"', '"dev"'),
      says: 'open: environment prod: envs/prod-rds/terraform.tfvars:1:1: environment is "dev"',
    },
    {
      reason: 'Terraform that no one can parse',
      path: 'envs/dev-rds/main.tf',
      change: text => `${text}\n}`,
      says: 'open: environment dev: envs/dev-rds/main.tf:',
    },
    {
      reason: 'a placeholder in the Job',
      path: 'envs/dev-rds/kustomization.yaml',
      change: text => text.replace('123456789012', '<account>'),
      says: 'open: envs/dev-rds/kustomization.yaml: has <account>. It is a placeholder',
    },
    {
      reason: 'the code owners are another team',
      path: '.github/CODEOWNERS',
      change: text => text.replaceAll('platform-team', 'sre'),
      says: "open: .github/CODEOWNERS: doesn't name the team platform-team. Nobody is asked",
    },
    {
      reason: 'goldenpath.yaml is invalid',
      path: 'goldenpath.yaml',
      change: () => 'environments: dev\n',
      says: 'open: goldenpath.yaml: environments: use a list',
    },
  ])('names what is broken: $reason', async ({ path, change, says }) => {
    const root = completeKit();
    const text = readFileSync(join(root, path), 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(join(root, path), change(text));
    const { code, lines } = await run(root);
    const open = lines.filter(line => line.startsWith('open: '));
    expect(open).toHaveLength(1);
    expect(open[0]).toContain(says);
    expect(code).toBe(1);
  });

  it.each(['.github/CODEOWNERS', '.github/workflows/rds-database-guard.yml'])(
    'names a missing file: %s',
    async path => {
      const root = completeKit();
      rmSync(join(root, path));
      const { lines } = await run(root);
      expect(lines).toEqual([
        expect.stringContaining(`open: ${path}: missing`),
      ]);
    },
  );

  it('says that nothing else is checked while goldenpath.yaml is invalid', async () => {
    const root = completeKit();
    writeFileSync(join(root, 'goldenpath.yaml'), 'prefix: x\n');
    const { lines } = await run(root);
    expect(lines[1]).toContain('not checked: everything else: ');
  });
});

describe('goldenpath-rds doctor --github', () => {
  let infra: InfraGitHub;
  let root: string;
  const doctor = (token?: string) =>
    run(root, { args: ['--github'], apiUrl: infra.github.apiUrl, token });
  const call = async (method: string, path: string, body: object) => {
    const { ok, status } = await infra.call(
      method,
      path.startsWith('/') ? path : `${infra.path}/${path}`,
      body,
    );
    expect({ path, ok, status }).toMatchObject({ ok: true });
  };
  const PROTECTION = {
    required_status_checks: {
      strict: false,
      contexts: ['Compare catalog and terraform.tfvars'],
    },
    enforce_admins: true,
    required_pull_request_reviews: {
      require_code_owner_reviews: true,
      required_approving_review_count: 1,
    },
    restrictions: null,
  };
  const protect = (change: object = {}) =>
    call('PUT', 'branches/main/protection', { ...PROTECTION, ...change });
  const closed = (environment: string, change: object = {}) =>
    infra.github.setEnvironment(REPO, environment, {
      branches: ['main'],
      ...(['test', 'staging', 'prod'].includes(environment) && {
        reviewers: { teams: ['platform-team'] },
      }),
      ...change,
    });

  beforeAll(async () => {
    root = completeKit();
    infra = await startInfraGitHub();
  });
  afterAll(() => infra?.stop());

  it('names everything that stands open on GitHub beside a fresh kit', async () => {
    const { apiUrl } = infra.github;
    await infra.github.createRepository('acme', 'fresh', { 'README.md': '' });
    await call('PUT', '/repos/acme/fresh/actions/permissions/workflow', {
      default_workflow_permissions: 'write',
      can_approve_pull_request_reviews: false,
    });
    const { code, lines } = await run(root, {
      args: ['--github'],
      apiUrl,
      repo: 'fresh',
    });
    expect(code).toBe(1);
    expect(lines.map(line => line.split('. ')[0])).toEqual([
      'open: variable AWS_REGION: missing',
      'open: variable TERRAFORM_STATE_BUCKET: missing',
      'open: variable GOLDENPATH_CLI: missing',
      'open: variable GOLDENPATH_DISPATCHER: missing',
      ...ENVIRONMENTS.map(
        name =>
          `open: variable AWS_PLAN_ROLE_ARN_${name.toUpperCase()}: missing`,
      ),
      ...ENVIRONMENTS.flatMap(name => [
        `open: environment ${name}: missing`,
        `open: environment ${name}-check: missing`,
      ]),
      'open: environment rds-request: missing',
      'open: environment rds-review: missing',
      'open: rules of main: the check "Compare catalog and terraform.tfvars" is not required',
      'open: rules of main: no review is required',
      'open: rules of main: no review by code owners is required',
      'open: rules of main: force pushes are allowed',
      'open: rules of main: the branch can be deleted',
      'open: permissions of workflows: write by default',
      'open: permissions of workflows: may not create pull requests',
      "open: team platform-team, the approvers of goldenpath.yaml: doesn't exist, or has no access to the repo",
    ]);
  });

  it('finds nothing once all is set', async () => {
    const { github } = infra;
    await github.createTeam('acme', 'platform-team');
    await call(
      'PUT',
      `/orgs/acme/teams/platform-team/repos/acme/platform-infra`,
      {
        permission: 'maintain',
      },
    );
    const variables = {
      AWS_REGION: 'eu-central-1',
      TERRAFORM_STATE_BUCKET: 'acme-terraform',
      GOLDENPATH_CLI: CLI,
      GOLDENPATH_APP_ID: '7',
    };
    for (const [name, value] of Object.entries(variables))
      await github.setVariable(REPO, name, value);
    for (const name of ENVIRONMENTS) {
      const NAME = name.toUpperCase();
      await github.setVariable(REPO, `AWS_PLAN_ROLE_ARN_${NAME}`, ARN);
      for (const [environment, values] of Object.entries({
        [name]: {
          AWS_APPLY_ROLE_ARN: ARN,
          ...(name !== 'dev' && { ALLOW_DB_PROVISION: 'true' }),
        },
        [`${name}-check`]: {
          AWS_CHECK_ROLE_ARN: ARN,
          [`GOLDENPATH_MASTER_SECRET_${NAME}`]: `goldenpath/${name}/rds/check`,
        },
        [`${name}-rotate`]: { AWS_ROTATION_ROLE_ARN: ARN },
      })) {
        await closed(environment);
        for (const [variable, value] of Object.entries(values))
          await github.setEnvironmentVariable(
            REPO,
            environment,
            variable,
            value,
          );
      }
    }
    for (const environment of [
      ...ENVIRONMENTS,
      ...ENVIRONMENTS.map(name => `${name}-rotate`),
      'rds-request',
    ])
      await github.setEnvironmentSecret(
        REPO,
        environment,
        'GOLDENPATH_APP_PRIVATE_KEY',
        'key',
      );
    await closed('rds-request');
    await closed('rds-review');
    await protect();
    expect(await doctor()).toEqual({
      code: 0,
      lines: [],
      last: `${CLEAN} Left out: the secrets in AWS (--aws), the roles in AWS (--github --aws).`,
    });
  });

  it.each<{
    reason: string;
    breakIt: () => Promise<unknown>;
    repair: () => Promise<unknown>;
    says: string;
  }>([
    {
      reason: 'an environment open to every branch',
      breakIt: () => closed('dev', { branches: undefined }),
      repair: () => closed('dev'),
      says: 'open: environment dev: open to every branch. ',
    },
    {
      reason: 'an environment open to one more branch',
      breakIt: () => closed('dev-check', { branches: ['main', 'release/*'] }),
      repair: () => closed('dev-check'),
      says: 'open: environment dev-check: open to the branch "release/*". ',
    },
    {
      reason:
        "an environment that reads the master's secret, open to every branch",
      breakIt: () => closed('dev-rotate', { branches: undefined }),
      repair: () => closed('dev-rotate'),
      says: 'open: environment dev-rotate: open to every branch. ',
    },
    {
      reason: 'no reviewers',
      breakIt: () => closed('prod', { reviewers: {} }),
      repair: () => closed('prod'),
      says: 'open: environment prod: no required reviewers. ',
    },
    {
      reason: 'force pushes',
      breakIt: () => protect({ allow_force_pushes: true }),
      repair: protect,
      says: 'open: rules of main: force pushes are allowed. ',
    },
    {
      reason: 'no review by code owners',
      breakIt: () =>
        protect({
          required_pull_request_reviews: { required_approving_review_count: 1 },
        }),
      repair: protect,
      says: 'open: rules of main: no review by code owners is required. ',
    },
    {
      reason: 'a team that may only read',
      breakIt: () =>
        call(
          'PUT',
          '/orgs/acme/teams/platform-team/repos/acme/platform-infra',
          {
            permission: 'pull',
          },
        ),
      repair: () =>
        call(
          'PUT',
          '/orgs/acme/teams/platform-team/repos/acme/platform-infra',
          {
            permission: 'push',
          },
        ),
      says: 'open: team platform-team, the approvers of goldenpath.yaml: has the permission pull. ',
    },
  ])('names what is broken: $reason', async ({ breakIt, repair, says }) => {
    await breakIt();
    const { code, lines } = await doctor();
    expect(lines).toEqual([expect.stringContaining(says)]);
    expect(code).toBe(1);
    await repair();
    expect((await doctor()).code).toBe(0);
  });

  it('says that administrators may bypass the rules, which is no fault', async () => {
    await protect({ enforce_admins: false });
    const { code, lines } = await doctor();
    expect(lines).toEqual([
      expect.stringContaining('note: rules of main: administrators may bypass'),
    ]);
    expect(code).toBe(0);
    await protect();
  });

  it('calls nothing fine that the token may not read', async () => {
    await infra.github.addCollaborator(REPO, 'mallory', 'write');
    const token = await infra.github.createUserToken('mallory');
    const { code, last, lines } = await doctor(token);
    const reason =
      'GitHub answered 403, "Must have admin rights to Repository.". Use the token of an administrator of the repo.';
    expect(lines).toEqual([
      `not checked: rules of main: ${reason}`,
      `not checked: permissions of workflows: ${reason}`,
      `not checked: teams of the repo: ${reason}`,
    ]);
    expect(last).toContain('Open: 0. Not checked: 3.');
    expect(code).toBe(1);
  });

  it('compares each role that a variable names, once, with the folder iam', async () => {
    const asked: string[] = [];
    const { code, lines, last } = await run(root, {
      args: ['--github', '--aws'],
      apiUrl: infra.github.apiUrl,
      secrets: path => ({
        path,
        text: JSON.stringify({ host: 'h', username: 'u', password: CANARY }),
        versionId: 'v1',
      }),
      readRole: async arn => {
        asked.push(arn);
        return { reason: 'the AWS CLI is not installed.' };
      },
    });
    // The roles of apply, plan, check and rotation are the same one here.
    expect(asked).toEqual([ARN, ARN, ARN, ARN]);
    expect(lines).toEqual(
      asked.map(
        () => `not checked: role ${ARN}: the AWS CLI is not installed.`,
      ),
    );
    expect({ code, last }).toEqual({
      code: 1,
      last: 'Open: 0. Not checked: 4.',
    });
  });

  it('names the key of the App among the secrets of the repo', async () => {
    await infra.github.setSecret(REPO, 'GOLDENPATH_APP_PRIVATE_KEY', CANARY);
    const { lines } = await doctor();
    expect(lines).toEqual([
      'open: secret GOLDENPATH_APP_PRIVATE_KEY: a secret of the repo or of its organization. A workflow on any branch can read it. Delete it there, generate a new key, and store that one in the GitHub environments rds-request and <environment>.',
    ]);
  });

  it('requires a token and the name of the repo', async () => {
    const { terminal } = fakeTerminal();
    await expect(
      doctorCommand({
        terminal,
        directory: never,
        setup: never,
        secrets: never,
        roles: never,
      }).parseAsync(['--github'], { from: 'user' }),
    ).rejects.toMatchObject({
      name: 'UsageError',
      message:
        '--github requires GITHUB_TOKEN and GITHUB_REPOSITORY (as owner/name); set them as environment variables.',
    });
  });
});

describe('goldenpath-rds doctor --aws', () => {
  const LOGIN = {
    host: 'db.example',
    username: 'goldenpath',
    password: CANARY,
  };
  const secret = (path: string, value: object = LOGIN): SecretReading => ({
    path,
    text: JSON.stringify(value),
    versionId: 'v1',
  });
  const doctor = (secrets: (path: string) => SecretReading) =>
    run(completeKit(), { args: ['--aws'], secrets });

  it('finds nothing if both logins of every environment are there', async () => {
    const asked: string[] = [];
    const { code, lines } = await doctor(path => {
      asked.push(path);
      return secret(path);
    });
    expect({ code, lines }).toEqual({ code: 0, lines: [] });
    expect(asked).toEqual(
      ENVIRONMENTS.flatMap(name => [
        `goldenpath/${name}/rds/master`,
        `goldenpath/${name}/rds/check`,
      ]),
    );
  });

  it('names a missing secret, and one that could not be read', async () => {
    const { code, last, lines } = await doctor(path => {
      if (path === 'goldenpath/dev/rds/check')
        return { path, problem: 'missing' };
      return path === 'goldenpath/prod/rds/master'
        ? { path, problem: 'unreadable', reason: 'AccessDeniedException.' }
        : secret(path);
    });
    expect(lines).toEqual([
      "open: secret goldenpath/dev/rds/check: the secret doesn't exist; create it. The drift check logs in with it. docs/install.md, step 3, shows how to create it.",
      'not checked: secret goldenpath/prod/rds/master: AccessDeniedException.',
    ]);
    expect({ code, last }).toEqual({
      code: 1,
      last: 'Open: 1. Not checked: 1. Left out: the settings on GitHub (--github), the roles in AWS (--github --aws).',
    });
  });

  /** CASES 24: without a region, and everything else that keeps the client from asking */
  it.each([
    {
      name: 'InputError',
      says: 'No AWS region: give --region or set AWS_REGION.',
    },
    {
      name: 'ServiceUnavailableError',
      says: "Can't reach AWS Secrets Manager (x).",
    },
  ])(
    'tells the rest where nothing can be read: $says',
    async ({ name, says }) => {
      const root = completeKit();
      rmSync(join(root, '.github/CODEOWNERS'));
      const { code, lines } = await run(root, {
        args: ['--aws'],
        secrets: () => {
          throw Object.assign(new Error(says), { name });
        },
      });
      expect(code).toBe(1);
      expect(lines).toEqual([
        expect.stringMatching(/^open: \.github\/CODEOWNERS: missing\./),
        `not checked: secrets in AWS: ${says}`,
      ]);
    },
  );
});
