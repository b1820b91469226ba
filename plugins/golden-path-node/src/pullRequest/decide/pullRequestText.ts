import {
  branchName,
  DeclaredDatabase,
  DEFAULT_SIZE,
  INSTANCE_CLASSES,
  kubernetesSecretName,
  PLATFORM_TEAM_SIZES,
  pullRequestLabels,
  pullRequestMarker,
  pullRequestTitle,
  requestId,
  Risk,
  RISK_TERMS,
  secretName,
  Size,
} from '@goldenpath/plugin-golden-path-common';

/** What a pull request says. */
export interface PullRequestText {
  branch: string;
  title: string;
  labels: string[];
  /** Markdown. */
  body: string;
  /** The message of its one commit, with the trailer that tells our commits from others'. */
  commitMessage: string;
}

/**
 * The trailer of every commit that we push to a `database/*` branch.
 *
 * @public
 */
export const commitTrailer = (key: {
  environment: string;
  databaseName: string;
}) => `Goldenpath-Request: ${requestId(key)}`;

/** The pull request of a request. The values keep the contract and so can't break out of the Markdown. */
export const pullRequestText = (
  request: DeclaredDatabase,
  context: { taskId: string; paths: string[]; secretPrefix?: string },
): PullRequestText => {
  const title = pullRequestTitle(request);
  const secret = secretName(
    request.environment,
    request.databaseName,
    context.secretPrefix,
  );
  const sections = [
    `\`${request.requestedBy}\` asks for a PostgreSQL database for \`${request.component_id}\`.`,
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
    `### What the risk asks for\n\n${riskTerms(request.risk as Risk)}`,
    `### Size\n\n${sizeNote(request.size as Size)}`,
    `### What happens next\n\n${nextSteps(request, secret)}`,
    `Changed: ${context.paths.map(code).join(', ')}.`,
    pullRequestMarker(request, context.taskId),
  ];
  return {
    branch: branchName(request),
    title,
    labels: pullRequestLabels(request.environment, request.risk),
    body: `${sections.join('\n\n')}\n`,
    commitMessage: `${title}\n\n${commitTrailer(request)}\n`,
  };
};

const code = (text: string) => `\`${text}\``;

const table = (rows: string[][]): string =>
  [
    '| | |',
    '| --- | --- |',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
  ].join('\n');

const riskTerms = (risk: Risk): string => {
  const { backupRetentionDays, rotationDays, accessReview } = RISK_TERMS[risk];
  return [
    `- Backups are to be kept for ${backupRetentionDays} days.`,
    `- The password is to be rotated every ${rotationDays} days.`,
    ...(accessReview
      ? ['- Who has access is to be reviewed at every rotation.']
      : []),
    '',
    'Merging this records the risk; it sets neither backups nor a rotation.',
  ].join('\n');
};

const sizeNote = (size: Size): string =>
  size === DEFAULT_SIZE
    ? 'The instance is shared; the default size asks for nothing more.'
    : [
        `The instance is shared: merging this does not resize it. \`${size}\` is recorded, and whoever approves this agrees that the instance can carry it.`,
        ...(PLATFORM_TEAM_SIZES.includes(size)
          ? ['For this size that has to be somebody of the platform team.']
          : []),
      ].join(' ');

const nextSteps = (request: DeclaredDatabase, secret: string): string =>
  [
    `Review and merge. Nobody has to type or see a password.`,
    `Terraform makes the credentials in ${code(secret)}.`,
    `The provisioner makes role, database and grants, writes the audit and sets the status to \`active\`.`,
    `External Secrets brings the credentials to the pods as ${code(
      kubernetesSecretName(request.component_id),
    )}.`,
  ]
    .map((step, i) => `${i + 1}. ${step}`)
    .join('\n');
