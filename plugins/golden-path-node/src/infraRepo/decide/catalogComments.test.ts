import fc from 'fast-check';
import { parse as parseYaml, parseDocument } from 'yaml';
import { add, ENTRY, errorOf, lines, PATH } from '../testing/catalogFile';
import { commentedCatalogs, listComments } from '../testing/commentedCatalog';
import { insertedInto } from '../testing/insertedInto';
import { setCatalogStatus } from './setCatalogStatus';

/** The line of a new entry, by where it is. */
const BLOCK = /^ *orders_db:\r?$/;
const isNew = (line: string) => BLOCK.test(line);

/** Removes the block of the new entry, which has 15 lines, and its environment's line if that is new. */
const withoutEntry = (text: string) => {
  const all = text.split('\n');
  const at = all.findIndex(isNew);
  if (at === -1) return text.replace(FLOW, '');
  all.splice(at, 15);
  return all.join('\n');
};
const FLOW = /orders_db: \{ metadata: [^}]*\}, configuration: [^}]*\} \}/;
/** Everything but what an empty value consists of. */
const essence = (text: string) =>
  text.replace(/[{},\s\ufeff]|~|null|dev:/g, '');

describe('comments of a catalog', () => {
  it.each([
    {
      reason: 'CASES 15, go-yaml #580: a comment between key and value',
      text: lines('databases: # none yet', '  {}'),
      after: lines('databases: # none yet', '  dev:', '…'),
    },
    {
      reason: 'CASES 15, yaml #125: a comment inside { }',
      text: lines('databases: {', '  # none yet', '  }', 'other: 1'),
      after: lines('databases:', '  # none yet', '  dev:', '…', 'other: 1'),
    },
    {
      reason: 'YAML 1.2.2, 6.6: behind the bracket, and behind the other',
      text: lines('databases: { # open', '  } # closed'),
      after: lines('databases: # open', '  # closed', '  dev:', '…'),
    },
    {
      reason: 'a comment with a colon, where the value begins later',
      text: lines('databases:', '  dev: # of: all', '    # more: x', '    {}'),
      after: lines('databases:', '  dev: # of: all', '    # more: x', '…'),
    },
    {
      reason: 'the same with ~',
      text: lines('databases:', '  dev: # none', '    ~ # yet', '  prod:'),
      after: lines('databases:', '  dev: # none', '    # yet', '…', '  prod:'),
    },
    {
      reason: 'at the end of a file without a final line ending',
      text: 'databases: # none yet\n  {}',
      after: ['databases: # none yet', '  dev:', '…'].join('\n'),
    },
    {
      reason: 'CRLF',
      text: 'databases: {\r\n  # none yet\r\n  }\r\n',
      after: 'databases:\r\n  # none yet\r\n  dev:\r\n…\r\n',
    },
    {
      reason: 'a byte order mark: the first line is one like the others',
      text: '\ufeffdatabases: {} # none\n',
      after: '\ufeffdatabases: # none\n  dev:\n…\n',
    },
    {
      reason: 'a flow map over several lines: the line of each pair stays',
      text: lines(
        'databases:',
        '  dev: {',
        '    # first',
        '    a_db: {}, # of a',
        '    # of z',
        '    z_db: {} # last',
        '    }',
      ),
      after: lines(
        'databases:',
        '  dev: {',
        '    # first',
        '    a_db: {}, # of a',
        '    FLOW,',
        '    # of z',
        '    z_db: {} # last',
        '    }',
      ),
    },
    {
      reason: 'the same, behind the last pair, which gets its comma',
      text: lines('databases:', '  dev: {', '    a_db: {} # of a', '    }'),
      after: lines(
        'databases:',
        '  dev: {',
        '    a_db: {}, # of a',
        '    FLOW',
        '    }',
      ),
    },
    {
      reason: 'the same, before the first pair and its comment',
      text: lines('databases: {', '  # of prod', '  prod: {} }'),
      after: lines(
        'databases: {',
        '  dev: { FLOW },',
        '  # of prod',
        '  prod: {} }',
      ),
    },
    {
      reason: 'a comment inside an empty flow map in another one',
      text: lines('databases: {', '  dev: {', '    # none', '  },', '  }'),
      after: lines(
        'databases: {',
        '  dev: {',
        '    # none',
        '    FLOW',
        '  },',
        '  }',
      ),
    },
    {
      reason: 'a comment in place of the value, in a flow map',
      text: lines('databases: {', '  dev: # none', '  ,', '  }'),
      after: lines('databases: {', '  dev:  { FLOW } # none', '  ,', '  }'),
    },
    {
      reason: 'below a database without a value, with a comment in its place',
      text: lines(
        'databases:',
        '  dev:',
        '    a_db: # of a',
        '    z_db: {',
        '      } # z',
      ),
      after: lines(
        'databases:',
        '  dev:',
        '    a_db: # of a',
        '…',
        '    z_db: {',
        '      } # z',
      ),
    },
    {
      reason: 'the same with an environment',
      text: lines('databases:', '  alpha:', '    a_db: # of a', '  prod: {}'),
      after: lines(
        'databases:',
        '  alpha:',
        '    a_db: # of a',
        '  dev:',
        '…',
        '  prod: {}',
      ),
    },
    {
      reason: 'a key and its value in the long form',
      text: lines('? databases # key', '# between', ': # value', '  {}'),
      after: lines(
        '? databases # key',
        '# between',
        ': # value',
        '  { dev: { FLOW } }',
      ),
    },
  ])('stay: $reason', ({ text, after }) => {
    const added = add(text);
    const eol = text.includes('\r') ? '\r\n' : '\n';
    const all = added.split(eol);
    const at = all.findIndex(isNew);
    if (at !== -1) all.splice(at, 15, '…');
    expect(all.join(eol).replace(FLOW, 'FLOW')).toBe(after);
    expect(parseYaml(added).databases.dev.orders_db).toEqual(ENTRY);
    expect(add(added)).toBe(added);
  });

  it('are the same before and after, and so is everything else', () => {
    fc.assert(
      fc.property(commentedCatalogs, text => {
        const added = add(text);
        expect(parseDocument(added).errors).toEqual([]);
        expect(listComments(added)).toEqual(listComments(text));
        expect(essence(withoutEntry(added))).toBe(essence(text));
        const { databases } = parseYaml(text);
        const map =
          Object(databases).dev === undefined ? databases : databases.dev;
        if (Object.keys(Object(map)).length > 0)
          expect(insertedInto(text, added)).toBeDefined();
        // No line changes but those of an empty value and the one that gets a comma, or has it on the next line.
        const kept = text
          .split(/\r?\n/)
          .filter(
            (line, i, all) =>
              !/\{|\}|~|null|dev:|^\s*$/.test(line) &&
              !/^\s*,/.test(all[i + 1] ?? ''),
          );
        const all = added.replaceAll(',', '').split(/\r?\n/);
        expect(
          kept.reduce(
            (at, line) => all.indexOf(line.replaceAll(',', ''), at) + 1 || NaN,
            0,
          ),
        ).not.toBeNaN();
        expect(add(added)).toBe(added);
      }),
      { numRuns: 300 },
    );
  });

  it('an entry that yaml could not read again is refused, though js-yaml can', () => {
    const text = lines(
      'databases:',
      '  alpha:',
      '\t# behind a tab',
      '    ~',
      '# of prod',
      '  prod: {}',
    );
    expect(errorOf(() => add(text))).toMatchObject({
      name: 'InputError',
      message: `${PATH}:1:1: an entry for "orders_db" can't be written here without other changes; edit the file by hand.`,
    });
  });

  it('a status that would take a comment with it is refused', () => {
    const text = add('databases: {}\n').replace(
      'status: pending',
      'status: >- # soon\n          pending',
    );
    expect(
      errorOf(() =>
        setCatalogStatus(text, PATH, 'dev', { orders_db: 'active' }),
      ),
    ).toMatchObject({
      name: 'InputError',
      message: `${PATH}:1:1: the status in "dev" can't be written here without losing a comment; edit the file by hand.`,
    });
  });
});
