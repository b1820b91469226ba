import {
  DatabaseUsage,
  REMOVAL_ALLOWED_LABEL,
  removalBranchName,
  RemovalFacts,
  RemovalRequest,
  renderRemovalMarker,
  renderRemovalTitle,
  renderRemovalTrailer,
} from '@goldenpath/plugin-golden-path-common';
import type { InfraRemoval } from '../../infraRepo/decide/planInfraRemoval';
import { code, table } from './markdown';
import type { PullRequestText } from './pullRequestText';

/** The page that says how a person takes the last dump and drops the database. */
const RUNBOOK_URL =
  'https://git.example.org/goldenpath/golden-path/blob/main/docs/runbook.md#decommission-a-database';

/** The trailer that names who asked for a removal: the guard doesn't count this person's approval. */
const renderRequesterTrailer = ({ requestedBy }: RemovalRequest) =>
  `Goldenpath-Requested-By: ${requestedBy}`;

/** Composes the pull request of a removal. */
export const composeRemovalText = (
  removal: RemovalRequest,
  { catalogEntry, tfvarsEntry, changes }: InfraRemoval,
  {
    taskId,
    facts = {},
    runbookUrl = RUNBOOK_URL,
  }: { taskId: string; facts?: RemovalFacts; runbookUrl?: string },
): PullRequestText => {
  const { environment, databaseName, requestedBy, reason } = removal;
  const title = renderRemovalTitle(removal);
  const sections = [
    `${code(requestedBy)} asks to decommission the PostgreSQL database ${code(
      databaseName,
    )} of ${code(environment)}.`,
    ...(reason === '' ? [] : [`Reason: ${code(reason)}`]),
    table([
      ['Database', code(databaseName)],
      ['Environment', code(environment)],
      ...describeEntries({ catalogEntry, tfvarsEntry }),
      ['Requested by', code(requestedBy)],
    ]),
    `### Who depends on it\n\n${describeDependants(facts.dependants)}`,
    `### Use and size\n\n${describeUsage(facts.usage)}`,
    `### Two approvals\n\n${describeApprovals()}`,
    `### What happens next\n\n${describeNextSteps(removal, runbookUrl)}`,
    `Changed: ${changes.map(({ path }) => code(path)).join(', ')}.`,
    renderRemovalMarker(removal, taskId),
  ];
  return {
    branch: removalBranchName(removal),
    title,
    labels: ['rds-database', environment],
    body: `${sections.join('\n\n')}\n`,
    commitMessage: `${title}\n\n${renderRemovalTrailer(
      removal,
    )}\n${renderRequesterTrailer(removal)}\n`,
  };
};

const describeEntries = ({
  catalogEntry,
  tfvarsEntry,
}: Pick<InfraRemoval, 'catalogEntry' | 'tfvarsEntry'>): string[][] => [
  ...(tfvarsEntry ? [['Role', code(tfvarsEntry.username)]] : []),
  ...(catalogEntry
    ? [
        ['Owner', code(catalogEntry.metadata.owner)],
        ['Component', code(catalogEntry.metadata.component)],
        ['Risk', code(catalogEntry.metadata.risk)],
        ['Secret', code(catalogEntry.configuration.secret_path)],
        ['Since', code(catalogEntry.metadata.created_date)],
      ]
    : []),
];

const describeDependants = (dependants: RemovalFacts['dependants']): string => {
  if (dependants === undefined)
    return '> [!WARNING]\n> Nobody looked in the Backstage catalog. Look there before you approve.';
  return dependants.length === 0
    ? 'No entity of the Backstage catalog depends on it.'
    : dependants.map(ref => `- ${code(ref)}`).join('\n');
};

const describeUsage = (usage: RemovalFacts['usage']): string => {
  if (usage === undefined || 'unknown' in usage)
    return `> [!WARNING]\n> The instance was not asked${
      usage ? `: ${code(usage.unknown)}` : ''
    }. Run \`goldenpath-rds usage\` before you approve.`;
  return [
    table(listUsage(usage).map(([name, value]) => [name, code(value)])),
    '',
    'PostgreSQL keeps no time of the last login. The counters include the logins of goldenpath-rds itself.',
  ].join('\n');
};

/**
 * The use of a database as names and values.
 *
 * @public
 */
export const listUsage = (usage: DatabaseUsage): Array<[string, string]> => [
  [
    'Size',
    usage.sizeBytes === undefined
      ? 'unknown: the master may not read it'
      : formatBytes(usage.sizeBytes),
  ],
  [
    'Connections now',
    usage.sessions.length === 0
      ? String(usage.connections)
      : `${usage.connections}: ${usage.sessions
          .map(
            ({ role, application, count }) =>
              `${count} × ${role}${
                application === '' ? '' : ` (${application})`
              }`,
          )
          .join(', ')}`,
  ],
  ...(usage.lastStateChange === undefined
    ? []
    : [
        ['Last activity of an open connection', usage.lastStateChange] as [
          string,
          string,
        ],
      ]),
  [
    'Opened so far',
    `${usage.sessionsOpened} sessions, ${
      usage.transactions
    } transactions since ${
      usage.countedSince ??
      'the database was created, or the server crashed or failed over'
    }`,
  ],
  ['Observed at', usage.observedAt],
];

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Formats a size in units of 1,024, with one digit behind the point. */
const formatBytes = (bytes: number): string => {
  const power = Math.min(
    Math.floor(Math.log2(Math.max(bytes, 1)) / 10),
    UNITS.length - 1,
  );
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${UNITS[power]}`;
};

const describeApprovals = (): string =>
  [
    `A removal requires two people, neither of whom asked for it:`,
    '',
    `1. Someone with write access approves the newest commit in a review.`,
    `2. Someone else, of the platform team, then sets the label ${code(
      REMOVAL_ALLOWED_LABEL,
    )}.`,
    '',
    'A push withdraws both.',
  ].join('\n');

const describeNextSteps = (
  { environment, databaseName }: RemovalRequest,
  runbookUrl: string,
): string =>
  [
    'Nothing is dropped. Terraform deletes the secret, which can be restored within its recovery window.',
    `The next run tells that the database is no longer declared. \`goldenpath-rds provision --root . --env ${environment} --retire ${databaseName}\` locks its role and ends its connections.`,
    `A person takes the last dump and drops the database: [runbook](${runbookUrl}).`,
    'Until then, revert this pull request to undo it.',
  ]
    .map((step, i) => `${i + 1}. ${step}`)
    .join('\n');
