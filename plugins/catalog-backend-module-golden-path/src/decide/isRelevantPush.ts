import { SETTINGS_PATH } from '@goldenpath/plugin-golden-path-common';
import { InfraRepo, repoUrl } from '@goldenpath/plugin-golden-path-node';

/** What a push event of GitHub says, as far as it matters here. https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
interface PushEvent {
  ref?: unknown;
  repository?: { html_url?: unknown };
  commits?: unknown;
}

/**
 * Whether a push may have changed what the entities are made of. GitHub lists at most 2,048 commits of a push, so one
 * with that many counts.
 */
export const isRelevantPush = (
  payload: unknown,
  infraRepo: InfraRepo,
  catalogPath: string,
): boolean => {
  const { ref, repository, commits } = (payload ?? {}) as PushEvent;
  if (
    ref !== `refs/heads/${infraRepo.branch}` ||
    String(repository?.html_url).toLocaleLowerCase('en') !==
      repoUrl(infraRepo).toLocaleLowerCase('en')
  )
    return false;
  if (!Array.isArray(commits) || commits.length >= 2048) return true;
  return commits
    .flatMap(({ added = [], modified = [], removed = [] }) =>
      [added, modified, removed].flat(),
    )
    .some(
      path =>
        path === catalogPath ||
        path === SETTINGS_PATH ||
        String(path).startsWith('governance/'),
    );
};
