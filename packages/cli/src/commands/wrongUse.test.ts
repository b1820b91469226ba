import type { Command } from 'commander';
import { createProgram } from '../index';
import { UsageError } from '../errors';
import { fakeTerminal, WORKFLOW_RUN } from './testing/terminal';

/** Runs the program in this process. @returns the message of the usage error */
const refuse = async (args: string[], env = {}): Promise<string> => {
  const { terminal } = fakeTerminal(env);
  const program = createProgram(terminal);
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  const error = await program
    .parseAsync(['node', 'goldenpath-rds', ...args])
    .then(
      () => undefined,
      caught => caught,
    );
  expect(error).toBeInstanceOf(UsageError);
  return (error as UsageError).message;
};

const requiredOf = (command: Command) =>
  command.options.filter(({ description }) =>
    description.includes('(required)'),
  );
const commands = createProgram(fakeTerminal().terminal)
  .commands.filter(command => requiredOf(command).length > 0)
  .map(command => ({
    name: command.name(),
    options: requiredOf(command).map(({ long }) => long!),
  }));
/** Words of zod, JSON Schema or JavaScript. */
const NOT_OURS =
  /undefined|Invalid input|expected string|received|instance|ENOENT/;

/** CASES 23: "--component: Invalid input: expected string, received undefined". */
describe('an option that is required', () => {
  it('every command that has one is tested', () => {
    expect(commands.map(({ name }) => name).sort()).toEqual([
      'check-plan',
      'comment',
      'decommission',
      'guard',
      'owners',
      'provision',
      'record',
      'request',
      'rotate',
      'status',
      'usage',
    ]);
  });

  it.each(commands)(
    'is named in our words: $name',
    async ({ name, options }) => {
      const message = await refuse([name]);
      expect(message).not.toMatch(NOT_OURS);
      for (const option of options)
        expect(message).toContain(`${option} is required: `);
    },
  );

  it.each(
    commands.flatMap(({ name, options }) =>
      options.flatMap(option =>
        ['', '  '].map(value => ({ name, option, value })),
      ),
    ),
  )(
    'is named in our words, once, where a variable was empty: $name $option=$value',
    async ({ name, option, value }) => {
      const message = await refuse([name, `${option}=${value}`]);
      expect(message).not.toMatch(NOT_OURS);
      expect(message.split(`${option}`).length - 1).toBe(1);
      expect(message).toMatch(
        option === '--env' ? /--env: use / : `${option} is required: `,
      );
    },
  );
});

describe('options of provision that are refused', () => {
  const provision = (...args: string[]) =>
    refuse(['provision', '--env=dev', ...args]);

  it('--retire beside --check, which changes nothing', async () => {
    expect(await provision('--tfvars=x', '--check', '--retire')).toContain(
      '--retire: leave it out with --check, which changes nothing.',
    );
    expect(await provision('--tfvars=x', '--retire')).not.toContain('leave it');
  });

  it('--retire with an empty name, as from an empty variable', async () => {
    for (const value of ['', 'orders_db,'])
      expect(await provision('--tfvars=x', '--retire', value)).toContain(
        '--retire: use names of databases, such as orders_db. Got "".',
      );
  });

  it.each([
    { option: '--mode=auto', reason: 'the default, but given' },
    { option: '--mode=coupled', reason: 'another mode' },
    { option: '--catalog=a.yaml', reason: 'no catalog is written' },
    { option: '--environments-path=envs', reason: 'no folder is searched' },
  ])('$option beside --tfvars: $reason', async ({ option }) => {
    const [name] = option.split('=');
    expect(await provision('--tfvars=x.tfvars', option)).toContain(
      `${name}: leave it out with --tfvars, which names the file itself; it belongs to --root.`,
    );
    expect(await provision('--root=nowhere', option)).not.toContain(
      'leave it out',
    );
  });

  it.each([
    { value: '99999999h', reason: 'overflows the timer of Node' },
    { value: '25h', reason: 'one more than a day' },
    { value: '86400001ms', reason: 'a millisecond more' },
    { value: `${'9'.repeat(400)}h`, reason: 'infinite' },
    { value: '', reason: 'empty' },
    { value: '-1s', reason: 'negative' },
    { value: '1e3s', reason: 'exponent' },
    { value: '0x10s', reason: 'hexadecimal' },
    { value: '1.5h', reason: 'a fraction' },
    { value: ' 15m', reason: 'a space' },
    { value: '15', reason: 'no unit' },
    { value: '15m\n', reason: 'a line break' },
    { value: '１５m', reason: 'digits of another script' },
  ])('--lock-timeout "$value": $reason', async ({ value }) => {
    expect(await provision('--tfvars=x', `--lock-timeout=${value}`)).toContain(
      `--lock-timeout: use a number with ms, s, m or h, up to 24h, such as 15m. Got ${JSON.stringify(
        value,
      )}.`,
    );
  });

  it.each(['24h', '86400s', '0ms', '1440m'])(
    'but not --lock-timeout %s',
    async value => {
      expect(
        await provision('--tfvars=x', `--lock-timeout=${value}`),
      ).not.toContain('--lock-timeout');
    },
  );

  /** They land in the audit, in application_name, in Markdown and in annotations. */
  const broken = [
    { value: '41\n::error::x', reason: 'a line break, and a workflow command' },
    { value: '41\r\nx', reason: 'as Windows ends a line' },
    { value: '41\rx', reason: 'a carriage return' },
    { value: '41\u2028x', reason: "Unicode's line separator" },
    { value: '41\u2029x', reason: "Unicode's paragraph separator" },
    { value: '41\u0085x', reason: 'next line, of C1' },
    { value: '41\u001b[2Jx', reason: 'an escape sequence of terminals' },
    { value: '41\0x', reason: 'NUL, which ends an application_name' },
    { value: '41\u007fx', reason: 'delete' },
    { value: '', reason: 'empty' },
    { value: 'x'.repeat(201), reason: 'longer than any ID' },
  ];
  it.each(
    broken.flatMap(row =>
      ['--run-id', '--build-id'].map(option => ({ ...row, option })),
    ),
  )('$option: $reason', async ({ option, value }) => {
    expect(await provision('--tfvars=x', `${option}=${value}`)).toContain(
      `${option}: use one line of 1 to 200 characters. Got ${JSON.stringify(
        value,
      )}.`,
    );
  });

  it.each(broken.filter(({ value }) => value !== ''))(
    'GITHUB_RUN_ID: $reason',
    async ({ value }) => {
      const args = ['provision', '--env=dev', '--tfvars=x'];
      const env = { GITHUB_RUN_ID: value };
      expect(await refuse(args, env)).toContain(
        'GITHUB_RUN_ID: use one line of 1 to 200 characters.',
      );
      expect(await refuse([...args, '--run-id=7'], env)).not.toContain(
        'GITHUB_RUN_ID',
      );
    },
  );

  it('the page of a run that is no URL', async () => {
    const env = {
      GITHUB_RUN_ID: '7',
      GITHUB_REPOSITORY: 'acme/app',
      GITHUB_SERVER_URL: 'github.example.com',
    };
    const args = ['provision', '--env=dev', '--tfvars=x'];
    expect(await refuse(args, env)).toContain(
      'the page of the run is no URL; set --run-url. Got "github.example.com/acme/app/actions/runs/7".',
    );
    for (const url of ['ftp://x', 'https://x/a b', 'https://x/\n', 'x'])
      expect(await refuse([...args, `--run-url=${url}`])).toContain(
        '--run-url: use the URL of a page',
      );
  });

  it.each([
    '--tfvars',
    '--root',
    '--ca-file',
    '--audit-output',
    '--master-secret',
  ])('%s without a value: a variable was empty', async option => {
    const message = await provision(`${option}=`);
    expect(message).toMatch(new RegExp(`${option}: use the (path|name) of`));
    expect(message).not.toMatch(NOT_OURS);
  });
});

describe('the variables of GitHub', () => {
  const rebase = (env: object) =>
    refuse(['rebase'], { ...WORKFLOW_RUN, ...env });

  it.each([
    { value: 'bad', reason: 'no owner' },
    { value: 'acme/', reason: 'no name' },
    { value: '/app', reason: 'nothing before the slash' },
    { value: 'acme/app/x', reason: 'a path' },
    { value: 'https://github.com/acme/app', reason: 'a URL' },
    { value: 'git@github.com:acme/app.git', reason: "git's address" },
    { value: 'acme app', reason: 'a space' },
    { value: 'acme/a\npp', reason: 'a line break' },
    { value: '-acme/app', reason: 'begins with a hyphen' },
  ])(
    'GITHUB_REPOSITORY=$value is invalid, not missing: $reason',
    async ({ value }) => {
      const message = await rebase({ GITHUB_REPOSITORY: value });
      expect(message).toBe(
        `GITHUB_REPOSITORY: use owner/name of the infra repo, such as acme/platform-infra. Got ${JSON.stringify(
          value,
        )}.`,
      );
    },
  );

  it.each([
    {
      env: { GITHUB_REPOSITORY: '' },
      missing: 'GITHUB_REPOSITORY (as owner/name)',
    },
    {
      env: { GITHUB_REPOSITORY: ' ' },
      missing: 'GITHUB_REPOSITORY (as owner/name)',
    },
    { env: { GITHUB_TOKEN: ' ' }, missing: 'GITHUB_TOKEN' },
    {
      env: { GITHUB_TOKEN: '', GITHUB_REPOSITORY: undefined },
      missing: 'GITHUB_TOKEN and GITHUB_REPOSITORY (as owner/name)',
    },
  ])('are missing: $missing', async ({ env, missing }) => {
    expect(await rebase(env)).toBe(
      `rebase requires ${missing}; set them as environment variables.`,
    );
  });

  it.each(['canary token', 'canary\ntoken', 'canary-tökén'])(
    'a token that no header holds is not shown',
    async token => {
      const message = await rebase({ GITHUB_TOKEN: token });
      expect(message).toMatch(/^GITHUB_TOKEN: the token has a space/);
      expect(message).not.toContain('canary');
    },
  );
});
