import { BranchProtection } from '../state/model';

export interface RefChange {
  /** Full. */
  ref: string;
  before: string;
  after: string;
}

/** Who pushes, as far as it matters to a protected branch. */
export interface Pusher {
  isAdmin: boolean;
  /** Slug of the GitHub App. */
  app?: string;
}

/**
 * Why a branch may not be pushed to straight away, in GitHub's words; undefined where it may.
 * https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches
 */
export const findPushRefusal = (
  protection: BranchProtection | undefined,
  who: Pusher,
): string | undefined => {
  if (!protection || (who.isAdmin && !protection.enforceAdmins))
    return undefined;
  const reviews = protection.requiredReviews;
  const needsNone =
    who.app !== undefined && reviews?.bypassApps?.includes(who.app);
  if (reviews && !needsNone)
    return 'Changes must be made through a pull request.';
  if (protection.requiredStatusChecks?.contexts.length) {
    const [first] = protection.requiredStatusChecks.contexts;
    return `Required status check "${first}" is expected.`;
  }
  return undefined;
};
