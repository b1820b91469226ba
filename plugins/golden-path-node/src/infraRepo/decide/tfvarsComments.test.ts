import fc from 'fast-check';
import { commentedTfvars, listHclComments } from '../testing/commentedTfvars';
import { insertedInto } from '../testing/insertedInto';
import { asked, PATH } from '../testing/tfvarsFile';
import { addTfvarsEntry } from './addTfvarsEntry';
import { readTfvars } from './readTfvars';

describe('comments of a terraform.tfvars', () => {
  it('are the same before and after, and so is everything else', async () => {
    await fc.assert(
      fc.asyncProperty(commentedTfvars, async text => {
        const before = await readTfvars(text, PATH);
        const added = await addTfvarsEntry(text, PATH, asked);
        expect(listHclComments(added)).toEqual(listHclComments(text));
        if (before.length > 0) expect(insertedInto(text, added)).toBeDefined();
        else
          expect(
            added
              .replace(/orders_db = \{[^}]*\}/, '')
              .replaceAll(/[\r\n ]/g, ''),
          ).toBe(text.replaceAll(/[\r\n ]/g, ''));
        expect(await readTfvars(added, PATH)).toHaveLength(before.length + 1);
        expect(await addTfvarsEntry(added, PATH, asked)).toBe(added);
      }),
      { numRuns: 6000 },
    );
  });
});
