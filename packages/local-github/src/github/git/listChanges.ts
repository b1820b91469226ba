import type { BareRepo } from './bareRepo';
import { FileChange, parseRaw, parseRawDiff } from './fileChange';

/** The empty tree, which git knows without being told. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const RAW = ['--raw', '--abbrev=40', '-z'];

/** What differs between two commits or trees. @param from - undefined for nothing at all */
export const listChanges = async (
  git: BareRepo,
  from: string | undefined,
  to: string,
): Promise<FileChange[]> => {
  const [raw, numbers, patch] = await Promise.all(
    [RAW, ['--numstat', '-z'], ['-p']].map(form => diff(git, form, from, to)),
  );
  return parseRawDiff(raw, numbers, patch);
};

/** As {@link listChanges}, without what is inside the files. */
export const listChangedPaths = async (
  git: BareRepo,
  from: string | undefined,
  to: string,
): Promise<Array<Pick<FileChange, 'path' | 'status'>>> =>
  parseRaw(await diff(git, RAW, from, to));

const diff = async (
  git: BareRepo,
  form: string[],
  from: string = EMPTY_TREE,
  to: string,
): Promise<string> => {
  const options = ['-r', '--find-renames', from, to, '--'];
  return (await git.run(['diff-tree', ...form, ...options])).toString('utf8');
};
