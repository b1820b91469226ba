import {
  parsePullRequestMarker,
  RISKS,
  SIZES,
} from '@goldenpath/plugin-golden-path-common';
import { EXAMPLE_DATABASE } from '../../../../../tests/support/exampleDatabase';
import { pullRequestText } from './pullRequestText';

const request = {
  ...EXAMPLE_DATABASE,
  environment: 'staging',
  risk: 'access',
  size: 'large',
} as const;
const context = {
  taskId: 'task-1',
  paths: ['docs/catalog.yaml', 'envs/staging-rds/terraform.tfvars'],
};

describe('pullRequestText', () => {
  it('describes the request, its terms and the next steps', () => {
    expect(pullRequestText(request, context)).toMatchSnapshot();
  });

  it('can be identified by its marker', () => {
    expect(
      parsePullRequestMarker(pullRequestText(request, context).body),
    ).toEqual({ requestId: 'staging-users_db', taskId: 'task-1' });
  });

  it.each([
    { requestedBy: 'jane', isWarned: false },
    { requestedBy: 'octocat (by hand)', isWarned: true },
    { requestedBy: 'renovate[bot] (by hand)', isWarned: true },
  ])(
    '$requestedBy: warns where nobody checked the membership',
    ({ requestedBy, isWarned }) => {
      const { body } = pullRequestText({ ...request, requestedBy }, context);
      expect(body).toContain(`| Requested by | \`${requestedBy}\` |`);
      expect(
        body.includes(
          'nobody checked that this person belongs to `platform-team`',
        ),
      ).toBe(isWarned);
    },
  );

  it.each([
    { risk: 'none' as const, terms: ['7 days', 'every 30 days'] },
    { risk: 'low' as const, terms: ['7 days', 'every 30 days'] },
    { risk: 'medium' as const, terms: ['14 days', 'every 30 days'] },
    { risk: 'high' as const, terms: ['35 days', 'every 14 days'] },
    {
      risk: 'access' as const,
      terms: ['35 days', 'every 14 days', 'access review'],
    },
  ])('$risk: $terms', ({ risk, terms }) => {
    const { body, labels } = pullRequestText({ ...request, risk }, context);
    for (const term of terms) expect(body).toContain(term);
    expect(body.includes('access review')).toBe(risk === 'access');
    expect(labels).toEqual(['rds-database', 'staging', `${risk}-risk`]);
    expect(RISKS).toContain(risk);
  });

  it.each(SIZES)('%s: requires approval unless it is the default', size => {
    const { body } = pullRequestText({ ...request, size }, context);
    expect(body.includes('the approver confirms')).toBe(size !== 'small');
    expect(body.includes('the platform team must approve')).toBe(
      ['large', 'xlarge'].includes(size),
    );
  });
});
