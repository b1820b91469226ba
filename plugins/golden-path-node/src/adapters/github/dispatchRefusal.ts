import type { Octokit } from '@octokit/rest';
import { GitHubRepo } from './client';

/** A dispatch that GitHub refused with 422. */
export interface RefusedDispatch {
  workflow: string;
  ref: string;
  inputs: Record<string, string>;
}

/** Before 3.20 a workflow has ten inputs at most, since then 25 (release notes of GitHub Enterprise Server 3.20). */
const TEN_INPUTS = 10;
const MORE_INPUTS_SINCE = [3, 20] as const;

/** Whether a version of GitHub Enterprise Server such as `3.19.4` allows ten inputs only. */
const allowsTenInputs = (version: string): boolean => {
  const [major, minor = 0] = version.split('.').map(Number);
  const [sinceMajor, sinceMinor] = MORE_INPUTS_SINCE;
  return major < sinceMajor || (major === sinceMajor && minor < sinceMinor);
};

/**
 * Finds the next step after a dispatch that GitHub refused with 422, by a look at the server, the workflow and the settings:
 * the answer has no code, only a text.
 */
export const findDispatchAdvice = async (
  octokit: Octokit,
  { owner, repo }: GitHubRepo,
  { workflow, ref, inputs }: RefusedDispatch,
): Promise<string> => {
  const where = `(${owner}/${repo})`;
  const count = Object.keys(inputs).length;
  const version = await look(async () => {
    const { data } = await octokit.rest.meta.get();
    return (data as { installed_version?: string }).installed_version;
  });
  if (version && count > TEN_INPUTS && allowsTenInputs(version))
    return `This GitHub Enterprise Server is ${version}: before ${MORE_INPUTS_SINCE.join(
      '.',
    )} a workflow takes ${TEN_INPUTS} inputs, and ${workflow} has ${count}. Upgrade the server to ${MORE_INPUTS_SINCE.join(
      '.',
    )} or newer`;
  const state = await look(async () => {
    const { data } = await octokit.rest.actions.getWorkflow({
      owner,
      repo,
      workflow_id: workflow,
    });
    return data.state;
  });
  if (state && state !== 'active')
    return `Enable the workflow on the page Actions of the repository ${where}`;
  const isEnabled = await look(async () => {
    const { data } =
      await octokit.rest.actions.getGithubActionsPermissionsRepository({
        owner,
        repo,
      });
    return data.enabled;
  });
  if (isEnabled === false)
    return `Enable GitHub Actions in the repository's or the account's settings ${where}`;
  const compare = `The workflow of ${ref} doesn't take this dispatch: compare it with the ${workflow} of the installed version ${where}`;
  // Only an administrator may see the setting.
  return isEnabled === undefined
    ? `${compare}, and check that GitHub Actions is enabled in the repository's settings`
    : compare;
};

/** What can't be looked at is undefined: the refusal itself is told in any case. */
const look = <T>(read: () => Promise<T>): Promise<T | undefined> =>
  read().catch(() => undefined);
