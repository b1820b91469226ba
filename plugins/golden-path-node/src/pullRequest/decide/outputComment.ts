/** GitHub takes 65,536 characters. */
const LONGEST_TEXT = 60_000;

/** The hidden first line by which a comment is found again. */
export const commentMarker = (key: string) =>
  `<!-- goldenpath comment=${key} -->`;

/** Whether a comment is the one with this key. */
export const hasCommentKey = (body: string, key: string): boolean =>
  body.startsWith(commentMarker(key));

/**
 * A comment that shows what a program printed, whatever that is: nothing of it is read as Markdown.
 *
 * @public
 */
export const programOutputComment = (
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
        )}\n… cut off here; the run's log has the rest.`
      : text;
  const longestFence = Math.max(
    2,
    ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length),
  );
  const fence = '`'.repeat(longestFence + 1);
  return `${commentMarker(
    key,
  )}\n### ${title}\n\n${fence}text\n${shown}\n${fence}\n`;
};
