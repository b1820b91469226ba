import {
  RemovalFacts,
  removalBranchName,
  RemovalRequest,
  renderRemovalTrailer,
} from '@goldenpath/plugin-golden-path-common';
import { readInfraRequestFiles } from '../../infraRepo/act/locateTfvars';
import { planInfraRemoval } from '../../infraRepo/decide/planInfraRemoval';
import { InfraRepoOptions } from '../../infraRepo/ports';
import { composeRemovalText } from '../decide/removalText';
import {
  OpenPullRequestPorts,
  PublishedPullRequest,
  publishPullRequest,
  readPublishedBefore,
} from './publishPullRequest';

/** @public */
export interface OpenRemovalInput {
  removal: RemovalRequest;
  taskId: string;
  /** Base branch of the pull request. */
  base: string;
  /** What the pull request shows to whoever approves it. */
  facts?: RemovalFacts;
  /** The page that says how a person ends the database. */
  runbookUrl?: string;
  infraRepo: InfraRepoOptions;
}

/** @public */
export type OpenRemovalResult =
  | { outcome: 'not declared' }
  | PublishedPullRequest;

/**
 * Opens the pull request that takes a database out of the infra repo, or updates the open one. Safe to run again at any
 * point; a push withdraws approvals, so nothing is pushed where the branch has the removal already.
 * @throws ConflictError when the branch has commits by others
 * @throws InputError when a file can't be read or edited safely
 *
 * @public
 */
export const openRemoval = async (
  input: OpenRemovalInput,
  ports: OpenPullRequestPorts,
): Promise<OpenRemovalResult> => {
  const { removal, taskId, base, facts, runbookUrl, infraRepo } = input;
  const { repository } = ports;
  const before = await readPublishedBefore(
    removalBranchName(removal),
    base,
    ports,
  );
  const files = await readInfraRequestFiles(
    repository.filesAt(before.baseTip.sha),
    removal.environment,
    infraRepo,
  );
  const planned = await planInfraRemoval(files, removal);
  if (planned.changes.length === 0) return { outcome: 'not declared' };
  const result = await publishPullRequest(
    {
      changes: planned.changes,
      text: composeRemovalText(removal, planned, { taskId, facts, runbookUrl }),
    },
    renderRemovalTrailer(removal),
    before,
    ports,
  );
  if ('refused' in result) throw result.refused;
  return result;
};
