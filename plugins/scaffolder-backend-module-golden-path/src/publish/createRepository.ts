import { ConflictError } from '@backstage/errors';
import {
  GitHubRepo,
  NewRepository,
  Repositories,
  Repository,
} from '@goldenpath/plugin-golden-path-node';

const ATTEMPTS = 3;
/** GitHub may answer "Not Found" for a new repository (backstage/backstage#33809). */
const LOOKUPS = 5;
const LOOKUP_INTERVAL_MS = 1_000;

/**
 * Creates the repository, or continues with it when GitHub created it although the answer was an error. Its homepage
 * identifies the task.
 */
export const createRepository = async (
  app: GitHubRepo,
  settings: NewRepository,
  ports: {
    repositories: Pick<Repositories, 'get' | 'create'>;
    sleep(ms: number): Promise<void>;
  },
): Promise<Repository> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ports.repositories.create(app, settings);
    } catch (caught) {
      const error = caught as Error;
      const isUnclear = error.name === 'ServiceUnavailableError';
      // GitHub refuses a name that is taken; it may be this task's own repository.
      if (!isUnclear && error.name !== 'ConflictError') throw error;
      const found = await lookUp(app, ports);
      if (found?.homepage === settings.homepage) return found;
      if (found) throw createForeignError(app, found);
      if (!isUnclear || attempt >= ATTEMPTS) throw error;
    }
  }
};

export const createForeignError = (
  { owner, repo }: GitHubRepo,
  { url }: { url: string },
) =>
  new ConflictError(
    `The repository ${owner}/${repo} exists already (${url}) and belongs to another task or person; it was not changed. Fill in the form again with another app name.`,
  );

const lookUp = async (
  app: GitHubRepo,
  ports: {
    repositories: Pick<Repositories, 'get'>;
    sleep(ms: number): Promise<void>;
  },
): Promise<Repository | undefined> => {
  for (let lookup = 1; lookup <= LOOKUPS; lookup++) {
    const found = await ports.repositories.get(app);
    if (found) return found;
    await ports.sleep(LOOKUP_INTERVAL_MS);
  }
  return undefined;
};
