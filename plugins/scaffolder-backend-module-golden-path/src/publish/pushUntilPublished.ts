import { ConflictError } from '@backstage/errors';
import {
  GitHubRepo,
  Repositories,
  Repository,
} from '@goldenpath/plugin-golden-path-node';
import { planPush } from './planPush';
import { createPush } from './pushCommit';
import { RootCommit } from './rootCommit';

const PUSHES = 3;
const PAUSE_MS = 2_000;
/** The branch moved, GitHub gave no usable answer, or it doesn't know its new repository yet: look again. */
const LOOK_AGAIN = ['ServiceUnavailableError', 'NotFoundError'];

/**
 * Pushes the commit, and looks at the branch before every attempt: an answer that was lost is no reason to push again.
 *
 * @throws ConflictError when the branch has commits that this task didn't create; nothing is changed then
 */
export const pushUntilPublished = async (
  target: {
    app: GitHubRepo;
    repository: Repository;
    branch: string;
    commit: RootCommit;
    /** Whether the repository's homepage is the page of this task. */
    isOwnPage: boolean;
  },
  ports: {
    repositories: Pick<
      Repositories,
      'history' | 'hasOtherBranches' | 'unprotect'
    >;
    push: ReturnType<typeof createPush>;
    sleep(ms: number): Promise<void>;
    stopWhenCancelled(): void;
    log(message: string): void;
  },
): Promise<void> => {
  const { app, repository, branch, commit, isOwnPage } = target;
  const { repositories } = ports;
  let failure: Error = new ConflictError(
    `The branch ${branch} of ${repository.url} moved during all ${PUSHES} attempts to push; press Retry.`,
  );
  for (let pushes = 0; ; pushes++) {
    const plan = planPush(
      commit,
      await repositories.history(app, branch),
      isOwnPage,
    );
    if (plan.kind === 'published') return;
    if (plan.kind === 'refuse')
      throw createForeignCommitsError(repository, branch, plan.tip);
    if (pushes >= PUSHES) throw failure;
    ports.stopWhenCancelled();
    if (plan.replaces) {
      // Somebody may work on it there.
      if (await repositories.hasOtherBranches(app, branch))
        throw createForeignCommitsError(repository, branch, plan.replaces);
      ports.log(
        `Replacing commit ${plan.replaces}, which an earlier attempt of this task left incomplete.`,
      );
      // An earlier attempt may have protected it: nothing could replace it then.
      await repositories.unprotect(app, branch);
    }
    try {
      const result = await ports.push(app, commit, {
        cloneUrl: repository.cloneUrl,
        branch,
        replaces: plan.replaces,
      });
      if (result === 'pushed') return;
    } catch (caught) {
      const error = caught as Error;
      if (!LOOK_AGAIN.includes(error.name)) throw error;
      ports.log(`${error.message}; looking at the branch again.`);
      failure = error;
      await ports.sleep(PAUSE_MS);
    }
  }
};

const createForeignCommitsError = (
  { url }: Repository,
  branch: string,
  tip: string,
) =>
  new ConflictError(
    `The branch ${branch} of ${url} is at commit ${tip}, and it or another branch has commits that this task did not create; nothing was changed. If they are the app's, it needs no Retry. Otherwise delete the repository, then press Retry.`,
  );
