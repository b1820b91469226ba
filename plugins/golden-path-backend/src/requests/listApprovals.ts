import {
  DatabaseRequest,
  environmentTerms,
  PLATFORM_TEAM_SIZES,
  RISK_TERMS,
} from '@goldenpath/plugin-golden-path-common';

/**
 * Who has to approve a request, a sentence each, in the order in which they are asked: as the workflows and the guard of the
 * infra repo ask them.
 * @param approvers - the team in the infra repo's goldenpath.yaml
 */
export const listApprovals = (
  { owner, environment, size, risk }: DatabaseRequest,
  approvers: string,
): string[] => [
  `A reviewer of ${owner} approves the pull request.`,
  ...(PLATFORM_TEAM_SIZES.includes(size)
    ? [`A reviewer of ${approvers} approves the size ${size}.`]
    : []),
  ...(environmentTerms(environment).needsApproval
    ? [
        `After the merge, a reviewer of the GitHub environment ${environment} approves the plan.`,
      ]
    : []),
  ...(RISK_TERMS[risk].accessReview
    ? [
        `Every ${RISK_TERMS[risk].rotationDays} days, ${owner} reviews who has access, because the risk is ${risk}.`,
      ]
    : []),
];
