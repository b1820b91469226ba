/**
 * Reads what a step wrote to GITHUB_ENV or GITHUB_OUTPUT: `name=value`, or `name<<DELIMITER` with lines up to the delimiter.
 * @throws Error in the words of GitHub's runner
 */
export const parseCommandFile = (text: string): Record<string, string> => {
  const result: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (heredoc >= 0 && (equals < 0 || heredoc < equals)) {
      const name = line.slice(0, heredoc);
      const delimiter = line.slice(heredoc + 2);
      if (name === '' || delimiter === '') {
        throw new Error(
          `Invalid format '${line}'. Name must not be empty and delimiter must not be empty`,
        );
      }
      const end = lines.indexOf(delimiter, i + 1);
      if (end < 0)
        throw new Error(
          `Invalid value. Matching delimiter not found '${delimiter}'`,
        );
      result[name] = lines.slice(i + 1, end).join('\n');
      i = end;
    } else if (equals > 0) {
      result[line.slice(0, equals)] = line.slice(equals + 1);
    } else {
      // The line itself isn't shown: it may be a piece of a secret.
      throw new Error(
        `Invalid format in line ${
          i + 1
        }: write name=value, or name<<DELIMITER for a value of several lines`,
      );
    }
  }
  return result;
};
