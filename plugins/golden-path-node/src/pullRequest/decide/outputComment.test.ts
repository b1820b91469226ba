import { hasCommentKey, programOutputComment } from './outputComment';

describe('programOutputComment', () => {
  it('is found again by its key alone', () => {
    const body = programOutputComment('rds-plan-dev', 'Plan for dev', 'x');
    expect(hasCommentKey(body, 'rds-plan-dev')).toBe(true);
    expect(hasCommentKey(body, 'rds-plan-test')).toBe(false);
    expect(hasCommentKey(`quoted: ${body}`, 'rds-plan-dev')).toBe(false);
  });

  it.each([
    { output: 'Plan: 1 to add', fence: '```', reason: 'plain text' },
    {
      output: '```\n# a heading\n```',
      fence: '````',
      reason: 'a fence inside',
    },
    {
      output: 'a ``````` b',
      fence: '````````',
      reason: 'more ticks inside',
    },
  ])('reads nothing of it as Markdown: $reason', ({ output, fence }) => {
    expect(programOutputComment('key', 'Title', output)).toBe(
      `<!-- goldenpath comment=key -->\n### Title\n\n${fence}text\n${output}\n${fence}\n`,
    );
  });

  it('is never longer than GitHub takes, and says so', () => {
    const body = programOutputComment('key', 'Title', 'x'.repeat(200_000));
    expect(body.length).toBeLessThan(65_536);
    expect(body).toContain("the run's log has the rest");
  });
});
