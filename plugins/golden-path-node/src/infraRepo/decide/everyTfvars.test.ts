import fc from 'fast-check';
import { TfvarsSample, tfvarsSamples } from '../testing/tfvarsText';
import { addTfvarsEntry } from './addTfvarsEntry';
import { asked, PATH } from '../testing/tfvarsFile';
import { insertedInto } from '../testing/insertedInto';
import { readTfvars } from './readTfvars';

describe('for every file', () => {
  const isTaken = ({ entries }: TfvarsSample) =>
    entries.some(
      ({ key, databaseName, username }) =>
        key === asked.databaseName ||
        databaseName === asked.databaseName ||
        username === asked.username,
    );

  it('reads the declared databases', async () => {
    await fc.assert(
      fc.asyncProperty(tfvarsSamples, async ({ text, entries }) => {
        const read = await readTfvars(text, PATH);
        expect(read.map(({ line, ...entry }) => entry)).toEqual(entries);
        const all = text.split('\n');
        for (const { key, line } of read) expect(all[line - 1]).toContain(key);
      }),
      { numRuns: 150 },
    );
  });

  it('adds one entry and changes nothing else; the second time nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        tfvarsSamples.filter(sample => !isTaken(sample)),
        async ({ text, entries, eol }) => {
          const added = await addTfvarsEntry(text, PATH, asked);
          const keys = (await readTfvars(added, PATH)).map(({ key }) => key);
          const before = entries.map(({ key }) => key);
          expect(keys.filter(key => key !== asked.databaseName)).toEqual(
            before,
          );
          const isSorted = (all: string[]) =>
            all.every((key, i) => i === 0 || all[i - 1] < key);
          expect(isSorted(keys)).toBe(isSorted(before));
          if (entries.length > 0)
            expect(insertedInto(text, added)).toBeDefined();
          if (eol === '\r\n') expect(added).not.toMatch(/[^\r]\n/);
          else expect(added).not.toContain('\r');
          expect(await addTfvarsEntry(added, PATH, asked)).toBe(added);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('reaches the same text in any order', async () => {
    const requests = fc.uniqueArray(
      fc.stringMatching(/^[a-z][a-z0-9_]{2,6}$/),
      { minLength: 2, maxLength: 5 },
    );
    const addAll = async (names: string[]) => {
      let text = 'application_databases = {}\n';
      for (const databaseName of names) {
        text = await addTfvarsEntry(text, PATH, {
          databaseName,
          username: `u_${databaseName}`,
        });
      }
      return text;
    };
    await fc.assert(
      fc.asyncProperty(requests, async names => {
        expect(await addAll(names)).toBe(await addAll([...names].reverse()));
      }),
      { numRuns: 30 },
    );
  });
});
