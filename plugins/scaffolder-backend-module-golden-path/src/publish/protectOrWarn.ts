import { GitHubRepo, Repositories } from '@goldenpath/plugin-golden-path-node';

const ATTEMPTS = 5;
const PAUSE_MS = 1_000;

/**
 * Protects the branch. Only warns when GitHub refuses, like publish:github: some plans have no branch protection for
 * private repositories. The call may be repeated, so an unclear answer is no reason to stop.
 */
export const protectOrWarn = async (
  app: GitHubRepo,
  branch: string,
  ports: {
    repositories: Pick<Repositories, 'protect'>;
    sleep(ms: number): Promise<void>;
    warn(message: string): void;
  },
): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await ports.repositories.protect(app, branch);
      return;
    } catch (caught) {
      const error = caught as Error;
      // GitHub may not know its new branch yet (404), as it may not know its new repository (backstage/backstage#33809).
      const isTransient = ['ServiceUnavailableError', 'NotFoundError'].includes(
        error.name,
      );
      if (isTransient && attempt < ATTEMPTS) {
        await ports.sleep(PAUSE_MS);
        continue;
      }
      if (!['NotAllowedError', 'NotFoundError'].includes(error.name))
        throw error;
      ports.warn(`The branch is not protected: ${error.message}`);
      return;
    }
  }
};
