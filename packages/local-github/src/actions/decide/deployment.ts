import type { WorkflowEvent } from '../types';
import { Contexts } from './expression';
import { toMap, resolve, Template } from './template';
import { JobTemplate } from './workflowFile';

/** The name of a job's environment; undefined where it has none, or an empty one. */
export const environmentOf = (
  { environment }: JobTemplate,
  contexts: Contexts,
): string | undefined => {
  if (environment === undefined) return undefined;
  const value = resolve(environment, contexts);
  const name =
    typeof value === 'object' ? toMap(value as Template).name : value;
  return String(name ?? '') || undefined;
};

/**
 * The ref that environments compare with their deployment branches: for `pull_request` the merge ref, also once it is merged.
 * https://github.blog/changelog/2025-11-07-actions-pull_request_target-and-environment-branch-protections-changes/
 */
export const deploymentRef = ({ name, ref, payload }: WorkflowEvent): string =>
  name === 'pull_request' && payload.number !== undefined
    ? `refs/pull/${payload.number}/merge`
    : ref;

/** What GitHub says to a job whose ref may not deploy. */
export const refusedRefMessage = (environment: string, ref: string): string => {
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
  return `${kind === 'tags' ? 'Tag' : 'Branch'} "${
    name ?? ref
  }" is not allowed to deploy to ${environment} due to environment protection rules.`;
};
