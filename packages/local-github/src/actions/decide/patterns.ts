/**
 * Whether a branch, tag or path passes a list of filter patterns: the last one that matches decides, `!` in front excludes.
 * Rules: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
export const passesPatterns = (value: string, patterns: string[]): boolean => {
  return patterns.reduce((passes, pattern) => {
    const negated = pattern.startsWith('!');
    return toRegExp(negated ? pattern.slice(1) : pattern).test(value)
      ? !negated
      : passes;
  }, false);
};

/** A filter pattern as a regular expression: `*` without slashes, `**` with, `?` and `+` after a character, `[…]`, `\` escapes. */
const toRegExp = (pattern: string): RegExp => {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === '*') {
      if (pattern[i + 1] !== '*') {
        source += '[^/]*';
      } else if (pattern[i + 2] === '/') {
        source += '(?:.*/)?';
        i += 2;
      } else {
        source += '.*';
        i += 1;
      }
    } else if (char === '?' || char === '+') {
      source += char;
    } else if (char === '[') {
      const end = pattern.indexOf(']', i);
      source += end === -1 ? '\\[' : pattern.slice(i, end + 1);
      i = end === -1 ? i : end;
    } else if (char === '\\' && i + 1 < pattern.length) {
      i += 1;
      source += escape(pattern[i]);
    } else {
      source += escape(char);
    }
  }
  return new RegExp(`^${source}$`, 's');
};

const escape = (char: string): string => {
  return char.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
};
