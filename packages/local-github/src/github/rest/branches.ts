import { GitHubError } from '../errors';
import { toCommit } from '../present/commit';
import { toProtectionJson } from '../present/protection';
import { BranchProtection } from '../state/model';
import { Call, answerNoContent, answerOk, Operations } from './call';

const PATH = '/repos/{owner}/{repo}/branches';

interface ProtectionBody {
  required_status_checks: {
    strict: boolean;
    contexts?: string[];
    checks?: Array<{ context: string }>;
  } | null;
  enforce_admins: boolean | null;
  required_pull_request_reviews: {
    dismiss_stale_reviews?: boolean;
    require_code_owner_reviews?: boolean;
    required_approving_review_count?: number;
    require_last_push_approval?: boolean;
    bypass_pull_request_allowances?: { apps?: string[] };
  } | null;
  required_linear_history?: boolean;
  allow_force_pushes?: boolean | null;
  allow_deletions?: boolean;
  block_creations?: boolean;
  required_conversation_resolution?: boolean;
}

/** Branches and their protection. */
export const branchOperations: Operations = {
  [`GET ${PATH}`]: async call => {
    const { repo, context } = call;
    const wanted = call.query.protected;
    const branches = (await call.git.listRefs('refs/heads'))
      .map(({ ref, sha }) => ({ name: ref.slice('refs/heads/'.length), sha }))
      .filter(
        ({ name }) =>
          wanted === undefined ||
          name in repo.protections === (wanted === 'true'),
      );
    return call.answerPage(branches, page =>
      page.map(({ name, sha }) => ({
        name,
        commit: {
          sha,
          url: context.urls.toRest(
            'repos',
            repo.owner,
            repo.name,
            'commits',
            sha,
          ),
        },
        protected: name in repo.protections,
      })),
    );
  },

  [`GET ${PATH}/{branch}`]: async call => {
    const { repo, context } = call;
    const { branch } = call.params;
    const sha = await findBranch(call);
    const self = toBranchUrl(call);
    const protection = repo.protections[branch];
    return answerOk({
      name: branch,
      commit: toCommit(context, repo, await call.git.readCommit(sha)),
      _links: {
        self,
        html: context.urls.toPage(repo.owner, repo.name, 'tree', branch),
      },
      protected: protection !== undefined,
      protection: protection
        ? toProtectionJson(context, `${self}/protection`, protection)
        : { enabled: false },
      protection_url: `${self}/protection`,
    });
  },

  // There are no rulesets here.
  'GET /repos/{owner}/{repo}/rules/branches/{branch}': call =>
    call.answerPage([]),

  [`GET ${PATH}/{branch}/protection`]: async call => {
    await findBranch(call);
    return answerOk(
      toProtectionJson(
        call.context,
        `${toBranchUrl(call)}/protection`,
        findProtection(call),
      ),
    );
  },

  [`PUT ${PATH}/{branch}/protection`]: async call => {
    await findBranch(call);
    const protection = readProtection(call.readBody<ProtectionBody>());
    call.repo.protections[call.params.branch] = protection;
    return answerOk(
      toProtectionJson(
        call.context,
        `${toBranchUrl(call)}/protection`,
        protection,
      ),
    );
  },

  [`DELETE ${PATH}/{branch}/protection`]: async call => {
    await findBranch(call);
    findProtection(call);
    delete call.repo.protections[call.params.branch];
    return answerNoContent();
  },

  [`POST ${PATH}/{branch}/protection/required_signatures`]: async call => {
    await findBranch(call);
    findProtection(call).requiredSignatures = true;
    return answerOk({
      url: `${toBranchUrl(call)}/protection/required_signatures`,
      enabled: true,
    });
  },
};

const findBranch = async (call: Call): Promise<string> => {
  const sha = await call.git.resolve(`refs/heads/${call.params.branch}`);
  if (!sha) throw new GitHubError(404, 'Branch not found');
  return sha;
};

const findProtection = ({ repo, params }: Call): BranchProtection => {
  if (!Object.hasOwn(repo.protections, params.branch))
    throw new GitHubError(404, 'Branch not protected');
  return repo.protections[params.branch];
};

const toBranchUrl = ({ context, repo, params }: Call) =>
  `${context.urls.toRest(
    'repos',
    repo.owner,
    repo.name,
    'branches',
  )}/${encodeURIComponent(params.branch)}`;

const readProtection = (body: ProtectionBody): BranchProtection => {
  const checks = body.required_status_checks;
  const reviews = body.required_pull_request_reviews;
  return {
    enforceAdmins: body.enforce_admins ?? false,
    requiredStatusChecks: checks && {
      strict: checks.strict,
      contexts:
        checks.contexts ?? checks.checks?.map(({ context }) => context) ?? [],
    },
    requiredReviews: reviews && {
      dismissStale: reviews.dismiss_stale_reviews ?? false,
      codeOwners: reviews.require_code_owner_reviews ?? false,
      count: reviews.required_approving_review_count ?? 1,
      lastPushApproval: reviews.require_last_push_approval ?? false,
      bypassApps: reviews.bypass_pull_request_allowances?.apps ?? [],
    },
    requiredSignatures: false,
    linearHistory: body.required_linear_history ?? false,
    allowForcePushes: body.allow_force_pushes ?? false,
    allowDeletions: body.allow_deletions ?? false,
    blockCreations: body.block_creations ?? false,
    conversationResolution: body.required_conversation_resolution ?? false,
  };
};
