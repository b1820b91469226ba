import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { GUARD_CHECK } from './findBranchPoints';
import { findGitHubPoints } from './findGitHubPoints';
import type {
  BranchRules,
  GitHubEnvironment,
  GitHubSetup,
} from './githubSetup';

const EXPECTED = {
  environments: ['dev', 'perf'],
  approvers: 'platform-team',
  branch: 'main',
};
const VARIABLES: Record<string, string> = {
  AWS_REGION: 'eu-central-1',
  TERRAFORM_STATE_BUCKET: 'acme-terraform',
  AWS_PLAN_ROLE_ARN: 'arn',
  GOLDENPATH_CLI: 'tools/goldenpath-rds.tgz',
  GOLDENPATH_DISPATCHER: 'backstage[bot]',
};
const RULES: BranchRules = {
  checks: [GUARD_CHECK, 'lint'],
  approvals: 1,
  codeOwners: true,
  allowsForcePushes: false,
  allowsDeletion: false,
  includesAdmins: true,
};

const environment = (
  name: string,
  variables: Record<string, string> = {},
  change: Partial<GitHubEnvironment> = {},
): GitHubEnvironment => ({
  name,
  hasReviewers: false,
  openTo: { value: [{ name: 'main', type: 'branch' }] },
  variables: { value: variables },
  secrets: { value: [] },
  ...change,
});

const ENVIRONMENTS = [
  environment('dev', { AWS_APPLY_ROLE_ARN: 'arn' }),
  environment('dev-check', {
    AWS_CHECK_ROLE_ARN: 'arn',
    GOLDENPATH_MASTER_SECRET_DEV: 'goldenpath/dev/rds/check',
  }),
  environment(
    'perf',
    { AWS_APPLY_ROLE_ARN: 'arn', ALLOW_DB_PROVISION: 'true' },
    { hasReviewers: true },
  ),
  environment('perf-check', {
    AWS_CHECK_ROLE_ARN: 'arn',
    GOLDENPATH_MASTER_SECRET_PERF: 'goldenpath/perf/rds/check',
  }),
  environment('rds-request'),
  environment('rds-review'),
];
const SETUP: GitHubSetup = {
  ids: { value: { owner: 1, repo: 2 } },
  variables: { value: VARIABLES },
  secrets: { value: [] },
  environments: { value: ENVIRONMENTS },
  branch: { value: RULES },
  workflows: { value: { byDefault: 'read', mayOpenPulls: true } },
  teams: { value: { 'platform-team': 'push' } },
};

const withVariables = (change: Record<string, string>) => ({
  variables: { value: { ...VARIABLES, ...change } },
});
/** The environment of this name is another one. */
const withEnvironment = (name: string, change: Partial<GitHubEnvironment>) => ({
  environments: {
    value: ENVIRONMENTS.map(one =>
      one.name === name ? { ...one, ...change } : one,
    ),
  },
});
/** Rotation by rds-rotate.yml, turned on or off, with these environments for it. */
const withRotation = (isOn: boolean, ...rotating: GitHubEnvironment[]) => ({
  ...withVariables(isOn ? { GOLDENPATH_ROTATION: 'true' } : {}),
  environments: { value: [...ENVIRONMENTS, ...rotating] },
});
const rotate = (name: string, change: Partial<GitHubEnvironment> = {}) =>
  environment(`${name}-rotate`, { AWS_ROTATION_ROLE_ARN: 'arn' }, change);
const withRules = (change: Partial<BranchRules>) => ({
  branch: { value: { ...RULES, ...change } },
});
/** An App, whose key is in these environments. */
const withApp = (...holders: string[]) => ({
  ...withVariables({ GOLDENPATH_APP_ID: '7' }),
  environments: {
    value: ENVIRONMENTS.map(one => ({
      ...one,
      secrets: {
        value: holders.includes(one.name) ? ['GOLDENPATH_APP_PRIVATE_KEY'] : [],
      },
    })),
  },
});

describe('findGitHubPoints', () => {
  const find = (change: Partial<GitHubSetup>) =>
    findGitHubPoints({ ...SETUP, ...change }, EXPECTED).map(
      ({ status, text }) => `${status}: ${text}`,
    );

  it('names the check by the job of the guard', () => {
    const { jobs } = parse(
      readFileSync(
        resolve(
          __dirname,
          '../../../../../platform/.github/workflows/rds-database-guard.yml',
        ),
        'utf8',
      ),
    );
    expect(
      Object.values<{ name: string }>(jobs).map(job => job.name),
    ).toContain(GUARD_CHECK);
  });

  it.each<{ reason: string; change: Partial<GitHubSetup> }>([
    { reason: 'everything is set', change: {} },
    {
      reason: 'a plan role for each environment',
      change: withVariables({
        AWS_PLAN_ROLE_ARN: '',
        AWS_PLAN_ROLE_ARN_DEV: 'arn',
        AWS_PLAN_ROLE_ARN_PERF: 'arn',
      }),
    },
    {
      reason: 'a download with its checksum',
      change: withVariables({
        GOLDENPATH_CLI: 'https://example.com/x.tgz',
        GOLDENPATH_CLI_SHA256: 'abc',
      }),
    },
    {
      reason: 'an App with its key, which needs no permission of GITHUB_TOKEN',
      change: {
        ...withApp('dev', 'perf', 'rds-request'),
        workflows: { value: { byDefault: 'read', mayOpenPulls: false } },
      },
    },
    {
      reason: 'names of environments are compared without case',
      change: withEnvironment('dev', { name: 'Dev' }),
    },
    {
      reason: 'an environment of somebody else is theirs',
      change: {
        environments: {
          value: [
            ...ENVIRONMENTS,
            environment('pages', {}, { openTo: { value: 'all' } }),
          ],
        },
      },
    },
    {
      reason: 'rotation in every environment',
      change: withRotation(true, rotate('dev'), rotate('perf')),
    },
    {
      reason: 'rotation is prepared in one environment',
      change: withRotation(false, rotate('Dev')),
    },
    { reason: 'more approvals than one', change: withRules({ approvals: 2 }) },
  ])('finds nothing: $reason', ({ change }) => {
    expect(find(change)).toEqual([]);
  });

  it.each<{ reason: string; change: Partial<GitHubSetup>; says: string[] }>([
    {
      reason: 'an empty variable is missing',
      change: withVariables({ AWS_REGION: ' ' }),
      says: [
        'open: variable AWS_REGION: missing. Every job that uses AWS fails without it. Set it to the region, such as eu-central-1 (',
      ],
    },
    {
      reason: 'no dispatcher',
      change: withVariables({ GOLDENPATH_DISPATCHER: '' }),
      says: ['open: variable GOLDENPATH_DISPATCHER: missing. '],
    },
    {
      reason: 'one environment has no plan role',
      change: withVariables({
        AWS_PLAN_ROLE_ARN: '',
        AWS_PLAN_ROLE_ARN_DEV: 'arn',
      }),
      says: ['open: variable AWS_PLAN_ROLE_ARN_PERF: missing. '],
    },
    {
      reason: 'a download without a checksum',
      change: withVariables({ GOLDENPATH_CLI: 'https://example.com/x.tgz' }),
      says: ['open: variable GOLDENPATH_CLI_SHA256: missing. '],
    },
    {
      reason: 'paused',
      change: withVariables({ GOLDENPATH_PAUSED: 'true' }),
      says: ['open: variable GOLDENPATH_PAUSED: true. '],
    },
    {
      reason: 'keys of both Apps are secrets of the repo',
      change: {
        secrets: {
          value: [
            'GOLDENPATH_APP_PRIVATE_KEY',
            'GOLDENPATH_REVIEW_APP_PRIVATE_KEY',
            'OTHER',
          ],
        },
      },
      says: [
        'open: secret GOLDENPATH_APP_PRIVATE_KEY: a secret of the repo or of its organization. ',
        'open: secret GOLDENPATH_REVIEW_APP_PRIVATE_KEY: a secret of the repo or of its organization. ',
      ],
    },
    {
      reason: 'the key of the App is missing where a job uses it',
      change: withApp('dev', 'perf'),
      says: [
        'open: environment rds-request: secret GOLDENPATH_APP_PRIVATE_KEY missing. ',
      ],
    },
    {
      reason: 'the key of the review App is missing',
      change: withVariables({ GOLDENPATH_REVIEW_APP_ID: '8' }),
      says: [
        'open: environment rds-review: secret GOLDENPATH_REVIEW_APP_PRIVATE_KEY missing. ',
      ],
    },
    {
      reason: 'another environment that every branch may use holds a key',
      change: {
        environments: {
          value: [
            ...ENVIRONMENTS,
            environment(
              'pages',
              {},
              {
                openTo: { value: 'all' },
                secrets: { value: ['GOLDENPATH_APP_PRIVATE_KEY'] },
              },
            ),
          ],
        },
      },
      says: ['open: environment pages: open to every branch. '],
    },
    {
      reason: 'an environment is missing',
      change: {
        environments: {
          value: ENVIRONMENTS.filter(({ name }) => name !== 'rds-review'),
        },
      },
      says: ['open: environment rds-review: missing. '],
    },
    {
      reason: 'every protected branch',
      change: withEnvironment('perf', {
        openTo: { value: 'protected branches' },
      }),
      says: ['open: environment perf: open to every protected branch. '],
    },
    {
      reason: 'a tag of the same name',
      change: withEnvironment('perf', {
        openTo: {
          value: [
            { name: 'main', type: 'branch' },
            { name: 'main', type: 'tag' },
          ],
        },
      }),
      says: ['open: environment perf: open to the tag "main". '],
    },
    {
      reason: 'a pattern that also covers main',
      change: withEnvironment('perf', {
        openTo: { value: [{ name: 'm*', type: 'branch' }] },
      }),
      says: ['open: environment perf: open to the branch "m*". '],
    },
    {
      reason: 'no branch at all',
      change: withEnvironment('perf', { openTo: { value: [] } }),
      says: ['open: environment perf: closed, also to main. '],
    },
    {
      reason: 'no reviewers, beyond dev',
      change: withEnvironment('perf', { hasReviewers: false }),
      says: ['open: environment perf: no required reviewers. '],
    },
    {
      reason: 'variables of an environment are missing or wrong',
      change: withEnvironment('perf', {
        variables: { value: { ALLOW_DB_PROVISION: 'yes' } },
      }),
      says: [
        'open: environment perf: variable AWS_APPLY_ROLE_ARN missing. ',
        'open: environment perf: variable ALLOW_DB_PROVISION is "yes". The provisioner refuses to run without it. Set it to true (',
      ],
    },
    {
      reason: 'the check has no role and no login of its own',
      change: withEnvironment('dev-check', { variables: { value: {} } }),
      says: [
        'open: environment dev-check: variable AWS_CHECK_ROLE_ARN missing. ',
        'open: environment dev-check: variable GOLDENPATH_MASTER_SECRET_DEV missing. ',
      ],
    },
    {
      reason: 'rotation without its environments',
      change: withRotation(true, rotate('dev')),
      says: ['open: environment perf-rotate: missing. '],
    },
    {
      reason: 'rotation that every branch may use',
      change: withRotation(
        true,
        rotate('dev', { openTo: { value: 'all' } }),
        rotate('perf', { variables: { value: {} } }),
      ),
      says: [
        'open: environment dev-rotate: open to every branch. ',
        'open: environment perf-rotate: variable AWS_ROTATION_ROLE_ARN missing. ',
      ],
    },
    {
      reason: 'rotation is off, and its open environment is left',
      change: withRotation(
        false,
        environment('DEV-rotate', {}, { openTo: { value: 'all' } }),
      ),
      says: [
        'open: environment DEV-rotate: open to every branch. ',
        'open: environment dev-rotate: variable AWS_ROTATION_ROLE_ARN missing. ',
      ],
    },
    {
      reason: "rotation without the App's key",
      change: {
        ...withVariables({
          GOLDENPATH_ROTATION: 'true',
          GOLDENPATH_APP_ID: '7',
        }),
        environments: {
          value: [
            ...withApp('dev', 'perf', 'rds-request').environments.value,
            rotate('dev', {
              secrets: { value: ['GOLDENPATH_APP_PRIVATE_KEY'] },
            }),
            rotate('perf'),
          ],
        },
      },
      says: [
        'open: environment perf-rotate: secret GOLDENPATH_APP_PRIVATE_KEY missing. ',
      ],
    },
    {
      reason: 'the guard is not required',
      change: withRules({ checks: ['lint'] }),
      says: [`open: rules of main: the check "${GUARD_CHECK}" is not required`],
    },
    {
      reason: 'no review',
      change: withRules({ approvals: 0 }),
      says: ['open: rules of main: no review is required. '],
    },
    {
      reason: 'no code owners',
      change: withRules({ codeOwners: false }),
      says: ['open: rules of main: no review by code owners is required. '],
    },
    {
      reason: 'force pushes and deletion',
      change: withRules({ allowsForcePushes: true, allowsDeletion: true }),
      says: [
        'open: rules of main: force pushes are allowed. ',
        'open: rules of main: the branch can be deleted. ',
      ],
    },
    {
      reason: 'administrators may bypass',
      change: withRules({ includesAdmins: false }),
      says: ['note: rules of main: administrators may bypass them. '],
    },
    {
      reason: 'rulesets alone',
      change: withRules({ includesAdmins: undefined }),
      says: ['note: rules of main: come from rulesets, '],
    },
    {
      reason: 'write by default',
      change: {
        workflows: { value: { byDefault: 'write', mayOpenPulls: true } },
      },
      says: ['open: permissions of workflows: write by default. '],
    },
    {
      reason: 'no App, and no pull requests by GITHUB_TOKEN',
      change: {
        workflows: { value: { byDefault: 'read', mayOpenPulls: false } },
      },
      says: ['open: permissions of workflows: may not create pull requests. '],
    },
    {
      reason: 'the approvers are no team of the repo',
      change: { teams: { value: { other: 'admin' } } },
      says: [
        "open: team platform-team, the approvers of goldenpath.yaml: doesn't exist, or has no access to the repo. ",
      ],
    },
    {
      reason: 'the approvers may only read',
      change: { teams: { value: { 'platform-team': 'triage' } } },
      says: [
        'open: team platform-team, the approvers of goldenpath.yaml: has the permission triage. ',
      ],
    },
  ])('says: $reason', ({ change, says }) => {
    expect(find(change)).toEqual(
      says.map(words => expect.stringContaining(words)),
    );
  });

  const reason = 'GitHub answered 403.';
  it('calls nothing fine that could not be read', () => {
    const hidden = { reason };
    expect(
      find({
        variables: hidden,
        secrets: hidden,
        environments: hidden,
        branch: hidden,
        workflows: hidden,
        teams: hidden,
      }),
    ).toEqual([
      `not checked: variables of the repo: ${reason}`,
      `not checked: secrets of the repo: ${reason}`,
      `not checked: environments of the repo: ${reason}`,
      `not checked: rules of main: ${reason}`,
      `not checked: permissions of workflows: ${reason}`,
      `not checked: teams of the repo: ${reason}`,
    ]);
  });

  it('says what of an environment could not be read', () => {
    const hidden = { reason };
    expect(
      find({
        ...withApp('dev', 'rds-request'),
        environments: {
          value: [
            ...ENVIRONMENTS.slice(0, 2).map(one => ({
              ...one,
              secrets: { value: ['GOLDENPATH_APP_PRIVATE_KEY'] },
            })),
            {
              ...ENVIRONMENTS[2],
              openTo: hidden,
              variables: hidden,
              secrets: hidden,
            },
            ENVIRONMENTS[3],
            {
              ...ENVIRONMENTS[4],
              secrets: { value: ['GOLDENPATH_APP_PRIVATE_KEY'] },
            },
            ENVIRONMENTS[5],
          ],
        },
      }),
    ).toEqual([
      `not checked: branches of the environment perf: ${reason}`,
      `not checked: variables of the environment perf: ${reason}`,
      `not checked: secrets of the environment perf: ${reason}`,
    ]);
  });

  it('does not say that pull requests are refused while it is unknown whether there is an App', () => {
    expect(
      find({
        variables: { reason },
        workflows: { value: { byDefault: 'read', mayOpenPulls: false } },
      }),
    ).toEqual([
      `not checked: variables of the repo: ${reason}`,
      `not checked: permissions of workflows to create pull requests: ${reason}`,
    ]);
  });
});
