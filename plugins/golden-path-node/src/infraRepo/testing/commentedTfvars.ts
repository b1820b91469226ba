import fc from 'fast-check';
import { joinTexts, TextArbitrary, withLineEndings } from './joinTexts';

const lineComment = fc.constantFrom(
  '# none yet',
  '#',
  '// }',
  '# a_db = {',
  '// /* open',
  '# "',
  '# ä 😀',
);
const inlineComment = fc.constantFrom('/* c */', '/**/', '/* } # "a */');
const longComment = fc.constantFrom('/* two\n   lines */', '/*\n# x\n} */');
const blanks = fc.constantFrom('', '  ', '    ', '\t');

/** Blanks between two tokens of a line, or a comment. */
const gap = fc.oneof(
  { weight: 3, arbitrary: fc.constant(' ') },
  { weight: 1, arbitrary: joinTexts(' ', inlineComment, ' ') },
);
/** The rest of a line. */
const behind = fc.oneof(
  { weight: 2, arbitrary: fc.constant('\n') },
  {
    weight: 2,
    arbitrary: joinTexts(fc.constantFrom(' ', '\t'), lineComment, '\n'),
  },
  { weight: 1, arbitrary: joinTexts(' ', inlineComment, '\n') },
  { weight: 1, arbitrary: joinTexts(' ', longComment, '\n') },
);
/** Whole lines. */
const between = fc
  .array(
    fc.oneof(
      joinTexts(
        blanks,
        fc.oneof(lineComment, inlineComment, longComment),
        '\n',
      ),
      fc.constant('\n'),
    ),
    { maxLength: 2 },
  )
  .map(lines => lines.join(''));

const attributes = (name: string) => [
  `database_name = "${name}"`,
  `username = "${name}_user"`,
];

const entry = (name: string): TextArbitrary =>
  joinTexts(
    name,
    gap,
    '=',
    gap,
    fc.oneof(
      joinTexts('{', gap, attributes(name).join(', '), gap, '}'),
      joinTexts(
        '{',
        behind,
        ...attributes(name).flatMap(line => [between, `    ${line}`, behind]),
        between,
        '  }',
      ),
    ),
  );

const names = fc.subarray(['a_db', 'n_db', 'z_db'], { minLength: 1 });

const databases = fc.oneof(
  fc.constantFrom('{}', '{ }', '{\n}'),
  joinTexts('{', gap, '}'),
  joinTexts('{', behind, between, '}'),
  names.chain(all =>
    joinTexts(
      '{',
      gap,
      ...all.flatMap((name, i) => [
        entry(name),
        gap,
        i < all.length - 1 ? ',' : '',
        gap,
      ]),
      '}',
    ),
  ),
  fc
    .tuple(names, fc.boolean(), fc.boolean())
    .chain(([all, commas, trailing]) =>
      joinTexts(
        '{',
        behind,
        ...all.flatMap((name, i) => [
          between,
          '  ',
          entry(name),
          commas && (i < all.length - 1 || trailing) ? ',' : '',
          behind,
        ]),
        between,
        '}',
      ),
    ),
);

/** terraform.tfvars with comments and blank lines at every place that HCL allows. */
export const commentedTfvars = withLineEndings(
  joinTexts(
    fc.constantFrom('', '\ufeff'),
    between,
    fc.oneof(
      fc.constant(''),
      joinTexts('environment', gap, '=', gap, '"dev"', behind),
    ),
    fc.constantFrom('', 'note = <<-EOT\n  # text }\n  EOT\n'),
    between,
    'application_databases',
    gap,
    '=',
    gap,
    databases,
    behind,
    between,
    fc.constantFrom('', 'region = "x" # last\n', 'tags = { a = 1 /* } */ }\n'),
  ),
);

/** Every comment of an HCL file without heredocs that hold quotes, in order, without its line ending. */
export const listHclComments = (text: string): string[] =>
  [
    ...text.matchAll(/"(?:\\.|[^"\\\n])*"|(?:#|\/\/)[^\r\n]*|\/\*[^]*?\*\//g),
  ].flatMap(([token]) => (token.startsWith('"') ? [] : [token]));
