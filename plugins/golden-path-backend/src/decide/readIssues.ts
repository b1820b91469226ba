import { requestId } from '@goldenpath/plugin-golden-path-common';
import type { ListedIssue } from '@goldenpath/plugin-golden-path-node';
import type { IssueSeen } from './evidence';

/** Labels of the issues that the workflows of the infra repo keep; who may set labels may triage there. */
export const DRIFT_LABEL = 'rds-drift';
export const ACCESS_REVIEW_LABEL = 'rds-access-review';
/** The account of GITHUB_TOKEN, with which rds-drift.yml opens the issues; on GitHub Enterprise too. */
const WORKFLOWS = 'github-actions[bot]';

/** The databases that the open drift issues name, by request id. One issue has the output of an environment's check. */
export const readDriftIssues = (
  issues: readonly ListedIssue[],
): Map<string, IssueSeen> =>
  new Map(
    issues.filter(isOfWorkflows).flatMap(issue => {
      const environment = /^RDS drift in ([a-z][a-z0-9]*)$/.exec(
        issue.title,
      )?.[1];
      return environment
        ? listDrifted(issue.body).map(
            databaseName =>
              [
                requestId({ environment, databaseName }),
                toSeen(issue),
              ] as const,
          )
        : [];
    }),
  );

/** The databases whose access is to be reviewed, by request id. */
export const readAccessReviews = (
  issues: readonly ListedIssue[],
): Map<string, IssueSeen> =>
  new Map(
    // The newest comes last and wins.
    issues
      .filter(isOfWorkflows)
      .sort((a, b) => a.number - b.number)
      .flatMap(issue => {
        const match =
          /^Access review of \S+: ([a-z][a-z0-9_]*) \(([a-z][a-z0-9]*)\)$/.exec(
            issue.title,
          );
        return match
          ? [
              [
                requestId({ environment: match[2], databaseName: match[1] }),
                toSeen(issue),
              ] as const,
            ]
          : [];
      }),
  );

const isOfWorkflows = ({ author }: ListedIssue) => author === WORKFLOWS;

/**
 * The summary's rows, as `printEvent` prints them: `users_db  drifted  1 change`. A long output is cut before them: then the
 * plan's, `+ users_db (users_user)`, whose databases may also be ones that could not be checked.
 */
const listDrifted = (body: string): string[] => {
  const names = (pattern: RegExp) => [
    ...new Set([...body.matchAll(pattern)].map(match => match[1])),
  ];
  const rows = names(/^(\S+)\s+(?:drifted|refused)\s+\d+ changes?\s*$/gm);
  return rows.length > 0 ? rows : names(/^[+!] (\S+) \(\S+\)\s*$/gm);
};

const toSeen = ({ number, url, createdAt }: ListedIssue): IssueSeen => ({
  number,
  url,
  at: createdAt,
});
