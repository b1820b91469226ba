import fc from 'fast-check';
import { itWhen } from '../../../../../tests/support/needs';
import { isTerraformHere, readByTerraform } from '../testing/terraform';
import { tfvarsSamples } from '../testing/tfvarsText';
import { addTfvarsEntry } from './addTfvarsEntry';
import { errorOf, PATH } from '../testing/tfvarsFile';
import { readTfvars } from './readTfvars';

const itWithTerraform = itWhen(isTerraformHere(), 'terraform');

describe('as Terraform reads it', () => {
  const ours = async (text: string) =>
    Object.fromEntries(
      (await readTfvars(text, PATH)).map(entry => [
        entry.key,
        {
          database_name: entry.databaseName,
          username: entry.username,
          createdb: entry.createdb,
          connection_limit: entry.connectionLimit,
        },
      ]),
    );

  itWithTerraform(
    'reads every file alike, before and after adding an entry',
    async () => {
      await fc.assert(
        fc.asyncProperty(tfvarsSamples, async ({ text, entries }) => {
          expect(readByTerraform(text)).toEqual(await ours(text));
          const databaseName = `new_${entries.length}_database`;
          const added = await addTfvarsEntry(text, PATH, {
            databaseName,
            username: 'a_wholly_new_user',
          });
          expect(readByTerraform(added)).toEqual(await ours(added));
        }),
        { numRuns: 20 },
      );
    },
  );

  /** Why we reject what Terraform accepts: ambiguous value or position, or a hidden mistake. */
  const STRICTER = [
    /is an expression; write a plain or quoted name/,
    /is given twice/,
    /unknown attribute/,
    /is not a literal (text|map)/,
    /is not allowed: it names a secret/,
    /(createdb|connection_limit) must be/,
    /ambiguous syntax|ambiguous keys/,
  ];

  itWithTerraform(
    'reads every file with a typo alike, or rejects it, with a known reason when Terraform accepts it',
    async () => {
      const slip = fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.constantFrom(0, 0, 1, 2, 9),
        text: fc.constantFrom(
          ...['', '{', '}', '"', ',', '=', ':', '#', '/*', '*/', '\n', '\r'],
          ...['<<E\n', '${', '%{', '\\', '(', ')', '[', '.', ';', '-', '1'],
          ...['null', ' = 1 + 1', 'é', '\u00a0', '\u2028', '\ufeff', "'"],
        ),
      });
      await fc.assert(
        fc.asyncProperty(tfvarsSamples, slip, async (sample, how) => {
          const start = sample.text.indexOf('application_databases = {');
          const at = Math.round(start + how.at * (sample.text.length - start));
          const text =
            sample.text.slice(0, at) +
            how.text +
            sample.text.slice(at + how.length);
          const theirs = readByTerraform(text);
          const refused = await errorOf(readTfvars(text, PATH));
          if (!refused) {
            expect(await ours(text)).toEqual(theirs);
            return;
          }
          expect(refused.name).toBe('InputError');
          expect(refused.message).toMatch(/^envs\/[^:]+:\d+:\d+: /);
          if (theirs !== undefined)
            expect(STRICTER.some(why => why.test(refused.message))).toBe(true);
        }),
        { numRuns: 120 },
      );
    },
  );

  itWithTerraform('what it refuses, we refuse', async () => {
    for (const text of [
      'application_databases = { a.b = {} }\n',
      'application_databases = { (a) = {} }\n',
      'application_databases = { a = { database_name = "a" } }\n',
      'application_databases = {\n  a = { database_name = "a" username = "b" }\n}\n',
      'application_databases = {\n  a = { database_name = "a"; username = "b" }\n}\n',
      'application_databases {\n}\n',
      'application_databases = f({})\n',
    ]) {
      expect(readByTerraform(text)).toBeUndefined();
      expect(await errorOf(readTfvars(text, PATH))).toMatchObject({
        name: 'InputError',
      });
    }
  });
});
