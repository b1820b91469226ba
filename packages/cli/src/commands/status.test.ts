import { resolve } from 'node:path';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { statusCommand } from './status';
import { fakeTerminal, onlySettings, Said } from './testing/terminal';

const CATALOG = `version: "1.0"
databases:
  dev:
    users_db:
      metadata: { id: DATABASE_DEV_USERS_DB, component: user-service, owner: platform-team, requested_by: jane, domain: delivery, risk: medium, status: pending, created_date: "2026-11-24" }
      configuration: { username: users_app_user, size_tier: small, instance_class: db.t3.micro, secret_path: goldenpath/dev/users_db/postgres }
`;

describe('goldenpath-rds status', () => {
  const status = async (
    args: string[],
    files?: Record<string, string>,
  ): Promise<Said> => {
    const { terminal, said } = fakeTerminal();
    await statusCommand({
      terminal,
      directory: root => {
        expect(root).toBe(resolve('infra'));
        return files ? { read: async path => files[path] } : onlySettings();
      },
    })
      .exitOverride()
      .parseAsync(['--root', 'infra', ...args], { from: 'user' });
    return said;
  };

  it('shows the databases of the environment as a table', async () => {
    const { out, code } = await status(['--env', 'dev'], {
      [CATALOG_PATH]: CATALOG,
    });
    const [head, entry] = out
      .filter(line => line.includes('│'))
      .map(line => line.split('│').map(cell => cell.trim()));
    expect(head).toEqual(
      expect.arrayContaining(['Database', 'User', 'Status']),
    );
    expect(entry).toEqual([
      '',
      ...['users_db', 'users_app_user', 'user-service', 'platform-team'],
      ...['pending', '2026-11-24', ''],
    ]);
    expect(code).toBe(0);
  });

  it('prints them as JSON, also where there are none', async () => {
    const files = { [CATALOG_PATH]: CATALOG };
    const { out } = await status(['--env', 'dev', '--json'], files);
    expect(JSON.parse(out.join(''))).toMatchObject([
      { database: 'users_db', username: 'users_app_user', risk: 'medium' },
    ]);
    expect((await status(['--env', 'prod', '--json'], files)).out).toEqual([
      '[]',
    ]);
  });

  it('reports an environment without databases', async () => {
    expect(
      await status(['--env', 'prod', '--catalog', 'other.yaml'], {
        'other.yaml': CATALOG,
      }),
    ).toEqual({
      out: ['other.yaml has no database of prod.'],
      err: [],
      code: 0,
    });
  });

  it.each([
    {
      reason: 'no environment',
      args: [],
      message: '--env is required: use one of dev, test, staging, prod.',
    },
    {
      reason: 'an unknown environment and a catalog outside the infra repo',
      args: ['--env', 'mars', '--catalog', '../x.yaml'],
      message: `The command line has 2 problems:
  --env: use one of dev, test, staging, prod. Got "mars".
  --catalog: use a path inside the infra repo. Got "../x.yaml".`,
    },
    {
      reason: 'an absolute catalog',
      args: ['--env', 'dev', '--catalog', '/etc/passwd'],
      message:
        '--catalog: use a path inside the infra repo. Got "/etc/passwd".',
    },
  ])('reads nothing with $reason', async ({ args, message }) => {
    await expect(status(args)).rejects.toMatchObject({
      name: 'UsageError',
      message,
    });
  });

  it('reads environments and catalog from goldenpath.yaml', async () => {
    const settings = 'environments: [perf]\ncatalog: other.yaml\n';
    expect(
      await status(['--env', 'perf'], {
        'goldenpath.yaml': settings,
        'other.yaml': CATALOG.replace('dev:', 'perf:'),
      }),
    ).toMatchObject({
      code: 0,
      out: expect.arrayContaining([expect.stringContaining('users_db')]),
    });
    await expect(
      status(['--env', 'dev'], { 'goldenpath.yaml': settings }),
    ).rejects.toThrow('--env: use one of perf. Got "dev".');
    await expect(
      status(['--env', 'dev'], { 'goldenpath.yaml': 'environments: []' }),
    ).rejects.toMatchObject({
      name: 'InputError',
      message: 'goldenpath.yaml: environments: name at least one.',
    });
  });

  it('names the folder without a catalog', async () => {
    await expect(status(['--env', 'dev'], {})).rejects.toMatchObject({
      name: 'UsageError',
      message: `--catalog: there is no ${CATALOG_PATH} in ${resolve(
        'infra',
      )}; set --root to the top folder of the infra repo.`,
    });
  });
});
