import {
  APP_ID,
  APP_KEY,
  CLI_VARIABLE,
  ExpectedSetup,
  GitHubSetup,
  nameVariable,
  readVariable,
  REQUEST_ENVIRONMENT,
  REVIEW_APP_KEY,
  REVIEW_ENVIRONMENT,
} from './githubSetup';
import { checkReading, createOpenPoint, SetupPoint } from './setupPoint';

const VARIABLES_PAGE = 'Settings → Secrets and variables → Actions → Variables';
const ACTIONS_PAGE = 'Settings → Actions → General';

/** The variables that every installation sets. docs/install.md, step 4, lists the same. */
const REQUIRED: Record<string, { why: string; value: string }> = {
  AWS_REGION: {
    why: 'Every job that uses AWS fails without it.',
    value: 'the region, such as eu-central-1',
  },
  TERRAFORM_STATE_BUCKET: {
    why: 'terraform init fails without it.',
    value: 'the S3 bucket of the Terraform state',
  },
  [CLI_VARIABLE]: {
    why: 'The workflows run this command line.',
    value: 'path, URL or package of goldenpath-rds',
  },
  GOLDENPATH_DISPATCHER: {
    why: 'Without it every request is recorded as by hand, and nobody checked the membership.',
    value: 'the login that Backstage dispatches with, such as backstage[bot]',
  },
};

/** Checks the variables of the repo. */
export const findVariablePoints = (
  { variables }: Pick<GitHubSetup, 'variables'>,
  { environments }: Pick<ExpectedSetup, 'environments'>,
): SetupPoint[] =>
  checkReading('variables of the repo', variables, values => {
    const has = (name: string) => readVariable(values, name) !== undefined;
    const points = Object.entries(REQUIRED)
      .filter(([name]) => !has(name))
      .map(([name, { why, value }]) =>
        createOpenPoint(`variable ${name}: missing`, {
          why,
          next: `Set it to ${value} (${VARIABLES_PAGE}).`,
        }),
      );
    const roles = environments.filter(
      environment =>
        !has('AWS_PLAN_ROLE_ARN') &&
        !has(nameVariable('AWS_PLAN_ROLE_ARN', environment)),
    );
    for (const environment of roles)
      points.push(
        createOpenPoint(
          `variable ${nameVariable('AWS_PLAN_ROLE_ARN', environment)}: missing`,
          {
            why: `Plans of ${environment} fail without it.`,
            next: `Set it to the ARN of the plan role (${VARIABLES_PAGE}).`,
          },
        ),
      );
    const isDownload = readVariable(values, CLI_VARIABLE)?.startsWith(
      'https://',
    );
    if (isDownload && !has('GOLDENPATH_CLI_SHA256'))
      points.push(
        createOpenPoint('variable GOLDENPATH_CLI_SHA256: missing', {
          why: `${CLI_VARIABLE} is a download, which the workflows refuse without a checksum.`,
          next: `Set it to the SHA-256 checksum of the archive (${VARIABLES_PAGE}).`,
        }),
      );
    if (readVariable(values, 'GOLDENPATH_PAUSED') === 'true')
      points.push(
        createOpenPoint('variable GOLDENPATH_PAUSED: true', {
          why: 'Apply and drift checks do nothing.',
          next: 'Delete it once the upgrade is done.',
        }),
      );
    return points;
  });

/** Checks that no key of an App is a secret of the repo. */
export const findSecretPlacePoints = ({
  secrets,
}: Pick<GitHubSetup, 'secrets'>): SetupPoint[] =>
  checkReading('secrets of the repo', secrets, names =>
    [APP_KEY, REVIEW_APP_KEY]
      .filter(name => names.includes(name))
      .map(name =>
        createOpenPoint(
          `secret ${name}: a secret of the repo or of its organization`,
          {
            why: 'A workflow on any branch can read it.',
            next: `Delete it there, generate a new key, and store that one in the GitHub ${
              name === APP_KEY
                ? `environments ${REQUEST_ENVIRONMENT} and <environment>`
                : `environment ${REVIEW_ENVIRONMENT}`
            }.`,
          },
        ),
      ),
  );

/** Checks what a workflow's own token may do. */
export const findWorkflowPoints = ({
  workflows,
  variables,
}: Pick<GitHubSetup, 'workflows' | 'variables'>): SetupPoint[] =>
  checkReading(
    'permissions of workflows',
    workflows,
    ({ byDefault, mayOpenPulls }) => {
      return [
        ...(byDefault === 'read'
          ? []
          : [
              createOpenPoint('permissions of workflows: write by default', {
                why: 'A workflow that names no permissions gets a token that can push.',
                next: `Choose "Read repository contents and packages permissions" (${ACTIONS_PAGE}).`,
              }),
            ]),
        ...(mayOpenPulls
          ? []
          : checkReading(
              'permissions of workflows to create pull requests',
              variables,
              values =>
                readVariable(values, APP_ID) !== undefined
                  ? []
                  : [
                      createOpenPoint(
                        'permissions of workflows: may not create pull requests',
                        {
                          why: `Without ${APP_ID} the workflows open requests with GITHUB_TOKEN.`,
                          next: `Allow GitHub Actions to create pull requests (${ACTIONS_PAGE}), or use an App.`,
                        },
                      ),
                    ],
            )),
      ];
    },
  );

const MAY_WRITE = ['push', 'maintain', 'admin'];

/** Checks the team whose labels count. */
export const findTeamPoints = (
  { teams }: Pick<GitHubSetup, 'teams'>,
  { approvers }: Pick<ExpectedSetup, 'approvers'>,
): SetupPoint[] =>
  checkReading('teams of the repo', teams, permissions => {
    const permission = Object.hasOwn(permissions, approvers)
      ? permissions[approvers]
      : undefined;
    if (permission !== undefined && MAY_WRITE.includes(permission)) return [];
    const found =
      permission === undefined
        ? "doesn't exist, or has no access to the repo"
        : `has the permission ${permission}`;
    return [
      createOpenPoint(
        `team ${approvers}, the approvers of goldenpath.yaml: ${found}`,
        {
          why: 'GitHub ignores code owners without write access, and nobody else can set the labels.',
          next: 'Give the team write access (Settings → Collaborators and teams).',
        },
      ),
    ];
  });
