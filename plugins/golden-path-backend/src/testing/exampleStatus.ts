import { DatabaseStatus } from '@goldenpath/plugin-golden-path-common';

/** A request whose pull request waits for its review. */
export const EXAMPLE_STATUS: DatabaseStatus = {
  requestId: 'dev-users_db',
  environment: 'dev',
  databaseName: 'users_db',
  ownerRef: 'group:default/platform-team',
  component: 'user-service',
  step: 'pull_request',
  at: '2026-11-26T10:05:00.000Z',
  entityRef: 'resource:default/rds-dev-users_db',
  username: 'users_app_user',
  requestedBy: 'jane',
  steps: [
    {
      name: 'requested',
      state: 'done',
      at: '2026-11-26T10:00:00.000Z',
      evidence: 'Task 1 claimed it.',
    },
    {
      name: 'pull_request',
      state: 'done',
      at: '2026-11-26T10:05:00.000Z',
      url: 'https://github.com/acme/platform-infra/pull/7',
      evidence: 'Pull request 7 is open.',
    },
    { name: 'approved', state: 'current' },
    { name: 'merged', state: 'waiting' },
    { name: 'credentials', state: 'waiting' },
    { name: 'provisioned', state: 'waiting' },
    { name: 'rotated', state: 'waiting' },
  ],
  next: {
    reason: 'Pull request 7 has no approval yet.',
    who: 'a reviewer of platform-team',
    refs: ['group:default/platform-team'],
  },
  connection: {
    secretName: 'goldenpath/dev/users_db/postgres',
    kubernetesSecretName: 'user-service-db-creds',
  },
  links: [],
  seenAt: '2026-11-26T10:06:00.000Z',
};
