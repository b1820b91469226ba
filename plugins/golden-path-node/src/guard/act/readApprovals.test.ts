import type { LabelledPullRequest } from '../decide/countLabels';
import type { PullRequestReview } from '../decide/findSecondApproval';
import { LabelReader, readApprovals } from './readApprovals';

const REMOVAL = 'rds-removal-allowed';
const HEAD = 'abcdef0123456789';
const OUR_COMMIT =
  'Decommission RDS database users_db (dev)\n\nGoldenpath-Decommission: dev-users_db\nGoldenpath-Requested-By: Rita\n';

const review = (
  by: string | undefined,
  more: Partial<PullRequestReview> = {},
): PullRequestReview => ({
  by,
  isBot: false,
  state: 'APPROVED',
  commit: HEAD,
  ...more,
});

interface Scene {
  author?: string;
  labelledBy?: string;
  labels?: string[];
  branch?: string;
  reviews?: PullRequestReview[];
  pushers?: string[];
  messages?: string[];
  writers?: string[];
}

const read = async ({
  author = 'goldenpath[bot]',
  labelledBy = 'ann',
  labels = [REMOVAL],
  branch = 'decommission/dev/users_db',
  reviews = [review('ben')],
  pushers = ['goldenpath[bot]'],
  messages = [OUR_COMMIT],
  writers = ['ben', 'ann', 'rita', 'paul', 'helper[bot]'],
}: Scene) => {
  const asked: string[] = [];
  const pull: LabelledPullRequest = {
    author,
    labels,
    events: labels.map(label => ({
      action: 'labeled',
      label,
      by: labelledBy,
      at: '2026-11-26T10:00:00Z',
    })),
    head: { branch, sha: HEAD, repository: 'acme/infra', isMerged: false },
  };
  const reader: LabelReader = {
    readPullRequest: async () => pull,
    readPushTime: async () => '2026-11-26T09:00:00Z',
    findMergedPull: async () => undefined,
    // Everybody here is of the team: what counts is decided by the rest.
    readApprover: async () => ({ may: true, by: 'team' }),
    readRemovalReviews: async () => {
      asked.push('reviews');
      return { reviews, pushers, messages, branch };
    },
    mayWrite: async login => writers.includes(login),
  };
  return { ...(await readApprovals(reader, 7, 'platform-team')), asked };
};

describe('a removal', () => {
  it.each<{ reason: string; scene: Scene }>([
    {
      reason: 'the label by one person, an approval by another',
      scene: {},
    },
    {
      reason: 'a comment after the approval leaves it',
      scene: {
        reviews: [review('ben'), review('ben', { state: 'COMMENTED' })],
      },
    },
    {
      reason: 'approved again after the push',
      scene: { reviews: [review('ben', { commit: 'old' }), review('BEN')] },
    },
    {
      reason: 'somebody else’s request of the same name on another branch',
      scene: { branch: 'by-hand', reviews: [review('rita')] },
    },
  ])('counts with two people: $reason', async ({ scene }) => {
    expect(await read(scene)).toMatchObject({
      counted: [REMOVAL],
      reasons: [],
    });
  });

  it.each<{ reason: string; scene: Scene; says: string }>([
    {
      reason: 'no review',
      scene: { reviews: [] },
      says: "nobody's approval counts.",
    },
    {
      reason: 'an approval of an older commit',
      scene: { reviews: [review('ben', { commit: 'old' })] },
      says: '(ben approved an older commit)',
    },
    {
      reason: 'a commit that is gone',
      scene: { reviews: [review('ben', { commit: undefined })] },
      says: '(ben approved an older commit)',
    },
    {
      reason: 'withdrawn by a request for changes',
      scene: {
        reviews: [review('ben'), review('ben', { state: 'CHANGES_REQUESTED' })],
      },
      says: "nobody's approval counts.",
    },
    {
      reason: 'dismissed',
      scene: { reviews: [review('ben', { state: 'DISMISSED' })] },
      says: "nobody's approval counts.",
    },
    {
      reason: 'only a comment',
      scene: { reviews: [review('ben', { state: 'COMMENTED' })] },
      says: "nobody's approval counts.",
    },
    {
      reason: 'the same person twice',
      scene: { reviews: [review('Ann')] },
      says: '(Ann set the label)',
    },
    {
      reason: 'the author approves',
      scene: { author: 'paul', reviews: [review('Paul')] },
      says: '(Paul opened the pull request)',
    },
    {
      reason: 'who asked for it approves, in another case',
      scene: { reviews: [review('rita')] },
      says: '(rita asked for the removal)',
    },
    {
      reason: 'who asked for it, with GitHub’s merge of main on top',
      scene: {
        reviews: [review('rita')],
        messages: ["Merge branch 'main' into decommission", OUR_COMMIT],
      },
      says: '(rita asked for the removal)',
    },
    {
      reason: 'who asked for it by hand',
      scene: {
        reviews: [review('rita')],
        messages: [OUR_COMMIT.replace('Rita', 'rita (by hand)')],
      },
      says: '(rita asked for the removal)',
    },
    {
      reason: 'who pushed to the branch of another',
      scene: {
        pushers: ['goldenpath[bot]', 'Paul'],
        reviews: [review('paul')],
      },
      says: '(paul pushed to its branch)',
    },
    {
      reason: 'a workflow approves',
      scene: { reviews: [review('helper[bot]', { isBot: true })] },
      says: '(helper[bot] is no person)',
    },
    {
      reason: 'someone who only reads',
      scene: { reviews: [review('eve')] },
      says: '(eve has no write access)',
    },
    {
      reason: 'a deleted account',
      scene: { reviews: [review(undefined)] },
      says: "nobody's approval counts.",
    },
    {
      reason: 'the label by who asked for it',
      scene: { labelledBy: 'rita' },
      says: 'it was set by rita, who asked for the removal; someone else must set it.',
    },
    {
      reason: 'the label by who pushed',
      scene: { labelledBy: 'paul', pushers: ['paul'] },
      says: 'it was set by paul, who pushed to its branch; someone else must set it.',
    },
  ])('counts not: $reason', async ({ scene, says }) => {
    const { counted, reasons } = await read(scene);
    expect(counted).toEqual([]);
    expect(reasons).toEqual([
      expect.stringMatching(/^The label rds-removal-allowed doesn't count: /),
    ]);
    expect(reasons[0]).toContain(says.replace(/\.$/, ''));
  });

  it('asks for reviews only where the label counts', async () => {
    expect(await read({ labels: ['rds-change-allowed'] })).toMatchObject({
      counted: ['rds-change-allowed'],
      asked: [],
    });
    expect(await read({ author: 'ann' })).toMatchObject({
      counted: [],
      reasons: [expect.stringContaining('who opened the pull request')],
      asked: [],
    });
  });
});
