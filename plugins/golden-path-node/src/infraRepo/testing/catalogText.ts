import fc from 'fast-check';
import { stringify } from 'yaml';
import {
  catalogEntry,
  CatalogEntry,
} from '@goldenpath/plugin-golden-path-common';

import {
  CREATED,
  declareDatabase,
} from '../../../../../tests/support/exampleDatabase';

/** An ordinary entry. */
export const entryOf = (
  databaseName: string,
  username = `${databaseName}_user`.slice(0, 31),
  environment = 'dev',
): CatalogEntry =>
  catalogEntry(
    declareDatabase(databaseName, { username, environment }),
    CREATED,
  );

/** Generates a rds-catalog.yaml as people write it, with its entries. */
export interface CatalogSample {
  text: string;
  eol: string;
  entries: Record<string, Record<string, CatalogEntry>>;
}

const name = fc
  .stringMatching(/^[a-z][a-z0-9_]{2,9}$/)
  // Roles must be unique in an environment.
  .filter(text => !['orders_db'].includes(text));

const style = fc.record({
  eol: fc.constantFrom('\n', '\r\n'),
  step: fc.constantFrom(2, 4),
  shape: fc.constantFrom('block', 'flow entries', 'flow'),
  hasBlankLines: fc.boolean(),
  hasComments: fc.boolean(),
  before: fc.constantFrom(
    '',
    '# the databases: {}',
    '---',
    'owner: &team platform',
  ),
  after: fc.constantFrom(
    '',
    '# end',
    'notes: |\n  databases:\n    dev: {}',
    'last: *a',
  ),
  endsWithNewline: fc.boolean(),
});
type Style = typeof style extends fc.Arbitrary<infer T> ? T : never;

/** Every sample is a valid catalog. */
export const catalogSamples: fc.Arbitrary<CatalogSample> = fc
  .tuple(
    style,
    fc.uniqueArray(fc.constantFrom('dev', 'prod', 'staging'), { maxLength: 3 }),
    fc.uniqueArray(name, { maxLength: 4 }),
    fc.boolean(),
  )
  .map(([how, environments, names, isSorted]) => {
    const ordered = isSorted ? [...names].sort() : names;
    const entries = Object.fromEntries(
      environments.map(environment => [
        environment,
        Object.fromEntries(
          ordered.map(databaseName => [
            databaseName,
            entryOf(databaseName, undefined, environment),
          ]),
        ),
      ]),
    );
    return { text: print(how, entries), eol: how.eol, entries };
  });

const print = (how: Style, entries: CatalogSample['entries']): string => {
  const after = how.after === 'last: *a' ? 'first: &a 1\nlast: *a' : how.after;
  const lines = [how.before, 'version: "1.0"', databases(how, entries), after];
  const text = lines.filter(line => line !== '').join('\n');
  return (how.endsWithNewline ? `${text}\n` : text).replaceAll('\n', how.eol);
};

const databases = (how: Style, entries: CatalogSample['entries']): string => {
  const flow = (value: unknown) =>
    stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
  if (Object.keys(entries).length === 0) return 'databases: {} # none yet';
  if (how.shape === 'flow') return `databases: ${flow(entries)}`;
  const pad = (depth: number) => ' '.repeat(how.step * depth);
  const gap = how.hasBlankLines ? [''] : [];
  const lines = Object.entries(entries).flatMap(([environment, named]) => {
    if (Object.keys(named).length === 0)
      return [`${pad(1)}${environment}: {} # nothing here`];
    return [
      `${pad(1)}${environment}:${how.hasComments ? ' # dbs' : ''}`,
      ...Object.entries(named).flatMap(([database, entry], i) => [
        ...(i > 0 ? gap : []),
        ...(how.hasComments ? [`${pad(2)}# about ${database}: {`] : []),
        ...(how.shape === 'flow entries'
          ? [`${pad(2)}${stringify(database).trim()}: ${flow(entry)}`]
          : [
              `${pad(2)}${stringify(database).trim()}:`,
              ...stringify(entry, { indent: how.step, lineWidth: 0 })
                .trimEnd()
                .split('\n')
                .map(line => `${pad(3)}${line}`),
            ]),
        ...(how.hasComments ? [`${pad(3)}# below ${database}`] : []),
      ]),
    ];
  });
  return ['databases:', ...lines].join('\n');
};
