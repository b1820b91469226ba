import { REMOVAL_ALLOWED_LABEL } from '@goldenpath/plugin-golden-path-common';
import {
  Approver,
  CountedLabels,
  countLabels,
  findLabelSetters,
  LabelledPullRequest,
  PullRequestHead,
} from '../decide/countLabels';
import { ReviewReader, readSecondApproval } from './readSecondApproval';

/**
 * What GitHub knows of a pull request's labels.
 *
 * @public
 */
export interface LabelReader extends ReviewReader {
  /** @throws NotFoundError when there is no such pull request */
  readPullRequest(number: number): Promise<LabelledPullRequest>;
  /**
   * When the branch got its tip, in ISO 8601; undefined where GitHub doesn't tell.
   * @throws ConflictError when GitHub's record of pushes has another tip
   */
  readPushTime(head: PullRequestHead): Promise<string | undefined>;
  /** The merged pull request that brought a commit; undefined if it was pushed without one. */
  findMergedPull(sha: string): Promise<number | undefined>;
  /** Whether the user may approve, as a member of the team or by their role in the repository. */
  readApprover(login: string, team: string): Promise<Approver>;
}

/**
 * Reads which labels of a pull request count as the approvers' word. The one for a removal counts together with a second
 * person's approving review of the newest commit.
 *
 * @public
 */
export const readApprovals = async (
  reader: LabelReader,
  number: number,
  team: string,
): Promise<CountedLabels> => {
  const pull = await reader.readPullRequest(number);
  const setters = findLabelSetters(pull);
  if (setters.length === 0) return { counted: [], reasons: [] };
  const logins = new Set(setters.flatMap(({ by }) => by?.toLowerCase() ?? []));
  const approvers = new Map<string, Approver>();
  for (const login of logins)
    approvers.set(login, await reader.readApprover(login, team));
  const pushedAt = await reader.readPushTime(pull.head);
  const labels = countLabels(pull, { approvers, pushedAt }, team);
  const removedBy = setters.find(
    ({ label }) => label === REMOVAL_ALLOWED_LABEL,
  )?.by;
  if (
    removedBy === undefined ||
    !labels.counted.includes(REMOVAL_ALLOWED_LABEL)
  )
    return labels;
  const reason = await readSecondApproval(reader, number, pull, removedBy);
  return reason === undefined
    ? labels
    : {
        counted: labels.counted.filter(
          label => label !== REMOVAL_ALLOWED_LABEL,
        ),
        reasons: [
          ...labels.reasons,
          `The label ${REMOVAL_ALLOWED_LABEL} doesn't count: ${reason}.`,
        ],
      };
};
