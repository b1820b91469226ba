import {
  DatabaseStatus,
  databaseStatusSchema,
  DatabaseSummary,
  databaseSummarySchema,
  STATUS_STEPS,
  StatusStep,
} from '@goldenpath/plugin-golden-path-common';

const GITHUB = 'https://github.example/acme/platform-infra';
const AT = '2026-11-24T10:15:00.000Z';

const NEXT: Partial<Record<StatusStep, NonNullable<DatabaseStatus['next']>>> = {
  requested: {
    reason: 'The workflow run opens the pull request.',
    who: 'the workflow',
    refs: [],
  },
  pull_request: {
    reason: 'The pull request waits for a review.',
    who: 'a reviewer of platform-team',
    refs: ['group:default/platform-team'],
    since: AT,
  },
  approved: {
    reason: 'The pull request is approved and not merged.',
    who: 'anyone with write access to platform-infra',
    refs: [],
  },
  merged: {
    reason: 'Terraform creates the credentials.',
    who: 'the apply workflow',
    refs: [],
  },
  credentials: {
    reason: 'The provisioner creates role and database.',
    who: 'the apply workflow',
    refs: [],
  },
};

const EVIDENCE: Record<StatusStep, string> = {
  requested: 'jane filled in the form.',
  pull_request: 'Pull request #7 is open.',
  approved: 'sam approved pull request #7.',
  merged: 'Pull request #7 was merged.',
  credentials: 'Terraform created the secret.',
  provisioned: 'The audit records the database.',
  rotated: 'The audit records a rotation.',
};

/** A database whose last step that is done is `step`. */
export const statusAt = (
  step: StatusStep,
  changes: Partial<DatabaseStatus> = {},
): DatabaseStatus => {
  const last = STATUS_STEPS.indexOf(step);
  return databaseStatusSchema.parse({
    requestId: 'dev-users_db',
    environment: 'dev',
    databaseName: 'users_db',
    ownerRef: 'group:default/platform-team',
    component: 'user-service',
    entityRef: 'resource:default/rds-dev-users_db',
    username: 'users_app_user',
    requestedBy: 'jane',
    step,
    at: AT,
    steps: STATUS_STEPS.map((name, index) => {
      if (index <= last)
        return {
          name,
          state: 'done',
          at: AT,
          url: `${GITHUB}/pull/7`,
          evidence: EVIDENCE[name],
        };
      return {
        name,
        state: index === last + 1 && name !== 'rotated' ? 'current' : 'waiting',
      };
    }),
    next: NEXT[step],
    connection: {
      ...(last >= STATUS_STEPS.indexOf('provisioned') && {
        host: 'dev.example.eu-central-1.rds.amazonaws.com',
        port: 5432,
      }),
      secretName: 'goldenpath/dev/users_db/postgres',
      kubernetesSecretName: 'user-service-db-creds',
    },
    ...(step === 'rotated' && { rotatedAt: AT }),
    links: [{ title: 'Pull request', url: `${GITHUB}/pull/7` }],
    seenAt: AT,
    ...changes,
  });
};

const failedAt = statusAt('merged');
/** Every kind of state that a database can be in, by what makes it one. */
export const EXAMPLE_STATUSES: Record<string, DatabaseStatus> = {
  ...Object.fromEntries(STATUS_STEPS.map(step => [step, statusAt(step)])),
  failed: statusAt('merged', {
    steps: failedAt.steps.map(step =>
      step.name === 'credentials'
        ? {
            ...step,
            state: 'failed',
            at: AT,
            url: `${GITHUB}/actions/runs/9`,
            evidence: 'Terraform apply ended with an error.',
          }
        : step,
    ),
    problem: {
      kind: 'failed',
      at: AT,
      url: `${GITHUB}/actions/runs/9`,
      evidence: 'The apply workflow failed in step Terraform apply.',
    },
    next: {
      reason: 'The run has to be started again once its cause is gone.',
      who: 'the platform team',
      refs: ['group:default/platform-team'],
    },
  }),
  stale: statusAt('pull_request', {
    problem: {
      kind: 'stale',
      at: AT,
      evidence: 'Nothing has moved for 7 days.',
    },
  }),
  drifted: statusAt('provisioned', {
    problem: {
      kind: 'drifted',
      at: AT,
      url: `${GITHUB}/issues/3`,
      evidence: 'The role users_app_user may create databases.',
    },
  }),
};

const TEAMS = ['platform', 'checkout', 'search', 'billing', 'mobile'];
const ENVIRONMENTS = ['dev', 'test', 'staging', 'prod'];

/** So many databases of many owners, in every status. */
export const exampleSummaries = (count: number): DatabaseSummary[] =>
  Array.from({ length: count }, (_, index) => {
    const environment = ENVIRONMENTS[index % ENVIRONMENTS.length];
    const databaseName = `service_${String(index).padStart(5, '0')}_db`;
    return databaseSummarySchema.parse({
      requestId: `${environment}-${databaseName}`,
      environment,
      databaseName,
      ownerRef: `group:default/${TEAMS[index % TEAMS.length]}-team`,
      component: `service-${String(index).padStart(5, '0')}`,
      step: STATUS_STEPS[index % STATUS_STEPS.length],
      ...(index % 50 === 0 && { problem: 'failed' }),
      ...(index % 70 === 1 && { problem: 'drifted' }),
      at: new Date(Date.UTC(2026, 10, 1) + index * 60_000).toISOString(),
      entityRef: `resource:default/rds-${environment}-${databaseName}`,
    });
  });
