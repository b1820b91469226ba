import type { Transition } from '../decide/transition';

/** A pull request waits for its review. */
export const EXAMPLE_TRANSITION: Transition = {
  key: 'a1b2',
  requestId: 'dev-users_db',
  environment: 'dev',
  databaseName: 'users_db',
  kind: 'pull_request',
  at: '2026-11-26T10:05:00.000Z',
  url: 'https://github.com/acme/platform-infra/pull/7',
  evidence: 'Pull request #7 is open.',
  component: 'user-service',
  ownerRef: 'group:default/platform-team',
  requestedBy: 'jane',
  entityRef: 'resource:default/rds-dev-users_db',
};
