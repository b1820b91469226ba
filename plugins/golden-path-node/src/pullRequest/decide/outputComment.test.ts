import { hasCommentKey, composeOutputComment } from './outputComment';

describe('composeOutputComment', () => {
  it('is identified by its key alone', () => {
    const body = composeOutputComment('rds-plan-dev', 'Plan for dev', 'x');
    expect(hasCommentKey(body, 'rds-plan-dev')).toBe(true);
    expect(hasCommentKey(body, 'rds-plan-test')).toBe(false);
    expect(hasCommentKey(`quoted: ${body}`, 'rds-plan-dev')).toBe(false);
  });

  it.each([
    { output: 'Plan: 1 to add', fence: '```', reason: 'plain text' },
    {
      output: '```\n# a heading\n```',
      fence: '````',
      reason: 'a fence in the output',
    },
    {
      output: 'a ``````` b',
      fence: '````````',
      reason: 'more ticks in the output',
    },
  ])('disables Markdown in the output: $reason', ({ output, fence }) => {
    expect(composeOutputComment('key', 'Title', output)).toBe(
      `<!-- goldenpath comment=key -->\n### Title\n\n${fence}text\n${output}\n${fence}\n`,
    );
  });

  it("truncates to GitHub's limit, and says so", () => {
    const body = composeOutputComment('key', 'Title', 'x'.repeat(200_000));
    expect(body.length).toBeLessThan(65_536);
    expect(body).toContain("see the run's log for the rest");
  });
});
