import { join } from 'node:path';
import { createFolder } from '../../../../../tests/support/createFolder';
import { BareRepo } from './bareRepo';
import { listChanges } from './listChanges';
import { mergeTrees, rebase } from './merge';

const ME = { name: 'Jane', email: 'jane@example.com' };
const CI = { name: 'ci', email: 'ci@example.com' };

describe('a bare repository', () => {
  const folder = createFolder();
  const git = new BareRepo(join(folder, 'app.git'));
  beforeAll(() => git.init('main'));

  /** @param files - null removes */
  const commit = async (
    parents: string[],
    files: Record<string, string | Buffer | null>,
    message = 'change',
  ) => {
    const changes = [];
    for (const [path, content] of Object.entries(files)) {
      const sha =
        content === null ? null : await git.writeBlob(Buffer.from(content));
      changes.push({ path, mode: '100644', sha });
    }
    return git.writeCommit({
      tree: await git.writeTree(parents[0], changes),
      parents,
      message,
      author: ME,
      committer: CI,
    });
  };

  it('tells what differs: added, removed, modified, renamed, binary, with odd names', async () => {
    const long = Array.from({ length: 20 }, (_, n) => `line ${n}`).join('\n');
    const before = await commit([], {
      'gone.txt': 'x\n',
      'kept.txt': 'same\n',
      'changed.txt': 'one\ntwo\n',
      'old name.txt': long,
    });
    const after = await commit([before], {
      'gone.txt': null,
      'changed.txt': 'one\n2\n',
      'old name.txt': null,
      'new "name"\t.txt': long,
      'ünicode\nname': 'diff --git a/x b/x\n',
      empty: '',
      binary: Buffer.from([0, 1, 2]),
    });
    const changes = await listChanges(git, before, after);
    const brief = changes.map(one => ({
      path: one.path,
      status: one.status,
      lines: [one.additions, one.deletions],
      patch: one.patch?.split('\n', 1)[0],
    }));
    expect(brief).toEqual(
      expect.arrayContaining([
        {
          path: 'gone.txt',
          status: 'removed',
          lines: [0, 1],
          patch: '@@ -1 +0,0 @@',
        },
        {
          path: 'changed.txt',
          status: 'modified',
          lines: [1, 1],
          patch: '@@ -1,2 +1,2 @@',
        },
        {
          path: 'new "name"\t.txt',
          status: 'renamed',
          lines: [0, 0],
          patch: undefined,
        },
        {
          path: 'ünicode\nname',
          status: 'added',
          lines: [1, 0],
          patch: '@@ -0,0 +1 @@',
        },
        { path: 'empty', status: 'added', lines: [0, 0], patch: undefined },
        { path: 'binary', status: 'added', lines: [0, 0], patch: undefined },
      ]),
    );
    expect(brief).toHaveLength(6);
    expect(changes.find(one => one.status === 'renamed')?.previousPath).toBe(
      'old name.txt',
    );
  });

  it('reads commits whatever is in their messages', async () => {
    const message = 'Title\n\nBody with \x1f and "quotes"\n\n* list';
    const sha = await commit([], { a: 'a' }, message);
    expect(await git.readCommit(sha)).toMatchObject({
      sha,
      parents: [],
      message,
      author: { ...ME, date: expect.stringMatching(/Z$/) },
      committer: CI,
    });
  });

  it('finds files by exactly their paths', async () => {
    const sha = await commit([], {
      'a*b.txt': '1',
      'axb.txt': '2',
      'd/e': '3',
    });
    expect((await git.findEntry(sha, 'a*b.txt'))?.size).toBe(1);
    expect(await git.findEntry(sha, 'a*')).toBeUndefined();
    expect((await git.findEntry(sha, 'd'))?.type).toBe('tree');
    expect((await git.list(sha, 'd'))?.map(({ path }) => path)).toEqual(['e']);
    expect(await git.list(sha, 'nothing')).toBeUndefined();
  });

  it('takes nothing for a ref that could be an option or lead elsewhere', async () => {
    for (const ref of ['--all', '-x', 'main..x', '', '@{-1}', ':/x', 'a b'])
      expect(await git.resolve(ref)).toBeUndefined();
  });

  it('merges, and puts commits on top of others with their authors kept', async () => {
    const base = await commit([], { 'a.txt': 'a\n', 'b.txt': 'b\n' });
    const left = await commit([base], { 'a.txt': 'A\n' }, 'left');
    const right = await commit([base], { 'b.txt': 'B\n' }, 'right');
    const clash = await commit([base], { 'a.txt': 'other\n' }, 'clash');
    const read = async (treeish: string, path: string) =>
      String(await git.readBlob((await git.findEntry(treeish, path))!.sha));

    const merged = await mergeTrees(git, left, right);
    expect(await read(merged!.tree, 'a.txt')).toBe('A\n');
    expect(await read(merged!.tree, 'b.txt')).toBe('B\n');
    const tip = await rebase(git, left, [right], CI);
    expect(await git.readCommit(tip!)).toMatchObject({
      parents: [left],
      message: 'right',
      author: ME,
      committer: CI,
    });
    expect(await mergeTrees(git, left, clash)).toBeUndefined();
    expect(await rebase(git, left, [clash], CI)).toBeUndefined();
    await expect(mergeTrees(git, left, '0'.repeat(40))).rejects.toMatchObject({
      name: 'GitError',
    });
  });

  it('moves a ref only from where it is', async () => {
    const one = await commit([], { a: '1' });
    const two = await commit([one], { a: '2' });
    await git.updateRef('refs/heads/x', one);
    await expect(git.updateRef('refs/heads/x', two, two)).rejects.toThrow();
    await git.updateRef('refs/heads/x', two, one);
    expect(await git.resolve('x')).toBe(two);
    await git.updateRef('refs/heads/x', undefined, two);
    expect(await git.resolve('x')).toBeUndefined();
  });
});
