import {
  Approver,
  CountedLabels,
  countLabels,
  findLabelSetters,
  LabelledPullRequest,
} from '../decide/countLabels';

/**
 * What GitHub knows of a pull request's labels.
 *
 * @public
 */
export interface LabelReader {
  /** @throws NotFoundError when there is no such pull request */
  readPullRequest(number: number): Promise<LabelledPullRequest>;
  /** Whether the user may approve, as a member of the team or by their role in the repository. */
  readApprover(login: string, team: string): Promise<Approver>;
}

/**
 * Reads which labels of a pull request count as the approvers' word.
 *
 * @public
 */
export const readApprovals = async (
  reader: LabelReader,
  number: number,
  team: string,
): Promise<CountedLabels> => {
  const pull = await reader.readPullRequest(number);
  const logins = new Set(
    findLabelSetters(pull).flatMap(({ by }) => by?.toLowerCase() ?? []),
  );
  const approvers = new Map<string, Approver>();
  for (const login of logins)
    approvers.set(login, await reader.readApprover(login, team));
  return countLabels(pull, approvers, team);
};
