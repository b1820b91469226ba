import { DeclaredDatabase } from '@goldenpath/plugin-golden-path-common';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { InfraRequestFiles } from '../../infraRepo/decide/planInfraRequest';
import { composePullRequest } from './composePullRequest';

/**
 * Prints the pull request that the workflow would open, as Markdown: title, branch, labels, body and diff.
 * @param context - `createdDate` is `YYYY-MM-DD`, in UTC
 * @throws ConflictError and InputError, as {@link planInfraRequest}
 *
 * @public
 */
export const previewPullRequest = async (
  files: InfraRequestFiles,
  request: DeclaredDatabase,
  context: {
    taskId: string;
    createdDate: string;
    base: string;
    secretPrefix?: string;
  },
): Promise<string> => {
  const { changes, text } = await composePullRequest(files, request, context);
  if (changes.length === 0)
    return `No pull request: ${context.base} declares the database already.\n`;
  const before = new Map(
    [files.catalog, files.tfvars].map(file => [file.path, file.text]),
  );
  const diff = changes
    .map(({ path, text: after }) =>
      createTwoFilesPatch(
        `a/${path}`,
        `b/${path}`,
        before.get(path) ?? '',
        after,
        undefined,
        undefined,
        { context: 3, headerOptions: FILE_HEADERS_ONLY },
      ),
    )
    .join('');
  return [
    `## ${text.title}`,
    `From \`${text.branch}\` into \`${context.base}\`, labelled ${text.labels
      .map(label => `\`${label}\``)
      .join(', ')}.`,
    text.body.trimEnd(),
    `### Diff\n\n${fence(diff)}\n`,
  ].join('\n\n');
};

/** A fence that is longer than any in the text. */
const fence = (text: string): string => {
  const longest = Math.max(
    2,
    ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length),
  );
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}diff\n${text}${ticks}`;
};
