import { Environment } from '../state/model';

/**
 * Whether a run on this ref may deploy to an environment. Patterns are compared with names of branches and tags; the merge
 * ref of a pull request has none, so it is compared whole.
 * @param ref - full
 */
export const mayDeploy = (
  { openTo, patterns }: Pick<Environment, 'openTo' | 'patterns'>,
  ref: string,
  protectedBranches: string[],
): boolean => {
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
  switch (openTo) {
    case 'all':
      return true;
    case 'protected':
      return kind === 'heads' && protectedBranches.includes(name);
    default:
      return patterns.some(
        pattern =>
          (pattern.type === 'tag') === (kind === 'tags') &&
          matchesPattern(name ?? ref, pattern.name),
      );
  }
};

/**
 * Ruby's File.fnmatch with FNM_PATHNAME, which GitHub's name patterns are: `*` and `?` stop at a slash and at a dot that
 * begins a name, `**` with a slash matches folders of any depth, `[…]` one of a set, `\\` takes the next literally.
 */
export const matchesPattern = (name: string, pattern: string): boolean => {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at);
    const isStart = at === 0 || pattern[at - 1] === '/';
    const set = /^\[([!^]?)((?:\\.|[^\]\\])+)\]/.exec(rest);
    if (isStart && rest.startsWith('**/')) {
      source += '(?:[^/.][^/]*/)*';
      at += 2;
    } else if (pattern[at] === '*')
      source += isStart ? '(?!\\.)[^/]*' : '[^/]*';
    else if (pattern[at] === '?') source += isStart ? '[^/.]' : '[^/]';
    else if (set) {
      source += `(?!/)[${set[1] ? '^' : ''}${set[2].replace(/[[^]/g, '\\$&')}]`;
      at += set[0].length - 1;
    } else if (pattern[at] === '\\' && at + 1 < pattern.length)
      source += escape(pattern[++at]);
    else source += escape(pattern[at]);
  }
  return new RegExp(`^${source}$`, 's').test(name);
};

const escape = (character: string): string =>
  character.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
