/** A code span around any text, on one line, with a fence that is longer than any in it (CommonMark, 6.1). */
export const code = (given: string): string => {
  const text = given.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  const longest = Math.max(
    0,
    ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length),
  );
  if (longest === 0) return `\`${text}\``;
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${text} ${fence}`;
};

export const table = (rows: string[][]): string =>
  [
    '| | |',
    '| --- | --- |',
    ...rows.map(([name, value]) => `| ${name} | ${escapePipes(value)} |`),
  ].join('\n');

/** A pipe ends a cell, in code too (GitHub Flavored Markdown, 4.10). */
const escapePipes = (text: string) => text.replaceAll('|', '\\|');
