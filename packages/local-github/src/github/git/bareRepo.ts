import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  findCommit,
  readObject,
  removeRepository,
  runInRepository,
  tryInRepository,
} from '../../git/bareRepository';
import { GitOptions } from '../../git/runGit';
import {
  parseTreeEntry,
  parseTreeObject,
  TreeEntry,
} from '../../git/treeEntry';
import {
  parseCommitObject,
  parseCommits,
  COMMIT_FORMAT,
  Commit,
} from './commit';

export const ZERO_SHA = '0'.repeat(40);

const SETTINGS = `[uploadpack]
\tallowAnySHA1InWant = true
\tallowFilter = true
[receive]
\thideRefs = refs/pull
\tautogc = false
[gc]
\t# Objects that only an answer names, of a pull request's test merge for instance, are to stay.
\tauto = 0
[core]
\tlogAllRefUpdates = false
`;

export interface Ref {
  /** Full, `refs/heads/main`. */
  ref: string;
  sha: string;
  type: string;
}

export interface Identity {
  name: string;
  email: string;
  /** ISO 8601. */
  date?: string;
}

/** One bare repository on disk. Names of refs come in as GitHub takes them: a branch, a tag, a sha or a full ref. */
export class BareRepo {
  constructor(readonly gitDir: string) {}

  async init(defaultBranch: string): Promise<void> {
    await mkdir(this.gitDir, { recursive: true });
    await this.run([
      'init',
      '--quiet',
      '--bare',
      '--template=',
      `--initial-branch=${defaultBranch}`,
      '.',
    ]);
    await appendFile(join(this.gitDir, 'config'), SETTINGS);
  }

  async remove(): Promise<void> {
    await removeRepository(this.gitDir);
  }

  /** The commit that a ref stands for; undefined where there is none. */
  async resolve(ref: string): Promise<string | undefined> {
    if (/^[0-9a-f]{40}$/.test(ref)) return findCommit(this.gitDir, [ref]);
    const isName = ref.startsWith('refs/');
    const isOther = ref === 'HEAD' || /^[0-9a-f]{7,39}$/.test(ref);
    return findCommit(this.gitDir, [
      ...(isName ? [ref] : []),
      `refs/heads/${ref}`,
      `refs/tags/${ref}`,
      `refs/${ref}`,
      ...(isOther ? [ref] : []),
    ]);
  }

  /** Refs below prefixes, sorted by name. */
  async listRefs(...prefixes: string[]): Promise<Ref[]> {
    const text = await this.readText([
      'for-each-ref',
      '--format=%(objectname) %(objecttype) %(refname)',
      ...prefixes,
    ]);
    return splitLines(text).map(line => {
      const [sha, type, ref] = line.split(' ');
      return { ref, sha, type };
    });
  }

  /**
   * Moves, makes or deletes (`sha` undefined) a ref.
   * @param expected - its value until now; zeros where there must be none
   */
  async updateRef(
    ref: string,
    sha: string | undefined,
    expected?: string,
  ): Promise<void> {
    const old = expected === undefined ? [] : [expected];
    if (sha === undefined)
      await this.run(['update-ref', '--no-deref', '-d', ref, ...old]);
    else await this.run(['update-ref', '--no-deref', ref, sha, ...old]);
  }

  async setHead(branch: string): Promise<void> {
    await this.run(['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
  }

  async isRefName(ref: string): Promise<boolean> {
    return (await this.attempt(['check-ref-format', ref])) !== undefined;
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    return (
      (await this.attempt([
        'merge-base',
        '--is-ancestor',
        ancestor,
        descendant,
      ])) !== undefined
    );
  }

  async findMergeBase(a: string, b: string): Promise<string | undefined> {
    return (await this.attempt(['merge-base', a, b]))?.trim();
  }

  /** Newest first, and never a commit before its children, also where all are of one second. @param range - such as `['main']` or `['feature', '^main']` */
  async listCommits(
    range: string[],
    options: { limit?: number; skip?: number; path?: string } = {},
  ): Promise<Commit[]> {
    const limits = [
      ...(options.limit === undefined ? [] : [`--max-count=${options.limit}`]),
      ...(options.skip === undefined ? [] : [`--skip=${options.skip}`]),
    ];
    const text = await this.readText([
      'log',
      '-z',
      '--topo-order',
      `--format=${COMMIT_FORMAT}`,
      ...limits,
      ...range,
      '--',
      ...(options.path ? [options.path] : []),
    ]);
    return parseCommits(text);
  }

  /** @throws Error where there is no such commit */
  async readCommit(sha: string): Promise<Commit> {
    const commit = await this.findCommit(sha);
    if (!commit) throw new Error(`${sha} is no commit`);
    return commit;
  }

  /** By the running git, which is a hundred times as fast as starting one. @param sha - full */
  async findCommit(sha: string): Promise<Commit | undefined> {
    const found = await readObject(this.gitDir, sha);
    return found?.type === 'commit'
      ? parseCommitObject(found.sha, found.content)
      : undefined;
  }

  async countCommits(range: string[]): Promise<number> {
    return Number(await this.readText(['rev-list', '--count', ...range, '--']));
  }

  /** Entries of a folder at a commit or tree. @returns undefined where there is no such folder */
  async list(
    tree: string,
    folder = '',
    options: { recursive?: boolean } = {},
  ): Promise<TreeEntry[] | undefined> {
    const text = await this.attempt([
      'ls-tree',
      '-z',
      '--long',
      ...(options.recursive ? ['-r', '-t'] : []),
      `${tree}:${folder}`,
    ]);
    return text?.split('\0').filter(Boolean).map(parseTreeEntry);
  }

  /** What stands at a path of a commit; undefined where there is nothing. By the running git, as each request asks. */
  async findEntry(
    commit: string,
    path: string,
  ): Promise<TreeEntry | undefined> {
    let tree = await readObject(this.gitDir, `${commit}^{tree}`);
    let found: TreeEntry | undefined;
    for (const name of path.split('/')) {
      if (tree?.type !== 'tree') return undefined;
      found = parseTreeObject(tree.content).find(entry => entry.path === name);
      if (!found) return undefined;
      // A submodule's commit is in another repository.
      tree = await readObject(this.gitDir, found.sha);
    }
    return (
      found && {
        ...found,
        path,
        size: tree?.type === 'blob' ? tree.content.length : undefined,
      }
    );
  }

  async findTree(commit: string): Promise<string> {
    return (await this.readText(['rev-parse', `${commit}^{tree}`])).trim();
  }

  /** @returns `blob`, `tree`, `commit` or `tag`; undefined where there is no such object */
  async findType(sha: string): Promise<string | undefined> {
    return (await readObject(this.gitDir, sha))?.type;
  }

  async readBlob(sha: string): Promise<Buffer> {
    const found = await readObject(this.gitDir, sha);
    if (found?.type !== 'blob') throw new Error(`${sha} is no blob`);
    return found.content;
  }

  async writeBlob(content: Buffer): Promise<string> {
    const sha = await this.run(['hash-object', '-w', '--stdin'], {
      input: content,
    });
    return sha.toString().trim();
  }

  /**
   * Writes a tree: that of another one with paths set, or (sha null) removed.
   * @param base - tree or commit to begin with; undefined for none
   */
  async writeTree(
    base: string | undefined,
    changes: Array<{ path: string; mode: string; sha: string | null }>,
  ): Promise<string> {
    const index = join(
      this.gitDir,
      `index-${process.pid}-${Math.random().toString(36).slice(2)}`,
    );
    const env = { GIT_INDEX_FILE: index };
    try {
      if (base) await this.run(['read-tree', base], { env });
      for (const { path, mode, sha } of changes) {
        if (mode !== '040000' || sha === null) continue;
        await this.run(
          ['rm', '-r', '--cached', '--quiet', '--ignore-unmatch', '--', path],
          { env },
        ).catch(() => undefined);
        await this.run(['read-tree', `--prefix=${path}/`, sha], { env });
      }
      const input = changes
        .filter(({ mode, sha }) => mode !== '040000' || sha === null)
        .map(({ path, mode, sha }) =>
          sha === null
            ? `0 ${ZERO_SHA}\t${path}\0`
            : `${mode} ${sha}\t${path}\0`,
        )
        .join('');
      await this.run(['update-index', '-z', '--index-info'], { env, input });
      return (await this.run(['write-tree'], { env })).toString().trim();
    } finally {
      await rm(index, { force: true });
    }
  }

  /** Writes a commit; no ref moves. */
  async writeCommit(commit: {
    tree: string;
    parents: string[];
    message: string;
    author: Identity;
    committer: Identity;
  }): Promise<string> {
    const sha = await this.run(
      [
        'commit-tree',
        commit.tree,
        ...commit.parents.flatMap(parent => ['-p', parent]),
        '-F',
        '-',
      ],
      {
        input: commit.message,
        env: {
          ...toIdentityVariables('AUTHOR', commit.author),
          ...toIdentityVariables('COMMITTER', commit.committer),
        },
      },
    );
    return sha.toString().trim();
  }

  /** A tar.gz of a commit's or tree's files, below a folder of the given name. */
  archive(treeish: string, folder: string): Promise<Buffer> {
    return this.run([
      'archive',
      '--format=tar.gz',
      `--prefix=${folder}/`,
      treeish,
    ]);
  }

  /** The difference as text. */
  diff(from: string, to: string): Promise<string> {
    return this.readText(['diff', '--find-renames', from, to, '--']);
  }

  run(args: string[], options?: GitOptions): Promise<Buffer> {
    return runInRepository(this.gitDir, args, options);
  }

  private async readText(args: string[]): Promise<string> {
    return (await this.run(args)).toString('utf8');
  }

  private attempt(args: string[]): Promise<string | undefined> {
    return tryInRepository(this.gitDir, args);
  }
}

const splitLines = (text: string): string[] => text.split('\n').filter(Boolean);

const toIdentityVariables = (
  role: 'AUTHOR' | 'COMMITTER',
  { name, email, date }: Identity,
): Record<string, string> => ({
  [`GIT_${role}_NAME`]: name,
  [`GIT_${role}_EMAIL`]: email,
  ...(date && { [`GIT_${role}_DATE`]: date }),
});
