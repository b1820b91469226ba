import {
  branchName,
  DeclaredDatabase,
  DEFAULT_SIZE,
  INSTANCE_CLASSES,
  isByHand,
  kubernetesSecretName,
  PLATFORM_TEAM_SIZES,
  listPullRequestLabels,
  renderPullRequestMarker,
  renderPullRequestTitle,
  requestId,
  Risk,
  RISK_TERMS,
  secretName,
  Size,
} from '@goldenpath/plugin-golden-path-common';
import { code, table } from './markdown';

/** The texts of a pull request. */
export interface PullRequestText {
  branch: string;
  title: string;
  labels: string[];
  /** Markdown. */
  body: string;
  /** Message of its commit, with the trailer that identifies our commits. */
  commitMessage: string;
}

/**
 * Prints the trailer of every commit that we push to a `database/*` branch.
 *
 * @public
 */
export const renderCommitTrailer = (key: {
  environment: string;
  databaseName: string;
}) => `Goldenpath-Request: ${requestId(key)}`;

/** Composes the pull request of a request. Values are validated, so they are safe in Markdown. */
export const pullRequestText = (
  request: DeclaredDatabase,
  context: { taskId: string; paths: string[]; secretPrefix?: string },
): PullRequestText => {
  const title = renderPullRequestTitle(request);
  const secret = secretName(
    request.environment,
    request.databaseName,
    context.secretPrefix,
  );
  const sections = [
    `\`${request.requestedBy}\` requests a PostgreSQL database for \`${request.component_id}\`.`,
    ...(isByHand(request.requestedBy) ? [describeByHand(request)] : []),
    table([
      ['Database', code(request.databaseName)],
      ['Role', code(request.username)],
      ['Environment', code(request.environment)],
      ['Owner', code(request.owner)],
      ['Component', code(request.component_id)],
      ['Requested by', code(request.requestedBy)],
      ['Domain', code(request.domain)],
      ['Risk', code(request.risk)],
      [
        'Size',
        `${code(request.size)} (${code(
          INSTANCE_CLASSES[request.size as Size],
        )})`,
      ],
      ['Secret', code(secret)],
    ]),
    `### What the risk requires\n\n${describeRiskTerms(request.risk as Risk)}`,
    `### Size\n\n${describeSize(request.size as Size)}`,
    `### What happens next\n\n${describeNextSteps(request, secret)}`,
    `Changed: ${context.paths.map(code).join(', ')}.`,
    renderPullRequestMarker(request, context.taskId),
  ];
  return {
    branch: branchName(request),
    title,
    labels: listPullRequestLabels(request.environment, request.risk),
    body: `${sections.join('\n\n')}\n`,
    commitMessage: `${title}\n\n${renderCommitTrailer(request)}\n`,
  };
};

const describeByHand = ({ owner }: DeclaredDatabase): string =>
  `> [!WARNING]\n> The workflow was dispatched on GitHub and not by Backstage, so nobody checked that this person belongs to ${code(
    owner,
  )}. Ask that team before you merge.`;

const describeRiskTerms = (risk: Risk): string => {
  const { backupRetentionDays, rotationDays, accessReview } = RISK_TERMS[risk];
  return [
    `- Keep backups for ${backupRetentionDays} days.`,
    `- The password rotates every ${rotationDays} days, if rotation is turned on in this repository. Two logins take turns, so no pod loses its connection.`,
    ...(accessReview
      ? [`- An issue asks for an access review every ${rotationDays} days.`]
      : []),
    '',
    'Merging this records the risk. Rotation follows it; backups are a setting of the instance.',
  ].join('\n');
};

const describeSize = (size: Size): string =>
  size === DEFAULT_SIZE
    ? 'The instance is shared; the default size requires no approval.'
    : [
        `The instance is shared: merging this does not resize it. It records \`${size}\`; the approver confirms that the instance has the capacity.`,
        ...(PLATFORM_TEAM_SIZES.includes(size)
          ? ['For this size the platform team must approve.']
          : []),
      ].join(' ');

const describeNextSteps = (request: DeclaredDatabase, secret: string): string =>
  [
    `Review and merge. No person types or sees a password.`,
    `Terraform creates the credentials in ${code(secret)}.`,
    `The provisioner creates role, database and grants, writes the audit and sets the status to \`active\`.`,
    `External Secrets provides the credentials to the pods as ${code(
      kubernetesSecretName(request.component_id),
    )}.`,
  ]
    .map((step, i) => `${i + 1}. ${step}`)
    .join('\n');
