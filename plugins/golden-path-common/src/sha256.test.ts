import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { anyCharacter } from '../../../tests/support/anyCharacter';
import { sha256Hex } from './sha256';

describe('sha256Hex', () => {
  it('agrees with node:crypto for every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 300 }), text => {
        expect(sha256Hex(text)).toBe(
          createHash('sha256').update(text, 'utf8').digest('hex'),
        );
      }),
      { numRuns: 500 },
    );
  });

  it.each([0, 55, 56, 63, 64, 119, 120])(
    'agrees at a padding edge of %i bytes',
    length => {
      const text = 'a'.repeat(length);
      expect(sha256Hex(text)).toBe(
        createHash('sha256').update(text).digest('hex'),
      );
    },
  );
});
