import fc from 'fast-check';
import { addTfvarsEntry } from '../decide/addTfvarsEntry';
import { readTfvars } from '../decide/readTfvars';
import { commentedTfvars, listHclComments } from './commentedTfvars';
import { insertedInto } from './insertedInto';
import { asked, PATH } from './tfvarsFile';

/** @param count - of random files */
export const testTfvarsComments = (count: number) =>
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
      { numRuns: count },
    );
  });
