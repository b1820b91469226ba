import fc from 'fast-check';
import { catalogSamples } from '../testing/catalogText';
import { add, ENTRY, errorOf, KEY, lines, PATH } from '../testing/catalogFile';
import { findCatalogEntry, readCatalog } from './readCatalog';

describe('readCatalog', () => {
  it('reads all entries', () => {
    fc.assert(
      fc.property(catalogSamples, ({ text, entries }) => {
        expect(readCatalog(text, PATH)).toEqual(entries);
      }),
      { numRuns: 100 },
    );
  });

  it('follows merge keys, like YAML parsers in Python and Ruby', () => {
    const text = add('databases: {}\n')
      .replace(
        'databases:',
        'defaults: &d { owner: platform-team }\ndatabases:',
      )
      .replace(
        'owner: platform-team\n        requested',
        '<<: *d\n        requested',
      )
      .replace('          owner: platform-team\n', '          <<: *d\n');
    expect(readCatalog(text, PATH).dev.orders_db.metadata.owner).toBe(
      'platform-team',
    );
  });

  it.each([
    {
      reason: 'no configuration',
      entry: '{ metadata: { id: X } }',
      message:
        '3:5: databases.dev.a_db: metadata requires component, owner, requested_by, domain, risk, status, created_date, as text.',
    },
    {
      reason: 'no fields',
      entry: '',
      message: '3:5: databases.dev.a_db: metadata is missing.',
    },
  ])('rejects an entry with $reason', ({ entry, message }) => {
    const text = lines('databases:', '  dev:', `    a_db: ${entry}`);
    expect(errorOf(() => readCatalog(text, PATH))).toEqual({
      name: 'InputError',
      message: `${PATH}:${message}`,
    });
    // An incomplete entry of another database blocks no request.
    expect(findCatalogEntry(add(text), PATH, KEY)).toEqual(ENTRY);
  });

  it('rejects an unknown status', () => {
    const text = add('databases: {}\n').replace('pending', 'done');
    expect(errorOf(() => readCatalog(text, PATH))?.message).toBe(
      `${PATH}:3:5: databases.dev.orders_db: the status "done" is not one of pending, active, failed.`,
    );
  });
});
