import { PassThrough } from 'node:stream';
import type {
  DatabaseResult,
  ProvisionEvent,
} from '@goldenpath/plugin-golden-path-node';
import type { Terminal } from '../terminal';
import { createProvisionReporter } from './provisionReporter';

const ESCAPE = '\u001b';
const TOKEN = new RegExp(`${ESCAPE}\\[[0-9]*[A-Z]|[^]`, 'g');

/** The lines on a terminal's screen after a program wrote this text. */
const screenOf = (written: string): string[] => {
  const lines = [''];
  let column = 0;
  for (const [token] of written.matchAll(TOKEN)) {
    const line = lines.length - 1;
    if (token === '\n') {
      lines.push('');
      column = 0;
    } else if (token === `${ESCAPE}[1G`) {
      column = 0;
    } else if (token === `${ESCAPE}[2K`) {
      lines[line] = '';
    } else if ([`${ESCAPE}[0K`, `${ESCAPE}[0J`].includes(token)) {
      lines[line] = lines[line].slice(0, column);
    } else if (token.startsWith(ESCAPE)) {
      throw new Error(`No meaning for ${JSON.stringify(token)}`);
    } else {
      lines[line] =
        lines[line].slice(0, column).padEnd(column) +
        token +
        lines[line].slice(column + 1);
      column += 1;
    }
  }
  return lines;
};

/** A terminal and the text that was written to it. */
const terminalOf = (columns = 100) => {
  const written: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns });
  stream.on('data', data => written.push(String(data)));
  const line = (text: string) => stream.write(`${text}\n`);
  const terminal: Terminal = {
    env: {},
    now: () => new Date(),
    out: line,
    err: line,
    watched: stream as unknown as NodeJS.WriteStream,
    columns,
    endWith: () => undefined,
  };
  return { terminal, text: () => written.join('') };
};

const progress = (
  phase: 'observe' | 'apply',
  done: number,
  ...underway: string[]
): ProvisionEvent => ({ type: 'progress', phase, done, total: 3, underway });
const change = (status: 'success' | 'failed'): ProvisionEvent => ({
  type: 'change',
  database: 'orders',
  username: 'orders_user',
  action: 'create_role',
  status,
  durationMs: 3,
  message: `create role orders_user (${status})`,
});
const result = (
  outcome: DatabaseResult['outcome'],
  problems: string[] = [],
): DatabaseResult => ({
  database: `${outcome}_db`,
  username: 'u',
  outcome,
  changes: 0,
  problems,
});
const summary = (databases: DatabaseResult[]): ProvisionEvent => ({
  type: 'summary',
  mode: 'apply',
  environment: 'dev',
  outcome: 'failed',
  changes: 0,
  databases,
});

describe('on an interactive terminal', () => {
  // The bar draws with timers; the test advances them.
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const pass = () => jest.advanceTimersByTime(300);

  it('draws the databases in progress, keeps lines and bar apart, and removes the bar', async () => {
    const { terminal, text } = terminalOf();
    const reporter = createProvisionReporter(terminal, { isJson: false });
    reporter.report({ type: 'note', text: 'first' });
    reporter.report(progress('observe', 0));
    reporter.report(progress('observe', 1, 'users_db', 'carts'));
    pass();
    expect(screenOf(text()).slice(0, -1)).toEqual(['Note: first']);
    expect(screenOf(text()).at(-1)).toMatch(
      /^Logging in \[=+ +\] 1\/3 .*users_db, carts$/,
    );
    reporter.report(progress('observe', 3));
    reporter.report({ type: 'note', text: 'second' });
    reporter.report(progress('apply', 0, 'orders'));
    reporter.report(change('success'));
    reporter.report(change('failed'));
    pass();
    expect(screenOf(text()).at(-1)).toMatch(/^Applying \[ +\] 0\/3 +orders$/);
    reporter.report({ type: 'note', text: 'third' });
    expect(screenOf(text())).toEqual([
      'Note: first',
      'Note: second',
      '  FAILED  orders: create role orders_user (failed) (3 ms)',
      'Note: third',
      '',
    ]);
  });

  it('removes the bar if the run ends early', async () => {
    const { terminal, text } = terminalOf();
    const reporter = createProvisionReporter(terminal, { isJson: false });
    reporter.report(progress('apply', 1, 'orders'));
    pass();
    expect(text()).toContain('Applying');
    reporter.end();
    expect(screenOf(text())).toEqual(['']);
    const before = text();
    pass();
    expect(text()).toBe(before);
  });

  it('never draws a bar that wraps', async () => {
    const { terminal, text } = terminalOf(40);
    const reporter = createProvisionReporter(terminal, { isJson: false });
    reporter.report(progress('apply', 1, 'a_database_with_a_long_name', 'b'));
    pass();
    expect(screenOf(text()).at(-1)).toHaveLength(39);
    reporter.end();
  });

  it('prints a table of results, and problems as lines to copy', () => {
    const { terminal, text } = terminalOf();
    const problem = `Its owner must run: ${'REVOKE '.repeat(20)};\n`;
    createProvisionReporter(terminal, { isJson: false }).report(
      summary([
        result('changed'),
        result('unchanged'),
        result('refused', [problem]),
      ]),
    );
    expect(screenOf(text())).toEqual([
      '┌────────────┬──────┬─────────┬─────────┐',
      '│ Database   │ User │ Outcome │ Changes │',
      '├────────────┼──────┼─────────┼─────────┤',
      '│ changed_db │ u    │ changed │       0 │',
      '│ refused_db │ u    │ refused │       0 │',
      '└────────────┴──────┴─────────┴─────────┘',
      `refused_db: ${problem.replace('\n', '\\u{a}')}`,
      '1 database unchanged.',
      'Failed, after 0 changes.',
      '',
    ]);
  });

  it.each([
    {
      databases: [result('unchanged')],
      columns: 100,
      reason: 'nothing to show',
    },
    {
      databases: [result('changed')],
      columns: 60,
      reason: 'a narrow terminal',
    },
  ])('prints no table: $reason', ({ databases, columns }) => {
    const { terminal, text } = terminalOf(columns);
    createProvisionReporter(terminal, { isJson: false }).report(
      summary(databases),
    );
    expect(text()).not.toContain('│');
    expect(text()).toContain('Failed, after 0 changes.');
  });
});

describe('as JSON events', () => {
  it('reports progress once a second, and the first and last event of each phase', () => {
    const lines: string[] = [];
    let time = 0;
    const { terminal } = terminalOf();
    const { report } = createProvisionReporter(
      {
        ...terminal,
        out: line => lines.push(line),
        now: () => new Date(time),
      },
      { isJson: true },
    );
    for (const [at, event] of [
      [0, progress('observe', 0)],
      [999, progress('observe', 1)],
      [1000, progress('observe', 2)],
      [1001, progress('observe', 3)],
      [1002, progress('apply', 0)],
      [1003, progress('apply', 1)],
    ] as const) {
      time = at;
      report(event);
    }
    expect(
      lines.map(line => JSON.parse(line)).map(e => `${e.phase} ${e.done}`),
    ).toEqual(['observe 0', 'observe 2', 'observe 3', 'apply 0']);
  });
});
