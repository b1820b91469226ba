import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  findCommit,
  readObject,
  runInRepository,
  tryInRepository,
} from '../git/bareRepository';
import { parseTreeObject } from '../git/treeEntry';

const NO_COMMIT = /^0{40}$/;

/** Reads a bare repository; never writes to it. */
export class BareGit {
  constructor(private readonly gitDir: string) {}

  /** The commit that a branch, tag, full ref or sha stands for. */
  resolve(ref: string): Promise<string | undefined> {
    const isFull = /^([0-9a-f]{40}|refs\/.+)$/.test(ref);
    return findCommit(this.gitDir, [
      ...(isFull ? [ref] : []),
      `refs/heads/${ref}`,
      `refs/tags/${ref}`,
    ]);
  }

  /** Short name of the branch that HEAD points to. */
  async readDefaultBranch(): Promise<string> {
    const head = await readFile(join(this.gitDir, 'HEAD'), 'utf8');
    return head.trim().replace('ref: refs/heads/', '');
  }

  /** A file's text at a commit. */
  async read(sha: string, path: string): Promise<string | undefined> {
    const found = await readObject(this.gitDir, `${sha}:${path}`);
    return found?.type === 'blob' ? found.content.toString('utf8') : undefined;
  }

  /** Paths of the files under a folder at a commit, not below. */
  async list(sha: string, folder: string): Promise<string[]> {
    const found = await readObject(this.gitDir, `${sha}:${folder}`);
    return found?.type === 'tree'
      ? parseTreeObject(found.content).map(({ path }) => `${folder}/${path}`)
      : [];
  }

  /** The whole message of a commit, or of the one that a tag stands for. */
  async readMessage(sha: string): Promise<string> {
    const found = await readObject(this.gitDir, `${sha}^{commit}`);
    if (!found) throw new Error(`${sha} is no commit`);
    const text = found.content.toString('utf8');
    return text.slice(text.indexOf('\n\n') + 2);
  }

  /** Files that a push changed; of a new branch, what it adds to the default branch. */
  async listChangedByPush(before: string, after: string): Promise<string[]> {
    const known = !NO_COMMIT.test(before) && (await this.resolve(before));
    if (known)
      return this.listNames(
        'diff',
        '--no-renames',
        '-z',
        '--name-only',
        before,
        after,
        '--',
      );
    const branch = await this.resolve(
      `refs/heads/${await this.readDefaultBranch()}`,
    );
    if (branch && branch !== after)
      return this.listChangedByPullRequest(branch, after);
    return this.listNames('ls-tree', '-r', '-z', '--name-only', after);
  }

  /** Files that a pull request changes: what its head adds since it left the base. */
  async listChangedByPullRequest(
    base: string,
    head: string,
  ): Promise<string[]> {
    const start = ((await this.try('merge-base', base, head)) ?? base).trim();
    return this.listNames(
      'diff',
      '--no-renames',
      '-z',
      '--name-only',
      start,
      head,
      '--',
    );
  }

  private async listNames(...args: string[]): Promise<string[]> {
    return (await this.run(...args)).split('\0').filter(Boolean);
  }

  private try(...args: string[]): Promise<string | undefined> {
    return tryInRepository(this.gitDir, args);
  }

  private async run(...args: string[]): Promise<string> {
    return (await runInRepository(this.gitDir, args)).toString('utf8');
  }
}
