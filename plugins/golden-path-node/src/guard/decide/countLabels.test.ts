import {
  Approver,
  countLabels,
  LabelEvent,
  LabelledPullRequest,
} from './countLabels';

const CHANGE = 'rds-change-allowed';
const PLATFORM = 'rds-platform-allowed';
const AT = '2026-11-26T09:00:00Z';
const labeled = (label: string, by: string | undefined): LabelEvent => ({
  action: 'labeled',
  label,
  by,
  at: AT,
});
const unlabeled = (label: string, by: string): LabelEvent => ({
  action: 'unlabeled',
  label,
  by,
  at: AT,
});
const APPROVERS = new Map<string, Approver>([
  ['ann', { may: true, by: 'team' }],
  ['jane', { may: true, by: 'team' }],
  ['eve', { may: false, by: 'team' }],
  ['max', { may: true, by: 'repository' }],
  ['bob', { may: false, by: 'repository' }],
]);
const count = (
  pull: Partial<LabelledPullRequest>,
  pushedAt: string | undefined = '2026-11-26T08:59:59Z',
) =>
  countLabels(
    {
      author: 'jane',
      labels: [CHANGE],
      events: [],
      ...pull,
    },
    { approvers: APPROVERS, pushedAt },
    'platform-team',
  );

describe('countLabels', () => {
  it.each<{ reason: string; pull: Partial<LabelledPullRequest> }>([
    {
      reason: 'a member set it',
      pull: { events: [labeled(CHANGE, 'ann')] },
    },
    {
      reason: 'a member set it again after someone else did',
      pull: {
        events: [
          labeled(CHANGE, 'eve'),
          unlabeled(CHANGE, 'eve'),
          labeled(CHANGE, 'Ann'),
        ],
      },
    },
    {
      reason: 'who maintains the repo set it, where nobody sees the team',
      pull: { events: [labeled(CHANGE, 'max')] },
    },
  ])('counts a label: $reason', ({ pull }) => {
    expect(count(pull)).toEqual({ counted: [CHANGE], reasons: [] });
  });

  it.each<{
    reason: string;
    pull: Partial<LabelledPullRequest>;
    says: string;
  }>([
    {
      reason: 'the author set it, although a member',
      pull: { events: [labeled(CHANGE, 'jane')] },
      says: "The label rds-change-allowed doesn't count: it was set by jane, who opened the pull request; someone else of platform-team must set it.",
    },
    {
      reason: 'the author in another case',
      pull: { author: 'Jane', events: [labeled(CHANGE, 'JANE')] },
      says: 'who opened the pull request',
    },
    {
      reason: 'a stranger set it',
      pull: { events: [labeled(CHANGE, 'eve')] },
      says: "The label rds-change-allowed doesn't count: it was set by eve, who is no member of platform-team; someone of platform-team must set it.",
    },
    {
      reason: 'someone who only writes set it, where nobody sees the team',
      pull: { events: [labeled(CHANGE, 'bob')] },
      says: "The label rds-change-allowed doesn't count: it was set by bob, who doesn't administer or maintain this repo, and the token can't see the team platform-team; someone with one of these roles must set it.",
    },
    {
      reason: 'a stranger set it again after a member',
      pull: {
        events: [
          labeled(CHANGE, 'ann'),
          unlabeled(CHANGE, 'eve'),
          labeled(CHANGE, 'eve'),
        ],
      },
      says: 'set by eve',
    },
    {
      reason: 'a login that was never looked up',
      pull: { events: [labeled(CHANGE, 'new')] },
      says: 'who is no member of platform-team',
    },
    ...[
      { reason: 'no event says who', events: [] },
      {
        reason: 'the account is deleted',
        events: [labeled(CHANGE, undefined)],
      },
      {
        reason: 'the last event removed it',
        events: [labeled(CHANGE, 'ann'), unlabeled(CHANGE, 'ann')],
      },
      {
        reason: 'only another label was set',
        events: [labeled(PLATFORM, 'ann')],
      },
    ].map(({ reason, events }) => ({
      reason,
      pull: { events },
      says: "The label rds-change-allowed doesn't count: nobody can be found who set it; someone of platform-team must remove it and set it again.",
    })),
  ])('counts no label: $reason', ({ pull, says }) => {
    const { counted, reasons } = count(pull);
    expect(counted).toEqual([]);
    expect(reasons).toEqual([expect.stringContaining(says)]);
  });

  it.each(['2026-11-26T09:00:00Z', '2026-11-26T10:00:00+00:30'])(
    'counts no label that is older than the newest commit, which came at %s',
    pushedAt => {
      expect(count({ events: [labeled(CHANGE, 'ann')] }, pushedAt)).toEqual({
        counted: [],
        reasons: [
          "The label rds-change-allowed doesn't count: it was set before the newest commit was pushed; someone of platform-team must look at that commit, remove the label and set it again.",
        ],
      });
    },
  );

  it('counts a label where GitHub does not tell when the newest commit came', () => {
    expect(
      countLabels(
        { author: 'jane', labels: [CHANGE], events: [labeled(CHANGE, 'ann')] },
        { approvers: APPROVERS, pushedAt: undefined },
        'platform-team',
      ).counted,
    ).toEqual([CHANGE]);
  });

  it('judges each label by itself and ignores others', () => {
    expect(
      count({
        labels: ['dev', PLATFORM, CHANGE],
        events: [
          labeled('dev', 'eve'),
          labeled(CHANGE, 'ann'),
          labeled(PLATFORM, 'eve'),
        ],
      }),
    ).toEqual({
      counted: [CHANGE],
      reasons: [expect.stringContaining('rds-platform-allowed')],
    });
  });

  it('counts no label that was removed', () => {
    expect(count({ labels: [], events: [labeled(CHANGE, 'ann')] })).toEqual({
      counted: [],
      reasons: [],
    });
  });
});
