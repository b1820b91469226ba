import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { parse } from 'yaml';
import {
  EXAMPLE_DATABASE,
  renderCatalog,
} from '../../../../tests/support/exampleDatabase';
import { ownersCommand } from './owners';
import { fakeTerminal } from './testing/terminal';

const catalog = renderCatalog([EXAMPLE_DATABASE]);

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
