import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { builtCli } from '../tests/support/builtCli';
import { createFolder } from '../tests/support/createFolder';
import {
  InfraGitHub,
  requestFor,
  startInfraGitHub,
} from '../tests/support/infraGitHub';

const TFVARS = 'envs/dev-rds/terraform.tfvars';
const ACTION = '.github/actions/goldenpath-rds/action.yml';
/** The shipped guard on the local GitHub, on pull requests of pushed branches. */
describe('rds-database-guard.yml', () => {
  let folder: string;
  let infra: InfraGitHub;
  let cli: string;

  beforeAll(async () => {
    cli = await builtCli();
    folder = createFolder();
    infra = await startInfraGitHub({
      without: [
        'create-rds-database.yml',
        'rds-database-apply.yml',
        'rds-database-rebase.yml',
        'rds-drift.yml',
      ],
    });
    await push('main', root => add(root, 'users_db'));
  });
  afterAll(async () => {
    await infra?.stop();
  });

  // Not execFileSync: the local GitHub runs in this process.
  const git = (root: string, ...args: string[]) =>
    promisify(execFile)('git', args, {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_TERMINAL_PROMPT: '0',
        GIT_AUTHOR_NAME: 'Jane',
        GIT_AUTHOR_EMAIL: 'jane@example.com',
        GIT_COMMITTER_NAME: 'Jane',
        GIT_COMMITTER_EMAIL: 'jane@example.com',
      },
    });

  /** One commit on top of main, as this branch. */
  const push = async (branch: string, change: (root: string) => void) => {
    const root = createFolder();
    await git(
      root,
      'clone',
      '--quiet',
      `${infra.github.url}/${infra.repo.owner}/${infra.repo.name}`,
      '.',
    );
    change(root);
    await git(root, 'add', '--all');
    await git(root, 'commit', '--quiet', '--message', branch);
    await git(
      root,
      '-c',
      `http.extraHeader=Authorization: Basic ${Buffer.from(
        'x-access-token:local-token',
      ).toString('base64')}`,
      'push',
      '--quiet',
      'origin',
      `HEAD:refs/heads/${branch}`,
    );
    await infra.github.actions.idle();
  };
  const add = (root: string, databaseName: string) => {
    const request = requestFor(databaseName);
    execFileSync(process.execPath, [
      cli,
      'request',
      `--root=${root}`,
      `--env=${request.environment}`,
      `--database=${databaseName}`,
      `--username=${request.username}`,
      `--owner=${request.owner}`,
      `--requested-by=${request.user}`,
      `--component=${request.component_id}`,
    ]);
  };
  const replace = (root: string, path: string, from: string, to: string) => {
    const text = readFileSync(join(root, path), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(root, path), text.replace(from, to));
  };
  const moreConnections = (root: string) =>
    replace(
      root,
      TFVARS,
      'username      = "users_db_user"',
      'username      = "users_db_user"\n    connection_limit = 7',
    );

  const open = async (head: string) => {
    const answer = await infra.call('POST', `${infra.path}/pulls`, {
      title: head,
      head,
      base: 'main',
    });
    expect(answer.status).toBe(201);
    await infra.github.actions.idle();
    return ((await answer.json()) as { number: number }).number;
  };
  const label = async (number: number, ...labels: string[]) => {
    await infra.call('POST', `${infra.path}/issues/${number}/labels`, {
      labels,
    });
    await infra.github.actions.idle();
  };
  /** The conclusion of a branch's newest run. */
  const verdict = async (branch: string) => {
    const [run] = (await infra.runs())
      .filter(({ display_title: title }) => title.includes(`(${branch})`))
      .sort((a, b) => b.id - a.id);
    return { conclusion: run.conclusion, log: await infra.runLog(run.id) };
  };

  it('refuses a change of a database until its label is set, whatever the other labels', async () => {
    await push('change', moreConnections);
    const number = await open('change');
    const refused = await verdict('change');
    expect(refused.conclusion).toBe('failure');
    expect(refused.log).toMatch(/##\[error\].*users_db/);

    // The name of a label is data and never code.
    await label(
      number,
      '$(touch canary)',
      '"rds-change-allowed" no',
      'x", "rds-change-allowed',
      "it's `id`",
    );
    expect(await verdict('change')).toMatchObject({ conclusion: 'failure' });

    await label(number, 'rds-change-allowed');
    expect(await verdict('change')).toMatchObject({ conclusion: 'success' });

    await infra.call(
      'DELETE',
      `${infra.path}/issues/${number}/labels/rds-change-allowed`,
    );
    await infra.github.actions.idle();
    expect(await verdict('change')).toMatchObject({ conclusion: 'failure' });
  });

  it.each([
    {
      branch: 'own-judge',
      reason: 'the pull request replaces goldenpath-rds',
      change: (root: string) =>
        replace(
          root,
          ACTION,
          `echo "$folder/bin" >> "$GITHUB_PATH"`,
          `printf '#!/bin/sh\\n' > "$folder/bin/goldenpath-rds"; echo "$folder/bin" >> "$GITHUB_PATH"`,
        ),
      alsoChanges: true,
    },
    {
      branch: 'a-link',
      reason: 'a symbolic link points to a file that the guard would not check',
      change: (root: string) => {
        renameSync(join(root, TFVARS), join(root, 'envs/dev-rds/other.tfvars'));
        symlinkSync('other.tfvars', join(root, TFVARS));
      },
    },
  ])('refuses $branch: $reason', async ({ branch, change, alsoChanges }) => {
    await push(branch, root => {
      change(root);
      if (alsoChanges) moreConnections(root);
    });
    await open(branch);
    expect(await verdict(branch)).toMatchObject({ conclusion: 'failure' });
  });

  it('checks only the changes of the pull request, not those merged after it was opened', async () => {
    await push('addition', root => add(root, 'orders_db'));
    const number = await open('addition');
    expect(await verdict('addition')).toMatchObject({ conclusion: 'success' });
    // Merged into main, so it is not a change of the open pull request.
    await push('main', moreConnections);
    await label(number, 'seen');
    const { conclusion, log } = await verdict('addition');
    expect({ conclusion, log: conclusion === 'success' ? '' : log }).toEqual({
      conclusion: 'success',
      log: '',
    });
  });

  it('runs and passes on a pull request without databases, so it can be a required check', async () => {
    await push('notes', root => writeFileSync(join(root, 'notes.txt'), 'x'));
    await open('notes');
    const { conclusion, log } = await verdict('notes');
    expect(conclusion).toBe('success');
    expect(log).toContain('Nothing to check: ');
  });

  it("sends and receives only what GitHub's OpenAPI description allows", () => {
    expect(infra.github.conformance!.violations).toEqual([]);
  });
});
