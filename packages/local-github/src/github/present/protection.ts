import { Context } from '../context';
import { BranchProtection } from '../state/model';
import { toIntegration } from './app';

/** `branch-protection`, and `protected-branch`, of the API's description. @param url - of the protection itself */
export const toProtectionJson = (
  context: Context,
  url: string,
  protection: BranchProtection,
) => {
  const { requiredStatusChecks: checks, requiredReviews: reviews } = protection;
  return {
    url,
    ...(checks && {
      required_status_checks: {
        url: `${url}/required_status_checks`,
        strict: checks.strict,
        contexts: checks.contexts,
        contexts_url: `${url}/required_status_checks/contexts`,
        checks: checks.contexts.map(name => ({ context: name, app_id: null })),
      },
    }),
    ...(reviews && {
      required_pull_request_reviews: {
        url: `${url}/required_pull_request_reviews`,
        dismiss_stale_reviews: reviews.dismissStale,
        require_code_owner_reviews: reviews.codeOwners,
        required_approving_review_count: reviews.count,
        require_last_push_approval: reviews.lastPushApproval,
        ...(reviews.bypassApps?.length && {
          bypass_pull_request_allowances: {
            users: [],
            teams: [],
            apps: (context.state.apps ?? [])
              .filter(app => reviews.bypassApps?.includes(app.slug))
              .map(app => toIntegration(context, app)),
          },
        }),
      },
    }),
    required_signatures: {
      url: `${url}/required_signatures`,
      enabled: protection.requiredSignatures,
    },
    enforce_admins: {
      url: `${url}/enforce_admins`,
      enabled: protection.enforceAdmins,
    },
    required_linear_history: { enabled: protection.linearHistory },
    allow_force_pushes: { enabled: protection.allowForcePushes },
    allow_deletions: { enabled: protection.allowDeletions },
    block_creations: { enabled: protection.blockCreations },
    required_conversation_resolution: {
      enabled: protection.conversationResolution,
    },
  };
};
