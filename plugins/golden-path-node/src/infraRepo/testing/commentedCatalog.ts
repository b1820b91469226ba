import fc from 'fast-check';
import { Lexer, parseDocument } from 'yaml';
import { parseYamlStrictly } from '../decide/parseYamlStrictly';
import { joinTexts, TextArbitrary, withLineEndings } from './joinTexts';

const comment = fc.constantFrom(
  '# none yet',
  '#',
  '# a: {',
  '# }, b: {}',
  '# databases: {}',
  '#\tkey: "',
  "# it's # twice",
  '# - [',
  '# ä 😀',
);
const blanks = fc.constantFrom('', '  ', '    ', '      ', '        ', '\t');

/** The rest of a line: nothing, blanks, or a comment behind blanks. */
const behind = fc.oneof(
  { weight: 2, arbitrary: fc.constant('\n') },
  { weight: 1, arbitrary: fc.constant('  \n') },
  {
    weight: 3,
    arbitrary: joinTexts(fc.constantFrom(' ', '   ', '\t'), comment, '\n'),
  },
);
const linesOf = (indent: fc.Arbitrary<string>) =>
  fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: joinTexts(indent, comment, '\n') },
        { weight: 1, arbitrary: fc.constant('\n') },
      ),
      { maxLength: 2 },
    )
    .map(lines => lines.join(''));
/** Whole lines: comments at any indentation, and blank ones. */
const between = linesOf(blanks);
/** The same without tabs: behind one, yaml accepts a scalar only as long as no key comes right after it. */
const beforeScalar = linesOf(blanks.filter(indent => indent !== '\t'));

/** A value that holds nothing, behind `key:`; it ends its line. */
const emptyValue = (pad: string): TextArbitrary =>
  fc.oneof(
    behind,
    joinTexts(' ', fc.constantFrom('{}', '{ }', '{  }', '~', 'null'), behind),
    joinTexts(
      behind,
      beforeScalar,
      `${pad}  `,
      fc.constantFrom('{}', '~'),
      behind,
    ),
    joinTexts(' {', behind, between, `${pad}  }`, behind),
    joinTexts(
      behind,
      between,
      `${pad}  {`,
      behind,
      between,
      `${pad}  }`,
      behind,
    ),
  );

/** A flow map over several lines; it ends its line. */
const flowMap = (pad: string, names: string[], inner: string): TextArbitrary =>
  joinTexts(
    '{',
    behind,
    ...names.flatMap((name, i) => [
      between,
      `${pad}  ${name}: ${inner}`,
      i < names.length - 1 ? ',' : fc.constantFrom('', ','),
      behind,
    ]),
    between,
    `${pad}  }`,
    behind,
  );

const names = fc.subarray(['a_db', 'n_db', 'z_db'], { minLength: 1 });

const entriesOf = (pad: string): TextArbitrary =>
  fc.oneof(
    emptyValue(pad),
    names.chain(all => joinTexts(' ', flowMap(pad, all, '{}'))),
    names.chain(all =>
      joinTexts(' { ', all.map(name => `${name}: {}`).join(', '), ' }', behind),
    ),
    names.chain(all =>
      joinTexts(
        behind,
        ...all.flatMap(name => [
          between,
          `${pad}  ${name}:`,
          fc.oneof(
            behind,
            joinTexts(' {}', behind),
            joinTexts(behind, between, `${pad}    note: 1`, behind),
            joinTexts(
              behind,
              between,
              `${pad}    note: |\n${pad}      # text\n`,
            ),
          ),
        ]),
        between,
      ),
    ),
  );

const environments = fc
  .subarray(['alpha', 'dev', 'prod'], { minLength: 1 })
  .chain(all =>
    fc.oneof(
      joinTexts(
        behind,
        ...all.flatMap(name => [between, `  ${name}:`, entriesOf('  ')]),
      ),
      joinTexts(
        ' {',
        behind,
        ...all.flatMap(name => [
          between,
          `    ${name}: `,
          fc.oneof(
            fc.constantFrom('{}', '{ a_db: {}, z_db: {} }', '~', ''),
            joinTexts(behind, '    '),
            joinTexts('{', behind, between, '    }'),
            joinTexts('{', behind, between, '      a_db: {}', behind, '    }'),
          ),
          ',',
          behind,
        ]),
        between,
        '  }',
        behind,
      ),
    ),
  );

const body = joinTexts(
  fc.constantFrom('', '\ufeff'),
  fc.oneof(
    between,
    joinTexts('---', behind),
    joinTexts(between, '%YAML 1.2\n---', behind),
  ),
  fc.oneof(between, joinTexts('version: "1.0"', behind)),
  fc.constantFrom('', 'x: &x { a: 1 } # anchor\n'),
  between,
  'databases:',
  fc.oneof(emptyValue(''), environments),
  fc.constantFrom(
    '',
    'notes: |\n  # text\n  dev: {}\n',
    'notes: "\n  # text"\n',
    'last: [1, # one\n  2]\n',
  ),
  between,
  fc.oneof(fc.constant(''), joinTexts('...', behind, between)),
);

/** Catalogs with comments, blank lines, tabs and markers at every place that YAML allows. */
export const commentedCatalogs = withLineEndings(body).filter(isCatalog);

/** Whether both parsers accept it; not every combination is YAML. */
function isCatalog(text: string): boolean {
  try {
    parseYamlStrictly(text, 'file');
    return parseDocument(text).errors.length === 0;
  } catch {
    return false;
  }
}

/** Every comment of a YAML file, in order, without its line ending. */
export const listComments = (text: string): string[] =>
  [...new Lexer().lex(text)].filter(token => token.startsWith('#'));
