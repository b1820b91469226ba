/** GitHub's limit is 65,536 characters. */
const LONGEST_TEXT = 60_000;

/** Prints the hidden first line that identifies a comment. */
export const printCommentMarker = (key: string) =>
  `<!-- goldenpath comment=${key} -->`;

/** Whether the comment has this key. */
export const hasCommentKey = (body: string, key: string): boolean =>
  body.startsWith(printCommentMarker(key));

/**
 * Composes a comment with a program's output. Markdown in the output has no effect.
 *
 * @public
 */
export const composeOutputComment = (
  key: string,
  title: string,
  output: string,
): string => {
  const text = output.trim();
  const shown =
    text.length > LONGEST_TEXT
      ? `${text.slice(
          0,
          LONGEST_TEXT,
        )}\n… truncated; see the run's log for the rest.`
      : text;
  const longestFence = Math.max(
    2,
    ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length),
  );
  const fence = '`'.repeat(longestFence + 1);
  return `${printCommentMarker(
    key,
  )}\n### ${title}\n\n${fence}text\n${shown}\n${fence}\n`;
};
