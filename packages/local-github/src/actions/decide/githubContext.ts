import type { RunRecord, WorkflowEvent } from '../types';
import { Json } from './expression';
import { shortenRef } from './triggers';

/** What of GitHub's own the `github` context carries. */
export interface GitHubFacts {
  event: WorkflowEvent;
  run: RunRecord;
  defaultBranch: string;
  serverUrl: string;
  apiUrl: string;
}

/** The `github` context as it is the same for every job of a run: without a token, which each job has its own of. */
export const createGitHubContext = (
  facts: GitHubFacts,
): Record<string, Json> => {
  const { event, run, serverUrl, apiUrl } = facts;
  const { owner, name } = event.repo;
  const repository = `${owner}/${name}`;
  const pullRequest = event.payload.pull_request as
    | { base?: { ref?: string }; head?: { ref?: string } }
    | undefined;
  return {
    event: composeEventPayload(facts),
    event_name: event.name,
    ref: event.ref,
    ref_name: shortenRef(event.ref),
    ref_type: event.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: false,
    head_ref: pullRequest?.head?.ref ?? '',
    base_ref: pullRequest?.base?.ref ?? '',
    sha: event.sha,
    actor: event.actor,
    triggering_actor: event.actor,
    repository,
    repository_owner: owner,
    repositoryUrl: `${serverUrl}/${repository}.git`,
    run_id: String(run.id),
    run_number: String(run.runNumber),
    run_attempt: '1',
    retention_days: '90',
    server_url: serverUrl,
    api_url: apiUrl,
    graphql_url: `${apiUrl.replace(/\/v3$/, '')}/graphql`,
    workflow: run.workflowName,
    workflow_ref: `${repository}/${run.workflowPath}@${event.ref}`,
    workflow_sha: event.sha,
  };
};

/** The default environment variables that follow from the `github` context of a job. */
export const toGitHubVariables = (
  github: Record<string, Json>,
): Record<string, string> => {
  const names = [
    'actor', 'api_url', 'base_ref', 'event_name', 'event_path', 'graphql_url', 'head_ref', 'job', 'ref', 'ref_name',
    'ref_protected', 'ref_type', 'repository', 'repository_owner', 'retention_days', 'run_attempt', 'run_id',
    'run_number', 'server_url', 'sha', 'triggering_actor', 'workflow', 'workflow_ref', 'workflow_sha', 'workspace',
  ]; // prettier-ignore
  return {
    GITHUB_ACTIONS: 'true',
    ...Object.fromEntries(
      names.map(name => [
        `GITHUB_${name.toUpperCase()}`,
        String(github[name] ?? ''),
      ]),
    ),
  };
};

/** What a run's page shows as its title where the file has no run-name. */
export const composeDefaultTitle = (
  event: WorkflowEvent,
  workflowName: string,
  commitMessage: string,
): string => {
  const pullRequest = event.payload.pull_request as
    | { title?: string }
    | undefined;
  if (pullRequest?.title) return pullRequest.title;
  return event.name === 'push' ? commitMessage.split('\n')[0] : workflowName;
};

const composeEventPayload = ({
  event,
  defaultBranch,
  serverUrl,
  apiUrl,
}: GitHubFacts): Json => {
  const { owner, name } = event.repo;
  const payload = event.payload as Record<string, Json>;
  return {
    ...(event.inputs && {
      inputs: event.inputs,
      ref: event.ref,
      workflow: event.workflowPath ?? null,
    }),
    ...payload,
    repository: {
      name,
      full_name: `${owner}/${name}`,
      owner: { login: owner, name: owner },
      default_branch: defaultBranch,
      html_url: `${serverUrl}/${owner}/${name}`,
      clone_url: `${serverUrl}/${owner}/${name}.git`,
      url: `${apiUrl}/repos/${owner}/${name}`,
      ...(payload.repository as Record<string, Json> | undefined),
    },
    sender: payload.sender ?? { login: event.actor },
  };
};
