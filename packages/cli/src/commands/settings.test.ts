import { readFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { createFolder } from '../../../../tests/support/createFolder';
import { settingsCommand } from './settings';
import { fakeTerminal, Said } from './testing/terminal';

describe('goldenpath-rds settings', () => {
  const settings = async (
    args: string[],
    files: Record<string, string> = {},
    env: Record<string, string> = {},
  ): Promise<Said> => {
    const { terminal, said } = fakeTerminal(env);
    await settingsCommand({
      terminal,
      directory: root => {
        expect(root).toBe(resolve('infra'));
        return {
          read: async path => files[path],
          files: async folder =>
            Object.keys(files)
              .filter(path => posix.dirname(path) === folder)
              .map(path => posix.basename(path)),
        };
      },
    })
      .exitOverride()
      .parseAsync(['--root', 'infra', ...args], { from: 'user' });
    return said;
  };

  it('shows the defaults of an infra repo without goldenpath.yaml', async () => {
    expect((await settings([])).out).toEqual([
      'environments=dev test staging prod',
      'domains=platform-core delivery identity catalog observability governance security cost governance-routing platform-governance',
      `catalog=${CATALOG_PATH}`,
      'environments-path=envs',
      'secret-prefix=goldenpath',
      'approvers=platform-team',
    ]);
  });

  it('sets step outputs in a workflow run, with the Terraform root of an environment', async () => {
    const folder = createFolder();
    const output = join(folder, 'output');
    const { out } = await settings(
      ['--env', 'perf', '--secret-prefix', 'acme'],
      {
        'goldenpath.yaml':
          'environments: [dev, perf]\nenvironmentsPath: stages\n',
        'stages/perf-rds/terraform.tfvars': 'application_databases = {}\n',
      },
      { GITHUB_OUTPUT: output },
    );
    expect(out).toEqual(
      expect.arrayContaining([
        'environments=dev perf',
        'environments-path=stages',
        'secret-prefix=acme',
        'terraform-root=stages/perf-rds',
      ]),
    );
    expect(readFileSync(output, 'utf8')).toBe(`${out.join('\n')}\n`);
  });

  it.each([
    {
      args: ['--env', 'mars', '--catalog', '/x'],
      files: {},
      error: {
        name: 'UsageError',
        message: `The command line has 2 problems:
  --env: use one of dev, test, staging, prod. Got "mars".
  --catalog: use a path inside the infra repo. Got "/x".`,
      },
    },
    {
      args: [],
      files: { 'goldenpath.yaml': 'prefix: x\n' },
      error: {
        name: 'InputError',
        message:
          'goldenpath.yaml: prefix: use one of environments, domains, catalog, environmentsPath, secretPrefix, approvers.',
      },
    },
    {
      args: ['--env', 'dev'],
      files: {},
      error: { name: 'NotFoundError' },
    },
  ])('exits with $error.name', async ({ args, files, error }) => {
    await expect(
      settings(args, files as Record<string, string>),
    ).rejects.toMatchObject(error);
  });
});
