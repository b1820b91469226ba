import { lstat, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConflictError, InputError, NotAllowedError } from '@backstage/errors';
import {
  ChangedPath,
  parseRawDiff,
  SYMLINK_MODE,
} from '../../infraRepo/decide/parseRawDiff';
import { decodeUtf8, TextFile } from '../../infraRepo/decide/text';
import { createCommitFiles, Git, Line } from './commitFiles';
import { findRefConflict } from './findRefConflict';
import { GitError, GitOptions, runGit } from './runGit';

/** Default committer: GitHub's own bot, as in workflow runs. */
const BOT = {
  name: 'github-actions[bot]',
  email: '41898282+github-actions[bot]@users.noreply.github.com',
};

/**
 * Opens a clone with the remote `origin`. Commits use a temporary index, so working tree and index stay unchanged, also
 * after an interrupted run.
 *
 * @public
 */
export const createGitRepository = (
  root: string,
  env: NodeJS.ProcessEnv = process.env,
) => {
  const git = (args: string[], options: GitOptions = {}) =>
    runGit(root, args, { ...options, env: { ...env, ...options.env } });
  const line = async (args: string[], options?: GitOptions) =>
    decodeUtf8(await git(args, options), 'git').trimEnd();

  return {
    /** @throws InputError when the folder is not the top of a clone */
    assertIsTop: async (): Promise<void> => {
      if ((await line(['rev-parse', '--show-prefix'])) !== '') {
        throw new InputError(
          `${root} is inside a clone, not its top folder; use --root "$(git rev-parse --show-toplevel)".`,
        );
      }
    },

    /** Fetches the tip of a branch; undefined when the remote has no such branch. */
    fetchBranch: async (
      branch: string,
    ): Promise<{ sha: string; message: string } | undefined> => {
      const ref = `refs/heads/${branch}`;
      const branches = await listBranches(line, ref).catch(
        explainNoRemote(root, line),
      );
      if (!branches.has(branch)) return undefined;
      // In a full clone --depth would truncate the history.
      const isShallow =
        (await line(['rev-parse', '--is-shallow-repository'])) === 'true';
      await git([
        'fetch',
        '--quiet',
        '--no-tags',
        ...(isShallow ? ['--depth=1'] : []),
        'origin',
        ref,
      ]);
      const sha = await line(['rev-parse', 'FETCH_HEAD^{commit}']);
      return { sha, message: await line(['log', '-1', '--format=%B', sha]) };
    },

    /** Resolves a branch, tag or hash to its commit; undefined when the clone doesn't have it. */
    findCommit: async (ref: string): Promise<string | undefined> => {
      const args = ['rev-parse', '--verify', '--quiet', '--end-of-options'];
      return findOrNothing(line([...args, `${ref}^{commit}`]));
    },

    /** Finds the merge base of two commits; undefined when the clone doesn't have it. */
    mergeBase: async (
      one: string,
      other: string,
    ): Promise<string | undefined> =>
      findOrNothing(line(['merge-base', one, other])),

    /** Lists the commits of a branch itself that changed one of the paths, other than the excluded one, newest first. */
    listCommits: async (
      head: string,
      paths: string[],
      excluded?: string,
    ): Promise<string[]> => {
      const log = ['log', '--first-parent', '--diff-merges=first-parent'];
      const specs = [
        ...paths.map(path => `:(literal)${path}`),
        ...(excluded ? [`:(exclude,literal)${excluded}`] : []),
      ];
      const found = await line([...log, '--format=%H', head, '--', ...specs], {
        isMagic: true,
      });
      return found.split('\n').filter(Boolean);
    },

    /** Finds the first parent of a commit; undefined for the first commit. */
    findParent: async (sha: string): Promise<string | undefined> =>
      (await line(['log', '-1', '--format=%P', sha])).split(' ')[0] ||
      undefined,
    /** Lists the paths that differ between two commits; without `head`, from the commit to the checked-out files. */
    listChanges: async (
      start: string,
      head?: string,
    ): Promise<ChangedPath[]> => {
      // No configuration of the change may hide a path, and nothing that it names may run.
      const raw = ['-z', '--raw', '--no-renames', '--ignore-submodules=none'];
      if (head !== undefined) {
        const output = await git(['diff-tree', '-r', ...raw, start, head]);
        return parseRawDiff(output.toString());
      }
      const tracked = await git(['diff', ...raw, '--no-ext-diff', start]);
      const others = await git([
        'ls-files',
        '-z',
        '--others',
        '--exclude-standard',
      ]);
      const untracked = others.toString().split('\0').slice(0, -1);
      return [
        ...parseRawDiff(tracked.toString()),
        ...(await Promise.all(
          untracked.map(async path => {
            const found = await lstat(join(root, path));
            const after = found.isSymbolicLink() ? SYMLINK_MODE : '100644';
            return { path, before: undefined, after };
          }),
        )),
      ];
    },

    /** Lists the paths of all files of a commit. */
    listFiles: async (sha: string): Promise<string[]> =>
      (await git(['ls-tree', '-r', '-z', '--name-only', sha]))
        .toString()
        .split('\0')
        .slice(0, -1),

    /** Opens the files of a commit. */
    filesAt: (sha: string) => createCommitFiles(git, sha),

    /**
     * Creates one commit on `parent` and pushes it as the branch.
     * @param options - `replaces`: the expected tip of the branch; undefined when the branch is new
     * @throws ConflictError when the branch has another tip, or another branch leaves no place for its name
     * @throws NotAllowedError when the remote refuses the push, as that of a protected branch
     */
    pushCommit: async (options: {
      parent: string;
      branch: string;
      message: string;
      changes: TextFile[];
      replaces: string | undefined;
    }): Promise<string> => {
      const scratch = await mkdtemp(join(tmpdir(), 'goldenpath-index-'));
      try {
        const index = { env: { GIT_INDEX_FILE: join(scratch, 'index') } };
        await git(['read-tree', options.parent], index);
        for (const { path, text } of options.changes) {
          const [mode] = (
            await line(['ls-tree', options.parent, '--', path])
          ).split(' ');
          const blob = await line(
            ['hash-object', '-w', '--no-filters', '--stdin'],
            { input: text },
          );
          await git(
            [
              'update-index',
              '--add',
              '--cacheinfo',
              `${mode || '100644'},${blob},${path}`,
            ],
            index,
          );
        }
        const tree = await line(['write-tree'], index);
        const commit = await line(
          ['commit-tree', tree, '-p', options.parent, '-F', '-'],
          { input: options.message, env: await chooseCommitter(line) },
        );
        await push({ git, line }, commit, options.branch, options.replaces);
        return commit;
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },
  };
};

export type GitRepository = ReturnType<typeof createGitRepository>;

const chooseCommitter = async (
  line: (args: string[]) => Promise<string>,
): Promise<NodeJS.ProcessEnv> => {
  const email = await line(['config', '--default', '', 'user.email']);
  return email === ''
    ? {
        GIT_AUTHOR_NAME: BOT.name,
        GIT_AUTHOR_EMAIL: BOT.email,
        GIT_COMMITTER_NAME: BOT.name,
        GIT_COMMITTER_EMAIL: BOT.email,
      }
    : {};
};

/** Resolves to undefined if git ends with 1: it looked and found none. Every other code is a failure, such as no clone. */
const findOrNothing = (found: Promise<string>): Promise<string | undefined> =>
  found.catch(error => {
    if (error instanceof GitError && error.code === 1) return undefined;
    throw error;
  });

/** @throws InputError if the folder has no remote, else the error itself */
const explainNoRemote =
  (root: string, line: Line) =>
  async (error: unknown): Promise<never> => {
    const origin = findOrNothing(
      line(['config', '--get', 'remote.origin.url']),
    );
    if (error instanceof GitError && (await origin) === undefined)
      throw new InputError(
        `${root} has no remote "origin"; run this in a clone of the infra repo, or set --root to one.`,
      );
    throw error;
  };

const HEADS = 'refs/heads/';

/** Lists the remote's branches with their tips. @param pattern - ls-remote(1) matches it with the end of a ref too */
const listBranches = async (
  line: Line,
  pattern?: string,
): Promise<Map<string, string>> => {
  const found = await line(['ls-remote', '--heads', 'origin', pattern ?? '*']);
  return new Map(
    found
      .split('\n')
      .map(entry => entry.split('\t'))
      .filter(([, ref]) => ref?.startsWith(HEADS))
      .map(([tip, ref]) => [ref.slice(HEADS.length), tip]),
  );
};

/** @throws ConflictError or NotAllowedError, as {@link createGitRepository}'s `pushCommit` says */
const push = async (
  { git, line }: { git: Git; line: Line },
  commit: string,
  branch: string,
  replaces: string | undefined,
): Promise<void> => {
  const ref = `${HEADS}${branch}`;
  try {
    await git([
      'push',
      '--porcelain',
      `--force-with-lease=${ref}:${replaces ?? ''}`,
      'origin',
      `${commit}:${ref}`,
    ]);
  } catch (error) {
    // git-push(1), OUTPUT: a ref that was refused has a line with the flag "!"; without one the remote wasn't asked.
    if (!(error instanceof GitError) || !/^!\t/m.test(error.out)) throw error;
    throw explainRefusal(error, { branch, replaces }, await listBranches(line));
  }
};

/** The remote gives its reason as text only, so the reason is what its branches show. */
const explainRefusal = (
  error: GitError,
  { branch, replaces }: { branch: string; replaces: string | undefined },
  branches: ReadonlyMap<string, string>,
): Error => {
  if (branches.get(branch) !== replaces)
    return new ConflictError(
      `The branch ${branch} changed during the push; run this again.`,
      error,
    );
  const other = replaces ? undefined : findRefConflict(branch, branches.keys());
  return other
    ? new ConflictError(
        `The branch ${branch} can't be created while the branch ${other} exists: one name would be the folder of the other, or they differ by case only. Rename or delete ${other} on the remote, then run this again. The remote said: ${error.said}`,
        error,
      )
    : new NotAllowedError(
        `The remote rejects pushes to the branch ${branch}: ${error.said}. Check its protection and rulesets, and the permissions of the token.`,
        error,
      );
};
