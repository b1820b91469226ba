import { DispatchCheck, RunRecord } from '../actions/types';
import { Actor, Context } from './context';
import { GitHubError, createNotFound } from './errors';
import { composeCommonPayload } from './events/payloads';
import { Repository } from './state/model';

/**
 * Starts one workflow by hand.
 * @throws GitHubError 404 where there is no such workflow, 422 where it doesn't take this dispatch
 */
export const dispatchWorkflow = async (
  context: Context,
  repo: Repository,
  workflow: string,
  ref: string,
  inputs: Record<string, string>,
  actor: Actor,
): Promise<RunRecord> => {
  const { actions } = context;
  const git = context.openRepository(repo);
  const name = { owner: repo.owner, name: repo.name };
  const check = await actions.validateDispatch(name, ref, workflow, inputs);
  if (!check) throw createNotFound();
  const refusal =
    findDispatchRefusal(repo, check) ?? findServerRefusal(context, inputs);
  if (refusal !== undefined) throw new GitHubError(422, refusal);
  if ('error' in check) throw new GitHubError(422, check.error);
  const sha = await git.resolve(ref);
  const full = await resolveFullRef(context, repo, ref);
  if (!sha || !full) throw new GitHubError(422, `No ref found for: ${ref}`);
  const [run] = await actions.trigger({
    name: 'workflow_dispatch',
    repo: name,
    ref: full,
    sha,
    actor: actor.login,
    inputs: check.inputs,
    workflowPath: check.workflowPath,
    payload: {
      ...composeCommonPayload(context, repo, actor),
      ref: full,
      inputs: check.inputs,
      workflow: check.workflowPath,
    },
  });
  if (!run) throw new GitHubError(500, 'The workflow did not start.');
  return run;
};

/** What the settings say, before the inputs are looked at. */
const findDispatchRefusal = (
  { actionsDisabled, disabledWorkflows = [] }: Repository,
  check: DispatchCheck,
): string | undefined => {
  if (actionsDisabled) return 'Actions has been disabled for this repository.';
  return 'workflowPath' in check &&
    disabledWorkflows.includes(check.workflowPath)
    ? "Cannot trigger a 'workflow_dispatch' on a disabled workflow"
    : undefined;
};

/** GitHub Enterprise Server before 3.20 refuses a workflow with more inputs, github.com did until 2025-12. */
const TEN_INPUTS = 10;

const findServerRefusal = (
  { serverVersion }: Context,
  inputs: Record<string, string>,
): string | undefined => {
  if (serverVersion === undefined) return undefined;
  const [major, minor] = serverVersion.split('.').map(Number);
  const isOld = major < 3 || (major === 3 && minor < 20);
  return isOld && Object.keys(inputs).length > TEN_INPUTS
    ? `failed to parse workflow: you may only define up to ${TEN_INPUTS} \`inputs\` for a \`workflow_dispatch\` event`
    : undefined;
};

const resolveFullRef = async (
  context: Context,
  repo: Repository,
  ref: string,
): Promise<string | undefined> => {
  const candidates = ref.startsWith('refs/')
    ? [ref]
    : [`refs/heads/${ref}`, `refs/tags/${ref}`];
  const known = await context.openRepository(repo).listRefs(...candidates);
  return candidates.find(candidate =>
    known.some(found => found.ref === candidate),
  );
};
