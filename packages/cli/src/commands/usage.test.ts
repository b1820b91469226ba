import type {
  Connect,
  SecretsReader,
} from '@goldenpath/plugin-golden-path-node';
import { fakeTerminal, onlySettings } from './testing/terminal';
import { usageCommand, UsageDeps } from './usage';

const ROW = {
  sizeBytes: '8120000',
  sessions: [{ role: 'users_app_user', application: 'a\u001b[2J', count: 2 }],
  lastStateChange: new Date('2026-11-24T09:59:00Z'),
  sessionsOpened: '120',
  transactions: '4000',
  countedSince: null,
};

const run = async (args: string[], rows: object[] = [ROW]) => {
  const { terminal, said } = fakeTerminal();
  const targets: Array<Parameters<Connect>[0]> = [];
  const secrets: SecretsReader = {
    read: async paths =>
      paths.map(path => ({
        path,
        text: '{"username":"master","password":"a-canary","host":"db","port":5432}',
        versionId: 'v1',
      })),
  };
  const connect: Connect = async target => {
    targets.push(target);
    return {
      announcedPid: 1,
      lost: new AbortController().signal,
      query: async <Row>() => rows as Row[],
      queryAll: async () => [],
      close: async () => undefined,
    };
  };
  const deps: UsageDeps = {
    terminal,
    directory: () => ({
      ...onlySettings(),
      files: async () => [],
      replace: async () => undefined,
    }),
    secrets: () => secrets,
    connect: () => connect,
    stopSignal: () => new AbortController().signal,
  };
  await usageCommand(deps)
    .exitOverride()
    .parseAsync(['node', 'usage', '--env', 'dev', ...args]);
  return { ...said, targets };
};

describe('goldenpath-rds usage', () => {
  it('prints what the instance knows, in a session that only reads', async () => {
    const { out, targets } = await run(['--database', 'users_db']);
    expect(out).toEqual([
      'Size: 7.7 MiB',
      'Connections now: 2: 2 × users_app_user (a\\u{1b}[2J)',
      'Last activity of an open connection: 2026-11-24T09:59:00.000Z',
      'Opened so far: 120 sessions, 4000 transactions since the database was created, or the server crashed or failed over',
      'Observed at: 2026-11-24T10:00:00.000Z',
    ]);
    expect(targets).toEqual([
      expect.objectContaining({ database: 'postgres', settings: 'read-only' }),
    ]);
    expect(out.join('\n')).not.toContain('canary');
  });

  it('prints one JSON object with --json', async () => {
    const { out } = await run(['--database', 'users_db', '--json']);
    expect(out.map(line => JSON.parse(line))).toEqual([
      {
        environment: 'dev',
        database: 'users_db',
        observedAt: '2026-11-24T10:00:00.000Z',
        sizeBytes: 8120000,
        connections: 2,
        sessions: ROW.sessions,
        lastStateChange: '2026-11-24T09:59:00.000Z',
        sessionsOpened: 120,
        transactions: 4000,
      },
    ]);
  });

  it('fails where there is no such database', async () => {
    await expect(run(['--database', 'users_db'], [])).rejects.toThrow(
      'db:5432 has no database "users_db".',
    );
  });
});
