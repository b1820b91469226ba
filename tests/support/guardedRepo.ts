import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { builtCli } from './builtCli';
import { createFolder } from './createFolder';
import { githubClient } from './github';
import { InfraGitHub, requestFor, startInfraGitHub } from './infraGitHub';
import { nextSecond } from './nextSecond';

export const TFVARS = 'envs/dev-rds/terraform.tfvars';

/** Replaces a text that must be there. */
export const replaceIn = (
  root: string,
  path: string,
  from: string,
  to: string,
) => {
  const text = readFileSync(join(root, path), 'utf8');
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  writeFileSync(join(root, path), text.replace(from, to));
};

/**
 * The infra repo on the local GitHub, by default with the shipped guard alone, as people with logins of their own use it:
 * `main` has the database users_db.
 */
export const startGuardedRepo = async ({
  prepare,
  ...options
}: Parameters<typeof startInfraGitHub>[0] & {
  /** Called before the first push. */
  prepare?(infra: InfraGitHub): Promise<void>;
} = {}) => {
  const cli = await builtCli();
  const home = createFolder();
  const infra = await startInfraGitHub({
    without: [
      'create-rds-database.yml',
      'rds-database-apply.yml',
      'rds-database-rebase.yml',
      'rds-drift.yml',
    ],
    ...options,
  });
  await prepare?.(infra);
  const { github, path } = infra;

  const tokens = new Map<string, string>();
  const tokenOf = async (login: string) => {
    const token = tokens.get(login) ?? (await github.createUserToken(login));
    tokens.set(login, token);
    return token;
  };
  const callAs = async (
    login: string,
    ...[method, at, body]: Parameters<typeof infra.call>
  ) => {
    const client = githubClient(
      github.apiUrl,
      path.slice('/repos/'.length),
      await tokenOf(login),
    );
    const answer = await client.call(method, at, body);
    await github.actions.idle();
    return answer;
  };

  // Not execFileSync: the local GitHub runs in this process.
  const git = (root: string, ...args: string[]) =>
    promisify(execFile)('git', args, {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_TERMINAL_PROMPT: '0',
        GIT_AUTHOR_NAME: 'Jane',
        GIT_AUTHOR_EMAIL: 'jane@example.com',
        GIT_COMMITTER_NAME: 'Jane',
        GIT_COMMITTER_EMAIL: 'jane@example.com',
      },
    });

  const repo = {
    infra,
    callAs,

    /** Pushes one commit on top of `from`, as this branch, and waits for its runs. */
    push: async (
      branch: string,
      change: (root: string) => void,
      { from = 'main', as = 'jane' }: { from?: string; as?: string } = {},
    ) => {
      const root = createFolder();
      const url = `${github.url}/${infra.repo.owner}/${infra.repo.name}`;
      await git(root, 'clone', '--quiet', '--branch', from, url, '.');
      change(root);
      await git(root, 'add', '--all');
      await git(root, 'commit', '--quiet', '--allow-empty', '-m', branch);
      const login = Buffer.from(`x-access-token:${await tokenOf(as)}`);
      await git(
        root,
        ...['-c', 'push.recurseSubmodules=no'],
        '-c',
        `http.extraHeader=Authorization: Basic ${login.toString('base64')}`,
        ...['push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`],
      );
      await github.actions.idle();
    },

    /** Opens a pull request from a branch. @returns its number */
    open: async (head: string, as = 'jane') => {
      const answer = await callAs(as, 'POST', `${path}/pulls`, {
        title: head,
        head,
        base: 'main',
      });
      if (answer.status !== 201)
        throw new Error(`${answer.status} ${await answer.text()}`);
      return ((await answer.json()) as { number: number }).number;
    },
    label: async (number: number, as: string, ...labels: string[]) => {
      await nextSecond();
      return callAs(as, 'POST', `${path}/issues/${number}/labels`, { labels });
    },
    approve: (number: number, as: string) =>
      callAs(as, 'POST', `${path}/pulls/${number}/reviews`, {
        event: 'APPROVE',
      }),
    removeLabel: (number: number, as: string, label: string) =>
      callAs(as, 'DELETE', `${path}/issues/${number}/labels/${label}`),
    labelsOf: async (number: number) =>
      (
        await infra.json<{ labels: Array<{ name: string }> }>(
          `${path}/issues/${number}`,
        )
      ).labels.map(({ name }) => name),

    /** The conclusion of a branch's newest run, with the log of all jobs. */
    verdict: async (branch: string) => {
      const [run] = (await infra.runs())
        .filter(({ display_title: title }) => title.includes(`(${branch})`))
        .sort((a, b) => b.id - a.id);
      return { conclusion: run.conclusion, log: await infra.runLog(run.id) };
    },

    /** Adds a request to the files of a clone. */
    add: (root: string, databaseName: string) => {
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
    },

    remove: (root: string, databaseName: string) => {
      execFileSync(process.execPath, [
        cli,
        'decommission',
        `--root=${root}`,
        '--env=dev',
        `--database=${databaseName}`,
        '--requested-by=rita',
      ]);
    },

    /** What GitHub's description doesn't allow. */
    violations: () => github.conformance!.violations,

    stop: () => infra.stop(),
  };
  // Whoever may push branches, and who may approve.
  for (const login of ['jane', 'eve'])
    await github.addCollaborator(infra.repo, login, 'write');
  await github.addCollaborator(infra.repo, 'maintainer', 'maintain');
  await repo.push('main', root => repo.add(root, 'users_db'));
  return repo;
};
export type GuardedRepo = Awaited<ReturnType<typeof startGuardedRepo>>;

/** Gives users_db another limit. */
export const moreConnections = (root: string) =>
  replaceIn(root, TFVARS, 'connection_limit = 100', 'connection_limit = 7');
