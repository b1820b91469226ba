import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { builtCli } from '../tests/support/builtCli';
import { createFolder } from '../tests/support/createFolder';
import {
  EXAMPLE_DATABASE,
  renderCatalog,
} from '../tests/support/exampleDatabase';

let cli: string;
beforeAll(async () => {
  cli = await builtCli();
});

/** The kit's make targets in an infra repo, with a terraform that only prints its arguments. */
describe('rds.mk', () => {
  let root: string;

  beforeAll(() => {
    root = createFolder();
    for (const path of ['Makefile', 'rds.mk', 'docs', 'envs'])
      cpSync(join(__dirname, path), join(root, path), { recursive: true });
    mkdirSync(join(root, 'bin'));
    writeFileSync(
      join(root, 'bin/terraform'),
      '#!/bin/sh\necho "terraform in $(basename "$PWD"):" "$@"\n',
      {
        mode: 0o755,
      },
    );
    // Coupled: the environment's root has other resources too.
    mkdirSync(join(root, 'envs/test'));
    writeFileSync(
      join(root, 'envs/test/terraform.tfvars'),
      'rds_config = { enabled = true }\napplication_databases = {}\n',
    );
  });

  const make = (args: string[], env: Record<string, string> = {}) =>
    spawnSync('make', ['--no-print-directory', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: {
        PATH: [join(root, 'bin'), process.env.PATH].join(delimiter),
        HOME: root,
        GOLDENPATH_RDS: `${process.execPath} ${cli}`,
        ...env,
      },
    });

  it.each([
    {
      args: ['rds-init', 'ENV=dev', 'TERRAFORM_STATE_BUCKET=acme-terraform'],
      runs: 'terraform in dev-rds: init -backend-config=bucket=acme-terraform',
      reason: 'with the bucket of the state',
    },
    {
      args: ['rds-init', 'ENV=dev'],
      runs: 'terraform in dev-rds: init',
      reason: 'without one',
    },
    {
      args: ['rds-lock', 'ENV=dev'],
      runs: 'terraform in dev-rds: providers lock -platform=linux_amd64 -platform=linux_arm64 -platform=darwin_amd64 -platform=darwin_arm64',
      reason: 'for the runner and for people',
    },
    {
      args: ['rds-plan', 'ENV=dev'],
      runs: 'terraform in dev-rds: plan',
      reason: 'standalone',
    },
    {
      args: ['rds-apply', 'ENV=test'],
      runs: 'terraform in test: apply',
      reason: 'coupled; Terraform asks for confirmation',
    },
  ])('$args.0: $reason', ({ args, runs }) => {
    const { stdout, stderr, status } = make(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.trim().split('\n').pop()).toBe(runs);
  });

  it.each(['rds-init', 'rds-lock', 'rds-plan', 'rds-apply', 'rds-status'])(
    '%s names the missing ENV',
    target => {
      const { status, stderr } = make([target]);
      expect(status).not.toBe(0);
      expect(stderr).toContain(`make ${target} ENV=dev`);
    },
  );

  it('names an unknown environment', () => {
    const { status, stderr } = make(['rds-status', 'ENV=mars']);
    expect(status).not.toBe(0);
    expect(stderr).toContain(
      'There is no environment mars: make rds-status ENV=dev (or test)',
    );
  });

  it('rds-plan reports a missing Terraform', () => {
    const { status, stderr } = make([
      'rds-plan',
      'ENV=dev',
      'TERRAFORM=no-such-terraform',
    ]);
    expect(status).not.toBe(0);
    expect(stderr).toContain(
      'no-such-terraform was not found: install Terraform 1, from 1.11 on',
    );
  });

  it('rds-status shows the catalog, and reports that drift was not checked', () => {
    expect(make(['rds-status', 'ENV=dev']).stdout).toContain(
      `${CATALOG_PATH} has no database of dev.`,
    );
    writeFileSync(join(root, CATALOG_PATH), renderCatalog([EXAMPLE_DATABASE]));
    const { stdout, stderr, status } = make(['rds-status', 'ENV=dev']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      /│ users_db +│ users_app_user +│ user-service +│ platform-team +│ pending +│ 2026-11-24 +│/,
    );
    expect(stdout).toContain(
      'No AWS credentials are set, so drift was not checked.',
    );
    expect(make(['rds-status', 'ENV=test']).stdout).toContain(
      'no database of test',
    );
  });

  it.each([
    { settings: [], reason: "make's own shell" },
    {
      settings: ['SHELL=bash', '.SHELLFLAGS=-euo pipefail -c'],
      reason: 'a Makefile that requires every variable to be set',
    },
  ])(
    'rds-status checks for drift if credentials are set: $reason',
    ({ settings }) => {
      const command = 'GOLDENPATH_RDS=echo goldenpath-rds';
      const status = (env?: Record<string, string>) =>
        make(['rds-status', 'ENV=dev', command, ...settings], env);
      expect(status({ AWS_PROFILE: 'operator' }).stdout.split('\n')).toEqual([
        'goldenpath-rds status --env dev --root .',
        'goldenpath-rds provision --env dev --root . --check',
        '',
      ]);
      expect(status().stdout).toContain('No AWS credentials are set');
    },
  );

  /** make's own exit code says nothing: 2 after every failure. */
  describe.each([
    { settings: [], shell: "make's own shell" },
    {
      settings: ['SHELL=bash', '.SHELLFLAGS=-euo pipefail -c'],
      shell: 'a Makefile that stops at every failure',
    },
  ])('RDS_EXIT_FILE, with $shell', ({ settings }) => {
    const run = (target: string, ...args: string[]) => {
      const file = join(createFolder(), 'code');
      const { status } = make(
        [target, ...args, `RDS_EXIT_FILE=${file}`, ...settings],
        { AWS_PROFILE: 'operator' },
      );
      return { status, code: readFileSync(file, 'utf8').trim() };
    };

    it.each(
      [
        'rds-status',
        'rds-provision',
        'rds-provision-dry-run',
        'rds-provision-auto',
        'rds-retire-dry-run',
        'rds-retire',
      ].flatMap(target =>
        [
          { exit: 0, reason: 'done' },
          { exit: 1, reason: 'failed' },
          { exit: 2, reason: 'drift' },
          { exit: 64, reason: 'wrong use' },
        ].map(row => ({ target, ...row })),
      ),
    )('keeps $exit of $target: $reason', ({ target, exit }) => {
      const program = join(createFolder(), 'goldenpath-rds');
      writeFileSync(
        program,
        `#!/bin/sh\ncase "$1" in status) exit 0;; *) exit ${exit};; esac\n`,
        { mode: 0o755 },
      );
      expect(run(target, 'ENV=dev', `GOLDENPATH_RDS=${program}`)).toEqual({
        status: exit === 0 ? 0 : 2,
        code: String(exit),
      });
    });

    it.each([
      { args: [], reason: 'no environment' },
      { args: ['ENV=mars'], reason: 'an unknown one' },
      { args: ['ENV=dev', 'GOLDENPATH_RDS=nowhere'], reason: 'no program' },
    ])('keeps 64 of wrong use: $reason', ({ args }) => {
      expect(run('rds-provision', ...args)).toEqual({ status: 2, code: '64' });
    });
  });

  it('make help lists every target of the kit', () => {
    const targets = [
      ...readFileSync(join(__dirname, 'rds.mk'), 'utf8').matchAll(
        /^(rds-[a-z-]+):.*## /gm,
      ),
    ].map(match => match[1]);
    expect(targets).toHaveLength(10);
    const { stdout } = make(['help']);
    for (const target of targets)
      expect(stdout).toMatch(new RegExp(`^ {2}make ${target} +\\S`, 'm'));
  });
});

describe('goldenpath-rds status', () => {
  const status = (...args: string[]) =>
    spawnSync(process.execPath, [cli, 'status', ...args], {
      encoding: 'utf8',
    });

  it.each([
    {
      args: ['--env', 'qa', '--root', __dirname],
      says: '--env: use one of',
      reason: 'an unknown environment',
    },
    {
      args: ['--env', 'dev', '--root', tmpdir()],
      says: 'there is no docs/20-contracts',
      reason: 'a folder without a catalog',
    },
  ])('exits with 64: $reason', ({ args, says }) => {
    const ended = status(...args);
    expect(ended.stderr).toContain(says);
    expect(ended.status).toBe(64);
  });
});
