import { InputError } from '@backstage/errors';
import { calledInputs, calledSecrets } from './decide/calledWorkflow';
import { Json } from './decide/expression';
import { resolve, resolveTexts } from './decide/template';
import { JobCall, Scope } from './runScope';
import { WorkflowFiles } from './workflowFiles';

/** GitHub allows ten levels: https://docs.github.com/actions/reference/workflows-and-actions/reusing-workflow-configurations */
const MAX_CALL_DEPTH = 10;

/**
 * The reusable workflow that a job's `uses:` names, ready to run.
 * @throws InputError where the call doesn't fit the workflow, NotFoundError where there is none, in GitHub's words
 */
export const readCalledScope = async (
  { scope, job, contexts, name }: JobCall,
  uses: string,
  files: WorkflowFiles,
): Promise<Scope> => {
  if (scope.depth >= MAX_CALL_DEPTH) {
    throw new InputError(
      `${uses}: reusable workflows call each other more than ${MAX_CALL_DEPTH} levels deep`,
    );
  }
  const { workflow, call, source } = await files.called(uses, scope.source);
  const secrets =
    typeof job.secrets === 'object'
      ? resolveTexts(job.secrets, contexts)
      : job.secrets;
  return {
    ...scope,
    workflow,
    source,
    inputs: calledInputs(
      call,
      resolve(job.with, contexts) as Record<string, Json>,
      contexts,
    ),
    secrets: calledSecrets(call, secrets, scope.secrets),
    prefix: `${scope.prefix}${name} / `,
    depth: scope.depth + 1,
  };
};
