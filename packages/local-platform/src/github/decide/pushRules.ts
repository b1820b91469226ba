import { BranchProtection } from '../state/model';

export interface RefChange {
  /** Full. */
  ref: string;
  before: string;
  after: string;
}

/**
 * Why a branch may not be pushed to straight away, in GitHub's words; undefined where it may.
 * https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches
 */
export const pushRefusal = (
  protection: BranchProtection | undefined,
  isAdmin: boolean,
): string | undefined => {
  if (!protection || (isAdmin && !protection.enforceAdmins)) return undefined;
  if (protection.requiredReviews)
    return 'Changes must be made through a pull request.';
  if (protection.requiredStatusChecks?.contexts.length) {
    const [first] = protection.requiredStatusChecks.contexts;
    return `Required status check "${first}" is expected.`;
  }
  return undefined;
};
