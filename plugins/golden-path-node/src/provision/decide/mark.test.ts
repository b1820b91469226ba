import fc from 'fast-check';
import { parseMark, printMark } from './mark';

describe('the mark', () => {
  it('is parsed as it was printed', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9/_+=.@-]{1,60}$/);
    fc.assert(
      fc.property(word, word, (path, versionId) => {
        expect(parseMark(printMark({ path, versionId }))).toEqual({
          path,
          versionId,
        });
      }),
    );
  });

  it.each([
    { comment: undefined, reason: 'no comment' },
    { comment: '', reason: 'an empty one' },
    { comment: 'Reporting user, ask Jane', reason: "somebody else's" },
    {
      comment: 'Managed by goldenpath-rds: secret a, version b\nand more',
      reason: 'not ours alone',
    },
  ])('is not parsed from $reason', ({ comment }) => {
    expect(parseMark(comment)).toBeUndefined();
  });
});
