import {
  CATALOG_PATH,
  catalogEntry,
} from '@goldenpath/plugin-golden-path-common';
import { parse, stringify } from 'yaml';
import { ownersCommand } from './owners';
import { fakeTerminal } from './testing/terminal';

const request = {
  component_id: 'user-service',
  databaseName: 'users_db',
  username: 'users_app_user',
  owner: 'platform-team',
  environment: 'dev',
  domain: 'delivery',
  risk: 'medium',
  size: 'small',
  requestedBy: 'jane',
} as const;
const catalog = stringify({
  version: '1.0',
  databases: {
    dev: { users_db: catalogEntry(request, { createdDate: '2026-11-24' }) },
  },
});

const owners = async (args: string[], files: Record<string, string>) => {
  const { terminal, said } = fakeTerminal();
  await ownersCommand({
    terminal,
    directory: () => ({ read: async path => files[path] }),
  })
    .exitOverride()
    .parseAsync(args, { from: 'user' });
  return said.out.join('\n');
};

describe('goldenpath-rds owners', () => {
  it('prints what the admission policy takes', async () => {
    const text = await owners(['--env', 'dev', '--store', 'aws'], {
      [CATALOG_PATH]: catalog,
    });
    expect(parse(text)).toMatchObject({
      kind: 'ConfigMap',
      data: {
        _store: 'aws',
        'platform-team': 'goldenpath/dev/users_db/postgres',
      },
    });
  });

  it.each([
    { args: [], says: '--env is required' },
    { args: ['--env', 'mars'], says: '--env: use one of' },
    {
      args: ['--env', 'dev', '--store', 'A b'],
      says: '--store: use the name of a ClusterSecretStore',
    },
    { args: ['--env', 'dev'], says: `there is no ${CATALOG_PATH}` },
  ])('refuses $args: $says', async ({ args, says }) => {
    await expect(owners(args, {})).rejects.toThrow(says);
  });
});
