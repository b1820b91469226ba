import fc from 'fast-check';

/** Generates a terraform.tfvars as people write it, with its databases. */
export interface TfvarsSample {
  text: string;
  eol: string;
  entries: Array<{
    key: string;
    databaseName: string;
    username: string;
    createdb: boolean;
    connectionLimit: number;
  }>;
}

const name = fc.stringMatching(/^[a-z][a-z0-9_]{2,9}$/);
const entryKey = fc.oneof(
  name,
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,9}$/),
);
const comment = fc.constantFrom(
  '# plain',
  '// }',
  '# { "quoted" = "',
  '# application_databases = {',
  '/* } */',
);

/** Keywords that HCL doesn't accept as bare keys. */
const mustQuote = (key: string) =>
  ['for', 'null', 'true', 'false'].includes(key);

const style = fc.record({
  eol: fc.constantFrom('\n', '\r\n'),
  indent: fc.constantFrom('  ', '    ', '\t', ''),
  separator: fc.constantFrom(' = ', '=', ' : ', ': '),
  hasCommas: fc.boolean(),
  hasTrailingComma: fc.boolean(),
  hasBlankLines: fc.boolean(),
  layout: fc.constantFrom('block', 'lines', 'one line'),
  before: fc.constantFrom(
    '',
    '# top }',
    'region = "eu-central-1"',
    'note = <<-EOT\n  application_databases = {\n  EOT',
    'tags = { a = "}", "b" = ["{"] }',
  ),
  after: fc.constantFrom('', '# end {', 'enabled = true', 'limits = [1, 2.5]'),
  endsWithNewline: fc.boolean(),
});

const entry = fc.record({
  key: entryKey,
  isQuoted: fc.boolean(),
  databaseName: name,
  username: name,
  isNameFirst: fc.boolean(),
  createdb: fc.option(fc.boolean(), { nil: undefined }),
  connectionLimit: fc.option(fc.integer({ min: -1, max: 500 }), {
    nil: undefined,
  }),
  above: fc.option(comment, { nil: undefined }),
  behind: fc.option(comment, { nil: undefined }),
});

/** Every sample is valid HCL and declares distinct keys, databases and roles. */
export const tfvarsSamples: fc.Arbitrary<TfvarsSample> = fc
  .tuple(
    style,
    fc.uniqueArray(entry, { maxLength: 5, selector: ({ key }) => key }),
    fc.boolean(),
  )
  .map(([how, drawn, isSorted]) => {
    const entries = isSorted
      ? [...drawn].sort((a, b) => (a.key < b.key ? -1 : 1))
      : drawn;
    const text = print(how, entries);
    return {
      text,
      // A file of one line without an end doesn't tell.
      eol: text.includes('\n') ? how.eol : '\n',
      entries: entries.map(
        ({ key, databaseName, username, createdb, connectionLimit }) => ({
          key,
          databaseName,
          username,
          createdb: createdb ?? false,
          connectionLimit: connectionLimit ?? -1,
        }),
      ),
    };
  });

type Style = typeof style extends fc.Arbitrary<infer T> ? T : never;
type Entry = typeof entry extends fc.Arbitrary<infer T> ? T : never;

const print = (how: Style, entries: Entry[]): string => {
  const lines = [how.before, ...databases(how, entries), how.after];
  const text = lines.filter(line => line !== '').join('\n');
  return (how.endsWithNewline ? `${text}\n` : text).replaceAll('\n', how.eol);
};

const databases = (how: Style, entries: Entry[]): string[] => {
  if (how.layout === 'one line') {
    const all = entries.map(
      item => `${keyOf(item)}${how.separator}${inline(how, item)}`,
    );
    return [`application_databases = { ${all.join(', ')} }`];
  }
  return [
    'application_databases = {',
    ...entries.flatMap((item, i) => {
      const isLast = i === entries.length - 1;
      const comma =
        how.hasCommas && (!isLast || how.hasTrailingComma) ? ',' : '';
      const tail = `${comma}${item.behind ? ` ${item.behind}` : ''}`;
      return [
        ...(item.above ? [`${how.indent}${item.above}`] : []),
        ...(how.layout === 'lines'
          ? [
              `${how.indent}${keyOf(item)}${how.separator}${inline(
                how,
                item,
              )}${tail}`,
            ]
          : [
              `${how.indent}${keyOf(item)}${how.separator}{`,
              ...attributes(how, item).map(
                line => `${how.indent}${how.indent}${line}`,
              ),
              `${how.indent}}${tail}`,
            ]),
        ...(how.hasBlankLines && !isLast ? [' '.repeat(i % 2)] : []),
      ];
    }),
    '}',
  ];
};

const keyOf = ({ key, isQuoted }: Entry) =>
  isQuoted || mustQuote(key) ? `"${key}"` : key;

const attributes = (how: Style, item: Entry): string[] => {
  const lines = [
    `database_name${how.separator}"${item.databaseName}"`,
    `username${how.separator}"${item.username}"`,
  ];
  if (!item.isNameFirst) lines.reverse();
  if (item.createdb !== undefined) lines.push(`createdb = ${item.createdb}`);
  if (item.connectionLimit !== undefined)
    lines.unshift(`connection_limit = ${item.connectionLimit}`);
  return lines;
};

const inline = (how: Style, item: Entry): string =>
  `{ ${attributes(how, item).join(', ')} }`;
