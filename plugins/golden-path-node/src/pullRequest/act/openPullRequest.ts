import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  branchName,
  DeclaredDatabase,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import { readInfraRequestFiles } from '../../infraRepo/act/locateTfvars';
import { planInfraRequest } from '../../infraRepo/decide/planInfraRequest';
import { findCatalogEntry } from '../../infraRepo/decide/readCatalog';
import type { TextFile } from '../../infraRepo/decide/text';
import {
  InfraFiles,
  InfraRepoOptions,
  RequestPullRequests,
  RequestRepository,
} from '../../infraRepo/ports';
import { commitTrailer, pullRequestText } from '../decide/pullRequestText';
import { orRefusal, Refusal } from './refusal';

/** @public */
export interface OpenPullRequestInput {
  request: DeclaredDatabase;
  taskId: string;
  /** The branch that the pull request goes into. */
  base: string;
  /** `YYYY-MM-DD`, in UTC: the date of a new request. One that is open keeps its own. */
  today: string;
  secretPrefix?: string;
  infraRepo: InfraRepoOptions;
}

/** @public */
export type OpenPullRequestResult =
  | { outcome: 'merged already' }
  | {
      outcome: 'opened' | 'updated' | 'unchanged';
      number: number;
      url: string;
    };

/** @public */
export interface OpenPullRequestPorts {
  repository: RequestRepository;
  pullRequests: RequestPullRequests;
}

/**
 * Opens the pull request of a request, or brings the open one up to date: on top of the base branch as it is now, with
 * today's text. Safe to run again at any point.
 * @throws ConflictError where the database or the role is there with other values, or somebody else has committed to
 * the branch
 *
 * @public
 */
export const openPullRequest = async (
  input: OpenPullRequestInput,
  ports: OpenPullRequestPorts,
): Promise<OpenPullRequestResult> => {
  const result = await tryPullRequest(input, ports);
  if ('refused' in result) throw result.refused;
  return result;
};

/** The same, but a request that doesn't go into the base is an answer and not an error. */
export const tryPullRequest = async (
  input: OpenPullRequestInput,
  ports: OpenPullRequestPorts,
): Promise<OpenPullRequestResult | Refusal> => {
  const { request, taskId, base, secretPrefix, infraRepo } = input;
  const { repository, pullRequests } = ports;
  const branch = branchName(request);

  const baseTip = await repository.fetchBranch(base);
  if (!baseTip) {
    throw new NotFoundError(
      `The base branch "${base}" does not exist; name another one with --base.`,
    );
  }
  const [branchTip, open] = await Promise.all([
    repository.fetchBranch(branch),
    pullRequests.findOpen(branch, base),
  ]);
  const onBranch = branchTip && repository.filesAt(branchTip.sha);
  const files = await readInfraRequestFiles(
    repository.filesAt(baseTip.sha),
    request.environment,
    infraRepo,
  );
  const createdDate =
    (open &&
      onBranch &&
      (await dateOnBranch(onBranch, files.catalog, request))) ??
    input.today;
  const planned = await orRefusal(() =>
    planInfraRequest(files, request, { createdDate, secretPrefix }),
  );
  if ('refused' in planned) return planned;
  const { changes } = planned;
  if (changes.length === 0) return { outcome: 'merged already' };

  const text = pullRequestText(request, {
    taskId,
    paths: changes.map(({ path }) => path),
    secretPrefix,
  });
  // Without an open pull request the branch may be merged already, and a new one needs a commit of its own.
  const isPushed = open && onBranch ? await hasAll(onBranch, changes) : false;
  if (!isPushed) {
    if (branchTip && !branchTip.message.includes(commitTrailer(request))) {
      return {
        refused: new ConflictError(
          `Somebody else has committed to the branch ${branch}, and it no longer fits ${base}. Merge ${base} into it by hand, or close its pull request, delete the branch and run this again.`,
        ),
      };
    }
    await repository.pushCommit({
      parent: baseTip.sha,
      branch,
      message: text.commitMessage,
      changes,
      replaces: branchTip?.sha,
    });
  }

  const { title, body } = text;
  const pull =
    open ?? (await pullRequests.create({ branch, base, title, body }));
  const hasText = pull.title === title && isSameText(pull.body, body);
  if (!hasText) await pullRequests.update(pull.number, { title, body });
  const missing = text.labels.filter(label => !pull.labels.includes(label));
  if (missing.length > 0) await pullRequests.addLabels(pull.number, missing);

  const isUnchanged = isPushed && hasText && missing.length === 0;
  return {
    outcome: outcomeOf(open !== undefined, isUnchanged),
    number: pull.number,
    url: pull.url,
  };
};

const outcomeOf = (wasOpen: boolean, isUnchanged: boolean) => {
  if (!wasOpen) return 'opened';
  return isUnchanged ? 'unchanged' : 'updated';
};

/** GitHub's web editor saves bodies with CRLF. */
const isSameText = (a: string, b: string) =>
  a.replaceAll('\r\n', '\n').trim() === b.replaceAll('\r\n', '\n').trim();

const hasAll = async (
  files: InfraFiles,
  changes: TextFile[],
): Promise<boolean> => {
  const texts = await Promise.all(changes.map(({ path }) => files.read(path)));
  return changes.every(({ text }, i) => text === texts[i]);
};

const dateOnBranch = async (
  files: InfraFiles,
  { path }: TextFile,
  key: RequestKey,
): Promise<string | undefined> => {
  const text = await files.read(path);
  return text === undefined
    ? undefined
    : findCatalogEntry(text, path, key)?.metadata.created_date;
};
