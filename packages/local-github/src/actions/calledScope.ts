import {
  resolveCalledInputs,
  resolveCalledSecrets,
} from './decide/calledWorkflow';
import { Json } from './decide/expression';
import { findExceeding, Permissions } from './decide/permissions';
import { resolve, resolveTexts } from './decide/template';
import { Workflow } from './decide/workflowFile';
import { JobCall, getJobPermissions, Scope } from './runScope';
import { WorkflowFiles } from './workflowFiles';

/** GitHub allows ten levels: https://docs.github.com/actions/reference/workflows-and-actions/reusing-workflow-configurations */
const MAX_CALL_DEPTH = 10;

/**
 * The reusable workflow that a job's `uses:` names, ready to run.
 * @throws Error where the call doesn't fit the workflow or there is none, in GitHub's words
 */
export const readCalledScope = async (
  caller: JobCall,
  uses: string,
  files: WorkflowFiles,
): Promise<Scope> => {
  const { scope, job, contexts, name } = caller;
  if (scope.depth >= MAX_CALL_DEPTH) {
    throw new Error(
      `${uses}: reusable workflows call each other more than ${MAX_CALL_DEPTH} levels deep`,
    );
  }
  const { workflow, call, source } = await files.readCalled(uses, scope.source);
  const inputs = resolveCalledInputs(
    call,
    resolve(job.with, contexts) as Record<string, Json>,
    contexts,
  );
  const permissions = getJobPermissions(caller);
  assertAllowed(uses, workflow, permissions);
  const secretsWith = (token: string) => {
    const secrets = scope.secretsWith(token);
    return resolveCalledSecrets(
      call,
      typeof job.secrets === 'object'
        ? resolveTexts(job.secrets, { ...contexts, secrets })
        : job.secrets,
      secrets,
    );
  };
  // Whether they are all there is known before any job begins.
  secretsWith('');
  return {
    ...scope,
    workflow,
    source,
    inputs,
    secretsWith,
    permissions,
    prefix: `${scope.prefix}${name} / `,
    depth: scope.depth + 1,
  };
};

const assertAllowed = (
  uses: string,
  workflow: Workflow,
  allowed: Permissions,
): void => {
  for (const job of workflow.jobs) {
    const wanted = job.permissions ?? workflow.permissions ?? {};
    const exceeding = findExceeding(wanted, allowed);
    if (exceeding) {
      throw new Error(
        `Error calling workflow '${uses}'. The nested job '${job.id}' is requesting '${exceeding.wanted}', but is only allowed '${exceeding.allowed}'.`,
      );
    }
  }
};
