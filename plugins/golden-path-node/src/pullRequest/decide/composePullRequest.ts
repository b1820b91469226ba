import { DeclaredDatabase } from '@goldenpath/plugin-golden-path-common';
import {
  InfraRequestFiles,
  planInfraRequest,
} from '../../infraRepo/decide/planInfraRequest';
import { TextFile } from '../../infraRepo/decide/text';
import { PullRequestText, pullRequestText } from './pullRequestText';

/**
 * Composes a request's pull request: its texts and the changed files. There are no changes when the infra repo declares
 * the database already.
 * @param context - `createdDate` is `YYYY-MM-DD`, in UTC
 * @throws ConflictError and InputError, as {@link planInfraRequest}
 */
export const composePullRequest = async (
  files: InfraRequestFiles,
  request: DeclaredDatabase,
  context: { taskId: string; createdDate: string; secretPrefix?: string },
): Promise<{ changes: TextFile[]; text: PullRequestText }> => {
  const { changes } = await planInfraRequest(files, request, context);
  const paths = changes.map(({ path }) => path);
  return { changes, text: pullRequestText(request, { ...context, paths }) };
};
