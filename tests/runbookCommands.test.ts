import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { TestGitHub } from '@goldenpath/local-github/src/github/testing/testGitHub';
import {
  CATALOG_PATH,
  standaloneTfvarsPath,
} from '@goldenpath/plugin-golden-path-common';
import { createFolder } from './support/createFolder';
import { EXAMPLE_DATABASE, renderCatalog } from './support/exampleDatabase';
import { blockWith, codeBlocks } from './support/markdownCode';

const ROOT = resolve(__dirname, '..');
const TOKEN = 'local-token';
const run = promisify(execFile);

describe('docs/runbook.md on the local platform', () => {
  // The blocks of a numbered step are indented.
  const text = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8').replace(
    /^ {3}/gm,
    '',
  );
  const github = new TestGitHub();
  afterAll(() => github.stop());

  it('opens the pull request of a decommission with the commands as printed', async () => {
    await github.start(0, TOKEN);
    await github.github.createRepository('acme', 'platform-infra', {
      [CATALOG_PATH]: renderCatalog([
        { ...EXAMPLE_DATABASE, databaseName: 'orders_db' },
      ]),
      [standaloneTfvarsPath('dev')]:
        'application_databases = {\n  orders_db = { database_name = "orders_db", username = "users_app_user" }\n}\n',
    });
    const folder = createFolder();
    writeFileSync(join(folder, 'github-token'), TOKEN);
    writeFileSync(join(folder, 'aws-access-key-id'), 'local');
    const commands = [
      blockWith(codeBlocks(text, '# Runbook', 'sh'), 'git clone'),
      blockWith(
        codeBlocks(text, '## Decommission a database', 'sh'),
        'decommission --open-pr',
      ),
    ]
      .join('\n')
      .replaceAll('.local/', `${folder}/`)
      .replaceAll('/tmp/platform-infra', join(folder, 'platform-infra'))
      .replaceAll(
        'http://localhost:7010',
        new URL(github.github.apiUrl).origin,
      );
    const { stdout } = await run('bash', ['-ec', commands], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: folder },
    });
    expect(stdout).toMatch(/^Pull request #1 opened: /);
    const { body } = await github.call(
      'GET',
      '/repos/acme/platform-infra/pulls/1/files',
    );
    expect(body.map(({ filename }: { filename: string }) => filename)).toEqual([
      CATALOG_PATH,
      standaloneTfvarsPath('dev'),
    ]);
  });
});
