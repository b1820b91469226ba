import { EXAMPLE_TRANSITION } from '../testing/exampleTransition';
import { planNotification } from './notification';
import { Transition, TRANSITION_KINDS } from './transition';

const reviewer: Transition['next'] = {
  reason: 'Pull request #7 waits for a review.',
  who: 'a reviewer of platform-team',
  refs: ['group:default/platform-team'],
};
const PAGE = '/catalog/default/resource/rds-dev-users_db';

describe('planNotification', () => {
  it.each<{
    reason: string;
    transition: Partial<Transition>;
    plan: object | undefined;
  }>([
    {
      reason: 'a pull request: who reviews it, and where',
      transition: { kind: 'pull_request', next: reviewer },
      plan: {
        title: 'users_db (dev): the pull request waits for a review',
        description:
          'Pull request #7 is open. Pull request #7 waits for a review. Next: a reviewer of platform-team.',
        link: EXAMPLE_TRANSITION.url,
        severity: 'normal',
        topic: 'Database: review',
      },
    },
    {
      reason: 'merged: nobody has to act, so nobody is named',
      transition: {
        kind: 'merged',
        evidence: 'Pull request #7 was merged.',
        next: {
          reason: 'The merge is being applied.',
          who: 'nobody',
          refs: [],
        },
      },
      plan: {
        title: 'users_db (dev): the pull request is merged',
        description: 'Pull request #7 was merged. The merge is being applied.',
        link: EXAMPLE_TRANSITION.url,
        severity: 'low',
        topic: 'Database: merged',
      },
    },
    {
      reason: 'ready: its page, whatever shows it',
      transition: {
        kind: 'provisioned',
        url: 'https://github.com/acme/platform-infra/actions/runs/5',
        evidence: 'The audit has it.',
      },
      plan: {
        title: 'users_db (dev): the database is ready',
        description: 'The audit has it.',
        link: PAGE,
        severity: 'normal',
        topic: 'Database: ready',
      },
    },
    {
      reason: 'failed: the reason repeats the evidence, and is said once',
      transition: {
        kind: 'failed',
        url: undefined,
        evidence: 'Task 1 ended.',
        next: {
          reason: 'Task 1 ended. Press Retry in the task.',
          who: 'the requester, jane',
          refs: ['user:default/jane'],
        },
      },
      plan: {
        title: 'users_db (dev): the request or a workflow failed',
        description: 'Task 1 ended. Next: the requester, jane.',
        link: PAGE,
        severity: 'high',
        topic: 'Database: failed',
      },
    },
    {
      reason: 'stale: where it hangs',
      transition: { kind: 'stale', evidence: 'No review since Monday.' },
      plan: {
        title: 'users_db (dev): the request does not move on',
        description: 'No review since Monday.',
        link: EXAMPLE_TRANSITION.url,
        severity: 'normal',
        topic: 'Database: stale',
      },
    },
    {
      reason: 'drifted: the issue',
      transition: {
        kind: 'drifted',
        url: 'https://github.com/acme/platform-infra/issues/3',
        evidence: 'Issue #3 names it.',
      },
      plan: {
        title: 'users_db (dev): the database differs from what is declared',
        description: 'Issue #3 names it.',
        link: 'https://github.com/acme/platform-infra/issues/3',
        severity: 'high',
        topic: 'Database: drift',
      },
    },
    {
      reason: 'access review: the issue',
      transition: {
        kind: 'access_review',
        url: 'https://github.com/acme/platform-infra/issues/4',
        evidence: 'Issue #4 asks who has access.',
      },
      plan: {
        title: 'users_db (dev): access must be reviewed',
        description: 'Issue #4 asks who has access.',
        link: 'https://github.com/acme/platform-infra/issues/4',
        severity: 'normal',
        topic: 'Database: access review',
      },
    },
    {
      reason: 'a removal: its pull request, and both who approve',
      transition: {
        kind: 'removal_requested',
        url: 'https://github.com/acme/platform-infra/pull/8',
        evidence: 'Pull request #8 takes it out and requires two approvals.',
        next: {
          reason: 'Pull request #8 takes it out and requires two approvals.',
          who: 'the owner, payments, and the platform team (platform-team)',
          refs: ['group:default/payments', 'group:default/platform-team'],
        },
      },
      plan: {
        title: 'users_db (dev): its removal is requested',
        description:
          'Pull request #8 takes it out and requires two approvals. Next: the owner, payments, and the platform team (platform-team).',
        link: 'https://github.com/acme/platform-infra/pull/8',
        severity: 'high',
        topic: 'Database: removal',
      },
    },
    ...(
      ['requested', 'approved', 'credentials', 'rotated', 'resolved'] as const
    ).map(kind => ({
      reason: `${kind}: the database's page shows it, and nobody is interrupted`,
      transition: { kind },
      plan: undefined,
    })),
  ])('$reason', ({ transition, plan }) => {
    expect(planNotification({ ...EXAMPLE_TRANSITION, ...transition })).toEqual(
      plan && { ...plan, scope: 'golden-path:a1b2' },
    );
  });

  it('has a case for every kind', () => {
    expect(TRANSITION_KINDS).toHaveLength(13);
  });

  it('fits the columns of the notifications plugin', () => {
    const { title, scope } = planNotification({
      ...EXAMPLE_TRANSITION,
      key: 'f'.repeat(64),
      databaseName: 'a'.repeat(300),
    })!;
    expect(title.length).toBe(255);
    expect(scope!.length).toBeLessThan(255);
  });
});
