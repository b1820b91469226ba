import { Actor, Context } from './context';
import { isRepositoryName } from './decide/names';
import { createCustomError, GitHubError } from './errors';
import { BareRepo, ZERO_SHA } from './git/bareRepo';
import { writeBlobs } from './git/writeBlobs';
import { toIdentity } from './pullRequests';
import { Account, Repository, RepositorySettings } from './state/model';

const DEFAULT_SETTINGS: RepositorySettings = {
  has_issues: true,
  has_projects: true,
  has_wiki: true,
  allow_merge_commit: true,
  allow_squash_merge: true,
  allow_rebase_merge: true,
  allow_auto_merge: false,
  allow_update_branch: false,
  delete_branch_on_merge: false,
  squash_merge_commit_title: 'COMMIT_OR_PR_TITLE',
  squash_merge_commit_message: 'COMMIT_MESSAGES',
  archived: false,
};

/**
 * Makes an empty repository.
 * @throws GitHubError 422 where the owner has one of that name, or the name can't be one
 */
export const createRepository = async (
  context: Context,
  owner: Account,
  wanted: {
    name: string;
    isPrivate: boolean;
    description?: string | null;
    homepage?: string | null;
    settings?: Partial<RepositorySettings>;
  },
): Promise<Repository> => {
  const { name } = wanted;
  if (!isRepositoryName(name)) {
    throw createCustomError(
      'Repository',
      'name can only contain ASCII letters, digits, and the characters ., -, and _',
      'name',
    );
  }
  if (context.findRepository(owner.login, name)) throw createNameTaken();
  const now = context.now();
  const repo: Repository = {
    id: context.file.takeId(),
    owner: owner.login,
    name,
    isPrivate: wanted.isPrivate,
    description: wanted.description ?? null,
    homepage: wanted.homepage ?? null,
    defaultBranch: 'main',
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
    topics: [],
    settings: { ...DEFAULT_SETTINGS, ...wanted.settings },
    collaborators: {},
    teams: {},
    variables: {},
    environments: [],
    secrets: {},
    protections: {},
    labels: [],
    issues: [],
  };
  // From here on nobody else gets the name, although git still works on the repository.
  context.state.repositories.push(repo);
  try {
    const git = context.openRepository(repo);
    // A folder that an interrupted creation left behind is nobody's.
    await git.remove();
    await git.init(repo.defaultBranch);
  } catch (error) {
    context.state.repositories.splice(
      context.state.repositories.indexOf(repo),
      1,
    );
    throw error;
  }
  await context.file.save();
  return repo;
};

const createNameTaken = () =>
  new GitHubError(422, 'Repository creation failed.', [
    {
      resource: 'Repository',
      code: 'custom',
      field: 'name',
      message: 'name already exists on this account',
    },
  ]);

/** The first commit of an empty repository. It starts no workflows: nobody has pushed. */
export const commitFirstFiles = async (
  context: Context,
  repo: Repository,
  files: Record<string, string>,
  message: string,
  actor: Actor,
): Promise<void> =>
  context.runExclusively(repo, async () => {
    const git = context.openRepository(repo);
    const me = toIdentity(context, actor.login);
    const sha = await git.writeCommit({
      tree: await writeTreeOfFiles(git, files),
      parents: [],
      message: `${message}\n`,
      author: me,
      committer: me,
    });
    const ref = `refs/heads/${repo.defaultBranch}`;
    await git.updateRef(ref, sha, ZERO_SHA);
    await context.file.save();
  });

const writeTreeOfFiles = async (
  git: BareRepo,
  files: Record<string, string>,
) => {
  const paths = Object.keys(files);
  const shas = await writeBlobs(
    git,
    paths.map(path => Buffer.from(files[path])),
  );
  const changes = paths.map((path, index) => ({
    path,
    // What begins like a script is meant to be run.
    mode: files[path].startsWith('#!') ? '100755' : '100644',
    sha: shas[index],
  }));
  return git.writeTree(undefined, changes);
};

/** Forgets a repository with all that hangs on it. Belongs inside `context.exclusively`. */
export const deleteRepository = async (
  context: Context,
  repo: Repository,
): Promise<void> => {
  const git = context.openRepository(repo);
  const { state } = context;
  state.repositories = state.repositories.filter(one => one !== repo);
  state.runs = state.runs.filter(
    run => run.repo.owner !== repo.owner || run.repo.name !== repo.name,
  );
  await git.remove();
  await context.file.save();
};
