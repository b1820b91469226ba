import { CatalogEntry } from '@goldenpath/plugin-golden-path-common';
import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';
import { catalogSamples, entryOf } from '../testing/catalogText';
import { add, ENTRY, errorOf, lines, PATH } from '../testing/catalogFile';
import { addCatalogEntry } from './addCatalogEntry';
import { setCatalogStatus } from './setCatalogStatus';

describe('setCatalogStatus', () => {
  const two = addCatalogEntry(
    add('databases: {}\n'),
    PATH,
    { environment: 'dev', databaseName: 'users_db' },
    entryOf('users_db'),
  );

  it('changes only the statuses; the second time nothing', () => {
    const set = setCatalogStatus(two, PATH, 'dev', {
      users_db: 'active',
      unlisted_db: 'active',
    });
    expect(set).toBe(
      two.replace(/(users_db:[\s\S]*status: )pending/, '$1active'),
    );
    expect(setCatalogStatus(set, PATH, 'dev', { users_db: 'active' })).toBe(
      set,
    );
  });

  it.each(["'pending' # soon", '"pending"', 'pending # }'])(
    'keeps the style of %s',
    status => {
      const text = two.replace('status: pending', `status: ${status}`);
      expect(setCatalogStatus(text, PATH, 'dev', { orders_db: 'failed' })).toBe(
        text.replace(
          `status: ${status}`,
          `status: ${status.replace('pending', 'failed')}`,
        ),
      );
    },
  );

  it('keeps other environments', () => {
    expect(setCatalogStatus(two, PATH, 'prod', { orders_db: 'active' })).toBe(
      two,
    );
  });

  it('sets every entry of every catalog', () => {
    fc.assert(
      fc.property(
        catalogSamples,
        fc.constantFrom('active' as const, 'failed' as const),
        ({ text, entries }, status) => {
          const names = Object.keys(entries.dev ?? {});
          const statuses = Object.fromEntries(
            names.map(name => [name, status]),
          );
          const set = setCatalogStatus(text, PATH, 'dev', statuses);
          const expected = parseYaml(text);
          for (const name of names)
            expected.databases.dev[name].metadata.status = status;
          expect(parseYaml(set)).toEqual(expected);
          expect(set.length).toBe(
            text.length + names.length * (status.length - 'pending'.length),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([
    {
      reason: 'a merge key',
      text: two
        .replace('databases:', 'd: &d { status: pending }\ndatabases:')
        .replace('        status: pending', '        <<: *d'),
    },
    {
      reason: 'an anchor',
      text: two.replace('status: pending', 'status: &s pending'),
    },
  ])('rejects a status that comes from $reason', ({ text }) => {
    const error = errorOf(() =>
      setCatalogStatus(text, PATH, 'dev', { orders_db: 'active' }),
    );
    expect(error?.name).toBe('InputError');
    expect(error?.message).toContain(
      'the status of "orders_db" comes from an anchor, alias or merge key',
    );
  });

  it('rejects metadata shared with another entry', () => {
    const shared = (entry: CatalogEntry) => JSON.stringify(entry.configuration);
    const text = lines(
      'databases:',
      '  dev:',
      `    a_db: { metadata: &m ${JSON.stringify(
        ENTRY.metadata,
      )}, configuration: ${shared(ENTRY)} }`,
      `    b_db: { metadata: *m, configuration: ${shared(entryOf('b_db'))} }`,
    );
    expect(
      errorOf(() => setCatalogStatus(text, PATH, 'dev', { a_db: 'active' })),
    ).toMatchObject({
      name: 'InputError',
      message: expect.stringContaining("can't be written here"),
    });
  });
});
