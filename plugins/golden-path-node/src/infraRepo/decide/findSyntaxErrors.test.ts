import { parseHclValues } from './hcl';

const entry = (name: string, lines: string[]) =>
  `  ${name} = {\n${lines.map(line => `    ${line}\n`).join('')}  }\n`;
const GOOD = ['database_name = "a_db"', 'username      = "a_user"'];
const file = (...entries: string[]) =>
  `region = "eu-central-1"\n\napplication_databases = {\n${entries.join(
    '',
  )}}\n`;

/** The leftover "several syntax errors in a tfvars at once": people fix one, run again, and meet the next. */
describe('the syntax errors of a terraform.tfvars', () => {
  const linesOf = async (text: string) => {
    const error = await parseHclValues(text, 'x.tfvars').catch(
      caught => caught,
    );
    expect(error.name).toBe('InputError');
    return (error.message as string).split('\n').map(line => {
      const [, at = '', reason = ''] =
        /^x\.tfvars:(\d+):\d+: (.+)$/.exec(line) ?? [];
      expect(reason).not.toBe('');
      return Number(at);
    });
  };

  it.each([
    {
      text: file(
        entry('a', ['database_name = "a_db', 'username = "a_user"']),
        entry('b', GOOD),
        entry('c', ['database_name = ', 'username = "c_user"']),
      ),
      lines: [5, 13],
      reason: 'a quote and a value are missing, in two entries',
    },
    {
      text: file(
        entry('a', GOOD),
        entry('b', ['database_name "b_db"', 'username = "b"']),
        entry('c', ['database_name = = "c_db"']),
        entry('d', ['connection_limit = 1 2']),
      ),
      lines: [9, 13, 16],
      reason: 'three entries, each with another error',
    },
    {
      text: `region = \nbucket = "x"\nzone = "\napplication_databases = {}\nother = [1,\n`,
      lines: [1, 3, 6],
      reason: 'attributes beside each other',
    },
    {
      text: `region = \n${file(entry('a', ['database_name = ']))}`,
      lines: [1, 6],
      reason: 'an attribute and an entry',
    },
    {
      text: `region = "a"\nregion = "b"\n${file(
        entry('a', ['database_name = ']),
        entry('b', ['username = ']),
      )}`,
      lines: [2, 7, 10],
      reason: 'an attribute that is set twice, and two errors of syntax',
    },
    {
      text: file(
        entry('a', ['database_name = ']),
        '  "b-c" = {\n    username =\n  },\n',
        entry('d', GOOD),
      ),
      lines: [5, 8],
      reason: 'quoted keys and commas',
    },
    {
      text: file(entry('a', ['database_name = '])).replaceAll('\n', '\r\n'),
      lines: [5],
      reason: 'as Windows ends lines',
    },
    {
      text: file(
        entry('a', GOOD),
        '  b = {\n    username = "b"\n',
        entry('c', GOOD),
      ),
      lines: [15],
      reason: 'one brace is missing: one error, where it is today',
    },
    {
      text: 'application_databases = { a = { database_name = }, b = { username = } }\n',
      lines: [1],
      reason: 'all on one line: the first',
    },
  ])('$lines: $reason', async ({ text, lines }) => {
    expect(await linesOf(text)).toEqual(lines);
  });

  it('are none in a valid file', async () => {
    await expect(
      parseHclValues(file(entry('a', GOOD), entry('b', GOOD)), 'x.tfvars'),
    ).resolves.toHaveProperty('application_databases.a.username', 'a_user');
  });
});
