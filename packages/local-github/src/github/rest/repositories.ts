import { isRepositoryName } from '../decide/names';
import {
  createCustomError,
  createNotFound,
  createValidationFailed,
} from '../errors';
import { toFullRepository } from '../present/repository';
import { deleteRepository } from '../repositories';
import { RepositorySettings } from '../state/model';
import { readSettings } from './accounts';
import { answerNoContent, answerOk, Operations } from './call';

const PATH = '/repos/{owner}/{repo}';

/** A repository itself, and who may do what in it. */
export const repositoryOperations: Operations = {
  [`GET ${PATH}`]: call =>
    answerOk(toFullRepository(call.context, call.repo, call.actor)),

  [`PATCH ${PATH}`]: async call => {
    const { repo, context, git } = call;
    const body = call.readBody<
      Partial<RepositorySettings> & {
        name?: string;
        description?: string | null;
        homepage?: string | null;
        private?: boolean;
        visibility?: 'public' | 'private';
        default_branch?: string;
      }
    >();
    if (body.name !== undefined && body.name !== repo.name)
      assertRenameRefused(body.name);
    if (body.default_branch !== undefined) {
      const branch = body.default_branch;
      if (!(await git.resolve(`refs/heads/${branch}`))) {
        throw createValidationFailed({
          resource: 'Repository',
          field: 'default_branch',
          code: 'invalid',
          message: `The branch ${branch} was not found. Please push that ref first or create it via the Git Data API.`,
        });
      }
      await git.setHead(branch);
      repo.defaultBranch = branch;
    }
    if (body.description !== undefined) repo.description = body.description;
    if (body.homepage !== undefined) repo.homepage = body.homepage;
    if (body.visibility !== undefined)
      repo.isPrivate = body.visibility === 'private';
    else if (body.private !== undefined) repo.isPrivate = body.private;
    Object.assign(repo.settings, readSettings(body));
    repo.updatedAt = context.now();
    return answerOk(toFullRepository(context, repo, call.actor));
  },

  [`DELETE ${PATH}`]: async call => {
    await deleteRepository(call.context, call.repo);
    return answerNoContent();
  },

  [`PUT ${PATH}/topics`]: call => {
    const { names } = call.readBody<{ names: string[] }>();
    const wrong = names.find(name => !/^[a-z0-9][a-z0-9-]{0,49}$/.test(name));
    if (wrong !== undefined) {
      throw createCustomError(
        'Repository',
        'Topics must start with a lowercase letter or number, consist of 50 characters or less, and can include hyphens.',
        'topics',
      );
    }
    call.repo.topics = [...new Set(names)];
    return answerOk({ names: call.repo.topics });
  },

  [`PUT ${PATH}/collaborators/{username}`]: call => {
    const account = call.context.findAccount(call.params.username);
    if (account?.type !== 'User') throw createNotFound();
    const { permission } = call.readBody<{ permission?: string }>();
    call.repo.collaborators[account.login] = permission ?? 'push';
    return answerNoContent();
  },

  [`PUT ${PATH}/subscription`]: call => {
    const { subscribed, ignored } = call.readBody<{
      subscribed?: boolean;
      ignored?: boolean;
    }>();
    const { repo, context } = call;
    const url = context.urls.toRest('repos', repo.owner, repo.name);
    return answerOk({
      subscribed: subscribed ?? false,
      ignored: ignored ?? false,
      reason: null,
      created_at: context.now(),
      url: `${url}/subscription`,
      repository_url: url,
    });
  },
};

const assertRenameRefused = (name: string): never => {
  throw createCustomError(
    'Repository',
    isRepositoryName(name)
      ? 'the local GitHub does not rename repositories; create a new one'
      : 'name can only contain ASCII letters, digits, and the characters ., -, and _',
    'name',
  );
};
