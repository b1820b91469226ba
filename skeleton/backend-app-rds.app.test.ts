import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@goldenpath/local-postgres';
import type { Postgres } from '@goldenpath/local-postgres';
import { itWhen } from '../tests/support/needs';
import { freePorts, until } from '../tests/support/platform';
import { findPython } from '../tests/support/python';
import { renderSkeleton, skeletonValues } from '../tests/support/skeleton';

// Debian's Flask, psycopg2 and gunicorn stand in for the versions that requirements.txt pins.
const python = findPython();
const itWithPython = itWhen(
  python !== undefined,
  'Python with Flask, psycopg2 and gunicorn',
);

const form = {
  component_id: 'parcel-tracker',
  databaseName: 'parcels_db',
  username: 'parcels_app',
  owner: 'checkout-team',
  environment: 'dev',
  description: '',
};
const PASSWORD = `a'b"c\\d e%f{{g}}$h=i;jü`;

/** @returns what the tests of the rendered app print */
const runOwnTests = (folder: string): string =>
  spawnSync(python!, ['-B', '-m', 'unittest', 'discover', 'tests'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  }).stderr;

interface LogLine {
  message: string;
  level: string;
  path?: string;
  status?: number;
}
interface RunningApp {
  ask(path: string): Promise<{ status: number; body: Record<string, string> }>;
  /** Everything it wrote, gunicorn's own lines on stderr included. */
  output(): string;
  /** What it logged: one object a line of stdout. */
  log(): LogLine[];
  /** As Kubernetes ends a pod. @returns the exit code */
  terminate(): Promise<number | null>;
}

describe('the app of the skeleton', () => {
  let folder: string;
  let state: string;
  let postgres: Postgres;
  let credentials: Record<string, string>;
  const running: RunningApp[] = [];
  const place = () => ({
    dataDir: join(state, 'postgres'),
    logFile: join(state, 'postgres.log'),
  });

  beforeAll(async () => {
    folder = await renderSkeleton('backend-app-rds', skeletonValues(form));
    state = mkdtempSync(join(tmpdir(), 'golden-path-app-'));
    chmodSync(state, 0o755);
    if (!python) return;
    postgres = await startPostgres({ ...place(), port: 0 });
    const client = await postgres.connectAsSuperuser();
    await client.query(
      `CREATE ROLE ${form.username} LOGIN PASSWORD ${client.escapeLiteral(
        PASSWORD,
      )}`,
    );
    await client.query(
      `CREATE DATABASE ${form.databaseName} OWNER ${form.username} TEMPLATE template0`,
    );
    await client.end();
    credentials = {
      DB_HOST: 'localhost',
      DB_PORT: String(postgres.port),
      DB_NAME: form.databaseName,
      DB_USER: form.username,
      DB_PASS: PASSWORD,
    };
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map(app => app.terminate()));
  });
  afterAll(async () => {
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
    rmSync(state, { recursive: true, force: true });
  });

  itWithPython('passes its own tests', async () => {
    expect(runOwnTests(folder)).toMatch(/Ran \d+ tests .*\n\nOK/s);
  });

  // Flask looks for the files of the module that it is named after, and a built-in module has none.
  for (const component_id of ['select', 'time', 'flask', 'root'])
    itWithPython(
      `passes its own tests as ${component_id}, a name that Python knows`,
      async () => {
        const other = await renderSkeleton(
          'backend-app-rds',
          skeletonValues({ ...form, component_id }),
        );
        expect(runOwnTests(other)).toMatch(/Ran \d+ tests .*\n\nOK/s);
        rmSync(other, { recursive: true, force: true });
      },
    );

  itWithPython(
    'says hello, is healthy, and is ready over its own database with TLS',
    async () => {
      const app = await start(credentials);
      expect(await app.ask('/')).toEqual({
        status: 200,
        body: { message: 'Hello from parcel-tracker' },
      });
      expect(await app.ask('/health')).toEqual({
        status: 200,
        body: { status: 'ok' },
      });
      expect(await app.ask('/ready')).toEqual({
        status: 200,
        body: { status: 'ready', database: 'parcels_db', user: 'parcels_app' },
      });
      // The server takes nobody without TLS: the answer above came over it, this one can't.
      const plain = await start({ ...credentials, DB_SSLMODE: 'disable' });
      expect((await plain.ask('/ready')).status).toBe(503);
    },
  );

  itWithPython('can check who answers', async () => {
    const verified = { ...credentials, DB_SSLMODE: 'verify-full' };
    const right = await start({ ...verified, PGSSLROOTCERT: postgres.caFile });
    expect((await right.ask('/ready')).status).toBe(200);
    const wrong = await start({ ...verified, PGSSLROOTCERT: '/dev/null' });
    expect((await wrong.ask('/ready')).status).toBe(503);
  });

  const refusals: Array<{
    change: Record<string, string>;
    reason: string;
    why: string;
  }> = [
    {
      change: { DB_PASS: 'wrong-pass-4711' },
      reason: 'database not reachable',
      why: 'a wrong password',
    },
    {
      change: { DB_NAME: 'no_such_db' },
      reason: 'database not reachable',
      why: 'no such database',
    },
    {
      change: { DB_PORT: '1' },
      reason: 'database not reachable',
      why: 'nobody listens',
    },
    {
      change: { DB_PORT: 'x' },
      reason: 'database not reachable',
      why: 'a port that is none',
    },
    {
      change: { DB_PASS: '', DB_USER: '' },
      reason: 'not set: DB_USER, DB_PASS',
      why: 'credentials not there yet',
    },
  ];
  refusals.forEach(({ change, reason, why }) =>
    itWithPython(`is alive but not ready: ${why}`, async () => {
      const app = await start({ ...credentials, ...change });
      expect(await app.ask('/ready')).toEqual({
        status: 503,
        body: { status: 'unavailable', reason },
      });
      expect((await app.ask('/health')).status).toBe(200);
      expect(app.output()).not.toContain('wrong-pass-4711');
      expect(app.output()).not.toContain(PASSWORD);
    }),
  );

  itWithPython('keeps no connection', async () => {
    const app = await start(credentials);
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => app.ask('/ready')),
      );
      expect(answers.map(answer => answer.status)).toEqual(
        answers.map(() => 200),
      );
    }
    const client = await postgres.connectAsSuperuser();
    try {
      // A backend ends a moment after its client has gone.
      await until(async () => {
        const { rows } = await client.query(
          'SELECT FROM pg_stat_activity WHERE usename = $1',
          [form.username],
        );
        return rows.length === 0;
      }, 'the connections to end');
    } finally {
      await client.end();
    }
  });

  itWithPython('notices that the database went and came back', async () => {
    const app = await start(credentials);
    expect((await app.ask('/ready')).status).toBe(200);
    const { port } = postgres;
    await postgres.stop();
    expect((await app.ask('/ready')).status).toBe(503);
    expect((await app.ask('/health')).status).toBe(200);
    postgres = await startPostgres({ ...place(), port });
    expect((await app.ask('/ready')).status).toBe(200);
  });

  const levels = [
    { level: 'debug', logged: ['/', '/health', '/ready'] },
    { level: 'info', logged: ['/'] },
    { level: 'warn', logged: [] },
    { level: 'verbose', logged: ['/'] },
  ];
  levels.forEach(({ level, logged }) =>
    itWithPython(`logs JSON, as much as LOG_LEVEL=${level} wants`, async () => {
      const app = await start({ ...credentials, LOG_LEVEL: level });
      const before = app.log().length;
      await app.ask('/');
      await app.ask('/health');
      await app.ask('/ready');
      await app.terminate();
      const lines = app.log();
      expect(
        lines
          .slice(before)
          .filter(line => line.message === 'request')
          .map(line => line.path),
      ).toEqual(logged);
      expect(lines.some(line => line.message.includes('not a log level'))).toBe(
        level === 'verbose',
      );
    }),
  );

  itWithPython('finishes what it is doing on SIGTERM', async () => {
    // Stands between app and database, and holds the first connection until told.
    let release = () => {};
    let arrived = () => {};
    const connected = new Promise<void>(done => {
      arrived = done;
    });
    const gate = createServer(near => {
      release = () => {
        const far = connect(postgres.port, 'localhost');
        near.pipe(far).pipe(near);
        near.on('error', () => far.destroy());
        far.on('error', () => near.destroy());
      };
      arrived();
    });
    await new Promise<void>(done => {
      gate.listen(0, '127.0.0.1', done);
    });
    try {
      const { port } = gate.address() as AddressInfo;
      const app = await start({ ...credentials, DB_PORT: String(port) });
      const answer = app.ask('/ready');
      await connected;
      const ended = app.terminate();
      release();
      expect((await answer).status).toBe(200);
      expect(await ended).toBe(0);
    } finally {
      gate.close();
    }
  });

  /** Runs it as its Dockerfile does, on a port of this machine. */
  const start = async (env: Record<string, string>): Promise<RunningApp> => {
    const [port] = await freePorts(1);
    const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');
    const [command, ...args]: string[] = JSON.parse(
      /^CMD (\[.*\])$/m.exec(dockerfile)![1],
    );
    expect(command).toBe('gunicorn');
    const bind = args.indexOf('0.0.0.0:8080');
    expect(bind).toBeGreaterThan(0);
    args[bind] = `127.0.0.1:${port}`;
    let out = '';
    let err = '';
    const child: ChildProcess = spawn(python!, ['-B', '-m', command, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout!.setEncoding('utf8').on('data', chunk => {
      out += chunk;
    });
    child.stderr!.setEncoding('utf8').on('data', chunk => {
      err += chunk;
    });
    const ended = new Promise<number | null>(done => {
      child.once('close', code => done(code));
    });
    const app: RunningApp = {
      ask: async path => {
        const answer = await fetch(`http://127.0.0.1:${port}${path}`);
        return {
          status: answer.status,
          body: (await answer.json()) as Record<string, string>,
        };
      },
      output: () => out + err,
      log: () =>
        out
          .split('\n')
          .filter(Boolean)
          .map(line => JSON.parse(line)),
      terminate: async () => {
        child.kill('SIGTERM');
        return ended;
      },
    };
    running.push(app);
    await until(() => app.ask('/health'), 'the app to answer').catch(cause => {
      throw new Error(`The app did not start:\n${err}`, { cause });
    });
    return app;
  };
});
