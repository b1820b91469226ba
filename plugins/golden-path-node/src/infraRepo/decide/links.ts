import {
  branchName,
  RequestKey,
  SETTINGS_PATH,
} from '@goldenpath/plugin-golden-path-common';

/**
 * Where the platform team declares its databases.
 *
 * @public
 */
export interface InfraRepo {
  /** Of the host's pages, such as `https://github.com`. */
  webUrl: string;
  owner: string;
  repo: string;
  branch: string;
  /** Default: the one in the infra repo's goldenpath.yaml. */
  catalogPath: string | undefined;
}

/** @public */
export const repoUrl = ({ webUrl, owner, repo }: InfraRepo): string =>
  `${webUrl}/${owner}/${repo}`;

/** @public */
export const fileUrl = (infraRepo: InfraRepo, path: string): string =>
  `${repoUrl(infraRepo)}/blob/${infraRepo.branch}/${path}`;

/** @public */
export const settingsUrl = (infraRepo: InfraRepo): string =>
  fileUrl(infraRepo, SETTINGS_PATH);

/**
 * The pull requests from the branch of a request: the one that declared the database, and later ones.
 *
 * @public
 */
export const pullRequestsUrl = (
  infraRepo: InfraRepo,
  key: RequestKey,
): string =>
  `${repoUrl(infraRepo)}/pulls?q=${encodeURIComponent(
    `is:pr head:${branchName(key)}`,
  )}`;

/** The host of the AWS console for each partition, by the first part of the region. */
const CONSOLES: Record<string, string> = {
  cn: 'console.amazonaws.cn',
  'us-gov': 'console.amazonaws-us-gov.com',
};

/**
 * The secret in the AWS console.
 *
 * @public
 */
export const secretUrl = (region: string, path: string): string => {
  const partition = Object.keys(CONSOLES).find(name =>
    region.startsWith(`${name}-`),
  );
  const host = partition ? CONSOLES[partition] : 'console.aws.amazon.com';
  return `https://${host}/secretsmanager/secret?${new URLSearchParams({
    name: path,
    region,
  })}`;
};

/**
 * The page of a run, from the infra repo's audit; undefined unless it is a page of the infra repo itself.
 *
 * @public
 */
export const runUrl = (
  infraRepo: InfraRepo,
  run: { id: string; url: string } | undefined,
): string | undefined => {
  if (!run) return undefined;
  const runs = `${repoUrl(infraRepo)}/actions/runs/`;
  const id = run.url.startsWith(runs) ? run.url.slice(runs.length) : run.id;
  return /^[0-9]{1,20}$/.test(id) ? `${runs}${id}` : undefined;
};
