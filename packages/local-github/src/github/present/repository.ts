import { isPerson, findRole } from '../access';
import { Actor, Context } from '../context';
import { isAtLeast } from '../decide/role';
import { Permission, Repository } from '../state/model';
import { toSimpleUser } from './account';
import { toNodeId } from './toNodeId';

/** `repository` of the API's description, which `minimal-repository` is a part of. */
export const toRepository = (context: Context, repo: Repository) => {
  const { urls } = context;
  const self = urls.toRest('repos', repo.owner, repo.name);
  const rest = (path: string) => `${self}${path}`;
  const page = urls.toPage(repo.owner, repo.name);
  const host = new URL(urls.server).host;
  const open = repo.issues.filter(issue => issue.isOpen).length;
  return {
    id: repo.id,
    node_id: toNodeId('Repository', repo.id),
    name: repo.name,
    full_name: `${repo.owner}/${repo.name}`,
    owner: toSimpleUser(context, context.keepAccount(repo.owner)),
    private: repo.isPrivate,
    visibility: repo.isPrivate ? 'private' : 'public',
    description: repo.description,
    homepage: repo.homepage,
    fork: false,
    html_url: page,
    url: rest(''),
    archive_url: rest('/{archive_format}{/ref}'),
    assignees_url: rest('/assignees{/user}'),
    blobs_url: rest('/git/blobs{/sha}'),
    branches_url: rest('/branches{/branch}'),
    collaborators_url: rest('/collaborators{/collaborator}'),
    comments_url: rest('/comments{/number}'),
    commits_url: rest('/commits{/sha}'),
    compare_url: rest('/compare/{base}...{head}'),
    contents_url: rest('/contents/{+path}'),
    contributors_url: rest('/contributors'),
    deployments_url: rest('/deployments'),
    downloads_url: rest('/downloads'),
    events_url: rest('/events'),
    forks_url: rest('/forks'),
    git_commits_url: rest('/git/commits{/sha}'),
    git_refs_url: rest('/git/refs{/sha}'),
    git_tags_url: rest('/git/tags{/sha}'),
    hooks_url: rest('/hooks'),
    issue_comment_url: rest('/issues/comments{/number}'),
    issue_events_url: rest('/issues/events{/number}'),
    issues_url: rest('/issues{/number}'),
    keys_url: rest('/keys{/key_id}'),
    labels_url: rest('/labels{/name}'),
    languages_url: rest('/languages'),
    merges_url: rest('/merges'),
    milestones_url: rest('/milestones{/number}'),
    notifications_url: rest('/notifications{?since,all,participating}'),
    pulls_url: rest('/pulls{/number}'),
    releases_url: rest('/releases{/id}'),
    stargazers_url: rest('/stargazers'),
    statuses_url: rest('/statuses/{sha}'),
    subscribers_url: rest('/subscribers'),
    subscription_url: rest('/subscription'),
    tags_url: rest('/tags'),
    teams_url: rest('/teams'),
    trees_url: rest('/git/trees{/sha}'),
    clone_url: `${page}.git`,
    git_url: `git://${host}/${repo.owner}/${repo.name}.git`,
    ssh_url: `ssh://git@${host}/${repo.owner}/${repo.name}.git`,
    svn_url: page,
    mirror_url: null,
    default_branch: repo.defaultBranch,
    topics: repo.topics,
    language: null,
    license: null,
    size: 0,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    open_issues: open,
    open_issues_count: open,
    ...repo.settings,
    has_downloads: true,
    has_pages: false,
    has_discussions: false,
    is_template: false,
    disabled: false,
    allow_forking: true,
    web_commit_signoff_required: false,
    pushed_at: repo.pushedAt,
    created_at: repo.createdAt,
    updated_at: repo.updatedAt,
  };
};

/** `full-repository` of the API's description. */
export const toFullRepository = (
  context: Context,
  repo: Repository,
  actor: Actor,
) => {
  const owner = context.keepAccount(repo.owner);
  const role = isPerson(actor) ? findRole(context, repo, actor.login) : 'push';
  const may = (needed: Permission) => isAtLeast(role, needed);
  return {
    ...toRepository(context, repo),
    ...(owner.type === 'Organization' && {
      organization: toSimpleUser(context, owner),
    }),
    permissions: {
      admin: may('admin'),
      maintain: may('maintain'),
      push: may('push'),
      triage: may('triage'),
      pull: may('pull'),
    },
    network_count: 0,
    subscribers_count: 0,
  };
};
