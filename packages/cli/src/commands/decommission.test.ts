import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import {
  EXAMPLE_DATABASE,
  renderCatalog,
} from '../../../../tests/support/exampleDatabase';
import { createFolder } from '../../../../tests/support/createFolder';
import { decommissionCommand } from './decommission';
import { fakeRepository, Files } from './testing/repository';
import { fakeTerminal, GITHUB, WORKFLOW_RUN } from './testing/terminal';

const TFVARS = 'envs/dev-rds/terraform.tfvars';
const declared = (): Files => ({
  [CATALOG_PATH]: renderCatalog([EXAMPLE_DATABASE]),
  [TFVARS]:
    'application_databases = {\n  users_db = { database_name = "users_db", username = "users_app_user" }\n}\n',
});
const FLAGS = [
  ...['--env', 'dev', '--database', 'users_db', '--requested-by', 'jane'],
];

const run = async (
  args: string[],
  {
    files = declared(),
    env = {},
  }: { files?: Files; env?: Record<string, string> } = {},
) => {
  const repo = fakeRepository({ main: files });
  const { terminal, said } = fakeTerminal(env);
  const written: Files = {};
  await decommissionCommand({
    terminal,
    directory: () => ({
      ...repo.repository.filesAt('main'),
      replace: async ({ path, text }) => {
        written[path] = text;
      },
    }),
    repository: async () => repo.repository,
    pullRequests: settings => {
      expect(settings).toEqual(GITHUB);
      return repo.pullRequests;
    },
  })
    .exitOverride()
    .parseAsync(['node', 'decommission', ...args]);
  const { log, bodies, branches } = repo;
  return { ...said, written, log, bodies, branches };
};

describe('goldenpath-rds decommission', () => {
  it('changes both files, and nothing the second time', async () => {
    const { out, written } = await run(FLAGS);
    expect(out).toEqual([`Changed ${CATALOG_PATH}.`, `Changed ${TFVARS}.`]);
    expect(written).toEqual({
      [CATALOG_PATH]: 'version: "1.0"\ndatabases:\n  dev: {}\n',
      [TFVARS]: 'application_databases = {}\n',
    });
    const again = await run(FLAGS, { files: written });
    expect(again).toMatchObject({
      out: ["The infra repo doesn't declare dev-users_db. Nothing to do."],
      written: {},
    });
  });

  it('opens a pull request instead', async () => {
    const { out, log, written, branches } = await run(
      [...FLAGS, '--open-pr', '--reason', 'unused'],
      { env: WORKFLOW_RUN },
    );
    expect(out).toEqual(['Pull request #7 opened: http://github/pull/7']);
    expect(log).toEqual([
      `push decommission/dev/users_db: ${CATALOG_PATH} ${TFVARS}`,
      'open decommission/dev/users_db',
    ]);
    expect(branches['decommission/dev/users_db'][TFVARS]).toBe(
      'application_databases = {}\n',
    );
    expect(written).toEqual({});
  });

  it('shows what Backstage saw in the pull request', async () => {
    const path = join(createFolder(), 'facts.json');
    writeFileSync(path, '{"dependants":["component:default/user-service"]}');
    const { bodies } = await run([...FLAGS, '--open-pr', '--facts', path], {
      env: WORKFLOW_RUN,
    });
    expect(bodies.join()).toContain('- `component:default/user-service`');
  });

  it.each([
    {
      text: '{"dependants":["evil text"]}',
      says: 'wrong value at dependants.0',
    },
    { text: 'x', says: 'is no JSON' },
  ])('refuses facts that Backstage does not send: $text', async row => {
    const path = join(createFolder(), 'facts.json');
    writeFileSync(path, row.text);
    await expect(run([...FLAGS, '--facts', path])).rejects.toThrow(row.says);
  });

  it('reports every invalid option at once', async () => {
    await expect(
      run([
        ...['--env', 'nowhere', '--database', 'Users', '--reason', 'a\nb'],
        ...['--requested-by', '-'],
      ]),
    ).rejects.toThrow(
      `The command line has 4 problems:
  --env: use one of dev, test, staging, prod. Got "nowhere".
  --database: Database name: use lower-case letters, digits and underscores, beginning with a letter, such as users_db. Got "Users".
  --requested-by: Requesting user: use the name of the signed-in user: letters, digits, ".", "_" and "-", beginning with a letter or digit; or a GitHub login and " (by hand)", such as jane. Got "-".
  --reason: Reason: write one line without control characters.`,
    );
  });

  it('requires the token only with --open-pr', async () => {
    await expect(run([...FLAGS, '--open-pr'])).rejects.toThrow(
      '--open-pr requires GITHUB_TOKEN',
    );
  });
});
