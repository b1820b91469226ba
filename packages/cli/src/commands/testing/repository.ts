import { posix } from 'node:path';
import type {
  BranchRecords,
  RequestPullRequest,
  RequestRepository,
} from '@goldenpath/plugin-golden-path-node';

/** The files of a commit by path. */
export type Files = Record<string, string>;

/** An infra repo in memory, with one commit per branch and a log of calls. */
export const fakeRepository = (
  branches: Record<string, Files>,
  messages: Record<string, string> = {},
) => {
  const log: string[] = [];
  /** Branches that refuse a push. */
  const protectedBranches = new Set<string>();
  const repository: RequestRepository = {
    fetchBranch: async branch =>
      branch in branches
        ? { sha: branch, message: messages[branch] ?? '' }
        : undefined,
    filesAt: sha => ({
      read: async path => branches[sha][path],
      files: async folder =>
        Object.keys(branches[sha])
          .filter(path => posix.dirname(path) === folder)
          .map(path => posix.basename(path)),
    }),
    pushCommit: async ({ parent, branch, changes }) => {
      if (protectedBranches.has(branch))
        throw Object.assign(new Error('GH006: Protected branch'), {
          name: 'NotAllowedError',
        });
      log.push(`push ${branch}: ${changes.map(({ path }) => path).join(' ')}`);
      branches[branch] = {
        ...branches[parent],
        ...Object.fromEntries(changes.map(({ path, text }) => [path, text])),
      };
      return branch;
    },
  };
  /** Who moved a branch last; without an entry it was GITHUB_TOKEN. */
  const movedBy: Record<string, string> = {};
  const records: BranchRecords = {
    async *moves(branch) {
      if (branch in branches)
        yield {
          account: movedBy[branch] ?? 'github-actions[bot]',
          sha: branch,
          isPush: true,
        };
    },
    isMerged: async () => false,
    filesAt: repository.filesAt,
  };
  /** Of the pull requests that were opened. */
  const bodies: string[] = [];
  const pullRequests = {
    findOpen: async () => undefined,
    create: async (pull: {
      branch: string;
      title: string;
      body: string;
    }): Promise<RequestPullRequest> => {
      log.push(`open ${pull.branch}`);
      bodies.push(pull.body);
      return { ...pull, number: 7, url: 'http://github/pull/7', labels: [] };
    },
    update: async (number: number) => {
      log.push(`update #${number}`);
    },
    addLabels: async () => undefined,
  };
  return {
    log,
    bodies,
    branches,
    protectedBranches,
    repository,
    pullRequests,
    movedBy,
    records,
  };
};
