import {
  requestId,
  RequestKey,
  runName,
} from '@goldenpath/plugin-golden-path-common';
import {
  InfraRepo,
  parseRequestBranch,
  repoUrl,
} from '@goldenpath/plugin-golden-path-node';
import { ACCESS_REVIEW_LABEL, DRIFT_LABEL } from './readIssues';
import { parseRemovalBranch } from './removals';

/** Published by `@backstage/plugin-events-backend-module-github`. */
export const GITHUB_TOPICS = [
  'github.pull_request',
  'github.pull_request_review',
  'github.push',
  'github.workflow_run',
  'github.issues',
];
/** Published by the scaffolder's module when a claim changes. */
export const CLAIM_TOPIC = 'goldenpath.claim';

/** What is worth to look at: one request, or the lists and files of all. An event says no more than that. */
export type Hint = { look: RequestKey } | 'refresh';

interface Payload {
  repository?: { html_url?: unknown };
  ref?: unknown;
  pull_request?: {
    head?: { ref?: unknown; repo?: { full_name?: unknown } | null };
  };
  workflow_run?: { display_title?: unknown; event?: unknown };
  issue?: { labels?: unknown };
}

/**
 * Reads an event, which anybody may have sent: nothing of it is taken as the state.
 * @returns undefined when it concerns no request of this infra repo
 */
export const readHint = (
  topic: string,
  payload: unknown,
  infraRepo: InfraRepo,
  environments: readonly string[],
): Hint | undefined => {
  if (topic === CLAIM_TOPIC) return 'refresh';
  const event = (
    typeof payload === 'object' && payload !== null ? payload : {}
  ) as Payload;
  if (fold(event.repository?.html_url) !== fold(repoUrl(infraRepo)))
    return undefined;
  const ofBranch = (branch: unknown): Hint | undefined => {
    const key = parseRequestBranch(String(branch), environments);
    if (key) return { look: key };
    return parseRemovalBranch(String(branch), environments) && 'refresh';
  };
  switch (topic) {
    case 'github.pull_request':
    case 'github.pull_request_review': {
      const head = event.pull_request?.head;
      const isOwn =
        fold(head?.repo?.full_name) ===
        fold(`${infraRepo.owner}/${infraRepo.repo}`);
      return isOwn ? ofBranch(head?.ref) : undefined;
    }
    case 'github.push':
      return event.ref === `refs/heads/${infraRepo.branch}`
        ? 'refresh'
        : ofBranch(String(event.ref).replace(/^refs\/heads\//, ''));
    case 'github.workflow_run':
      return event.workflow_run?.event === 'workflow_dispatch'
        ? ofRunName(event.workflow_run.display_title, environments)
        : 'refresh';
    case 'github.issues':
      return hasOurLabel(event.issue?.labels) ? 'refresh' : undefined;
    default:
      return undefined;
  }
};

/** The run-name of a request: `database <request id> <task id>`. */
const ofRunName = (
  title: unknown,
  environments: readonly string[],
): Hint | undefined => {
  const [, id = '', taskId = ''] = String(title).split(' ');
  const at = id.lastIndexOf('-');
  const key = { environment: id.slice(0, at), databaseName: id.slice(at + 1) };
  return environments.includes(key.environment) &&
    requestId(key) === id &&
    runName(key, taskId) === title
    ? { look: key }
    : undefined;
};

const hasOurLabel = (labels: unknown): boolean =>
  Array.isArray(labels) &&
  labels.some(label =>
    [DRIFT_LABEL, ACCESS_REVIEW_LABEL].includes(label?.name),
  );

const fold = (value: unknown): string => String(value).toLocaleLowerCase('en');
