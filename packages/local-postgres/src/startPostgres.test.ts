import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { waitForPredecessor } from './predecessor';
import { startPostgres } from './startPostgres';

const TRANSFORM = require.resolve(
  '@backstage/cli-node/config/nodeTransform.cjs',
);
const PROGRAM = `require(${JSON.stringify(join(__dirname, 'startPostgres.ts'))})
  .startPostgres(JSON.parse(process.env.PLACE))
  .then(() => {
    console.log('ready');
    setInterval(() => {}, 1000);
  });`;

describe('startPostgres', () => {
  let folder: string;
  const place = () => ({
    dataDir: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    port: 0,
    masterUsername: 'the-master',
    databases: ['orders', 'Stock "2"'],
  });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'golden-path-postgres-test-'));
    chmodSync(folder, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has a master like that of RDS, TLS only, and keeps its state', async () => {
    const postgres = await startPostgres({
      ...place(),
      settings: { log_statement: 'all' },
    });
    const login = {
      host: 'localhost',
      port: postgres.port,
      user: postgres.master.username,
      password: postgres.master.password,
      database: 'postgres',
    };
    const master = new Client({
      ...login,
      ssl: { ca: readFileSync(postgres.caFile, 'utf8') },
    });
    try {
      await master.connect();
      const { rows } = await master.query(
        `SELECT rolsuper, rolcreatedb, rolcreaterole, pg_has_role('rds_superuser', 'member') AS rds_superuser,
                (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS tls
           FROM pg_roles WHERE rolname = current_user`,
      );
      expect(rows).toEqual([
        {
          rolsuper: false,
          rolcreatedb: true,
          rolcreaterole: true,
          rds_superuser: true,
          tls: true,
        },
      ]);
      await expect(master.query('SELECT * FROM pg_authid')).rejects.toThrow(
        'permission denied',
      );
      await expect(
        new Client({
          ...login,
          database: 'orders',
          ssl: { ca: readFileSync(postgres.caFile, 'utf8') },
        }).connect(),
      ).rejects.toThrow('permission denied for database');
      await expect(new Client(login).connect()).rejects.toThrow(/pg_hba.conf/);
      await master.query('CREATE DATABASE kept');
    } finally {
      await master.end();
      await postgres.stop();
    }
    const log = readFileSync(place().logFile, 'utf8');
    expect(log).toContain('CREATE DATABASE kept');
    for (const { password } of [
      postgres.master,
      ...Object.values(postgres.databases),
    ])
      expect(log).not.toContain(password);

    const again = await startPostgres(place());
    const client = await again.connectAsSuperuser('kept');
    await client.end();
    await again.stop();
    expect(again.master).toEqual(postgres.master);
    expect(again.databases).toEqual(postgres.databases);
  });

  it('has the databases it was asked for, each for its owner', async () => {
    const postgres = await startPostgres(place());
    try {
      expect(postgres.master.username).toBe('the-master');
      expect(Object.keys(postgres.databases)).toEqual(place().databases);
      for (const [database, { username, password }] of Object.entries(
        postgres.databases,
      )) {
        const owner = new Client({
          host: 'localhost',
          port: postgres.port,
          user: username,
          password,
          database,
          ssl: { ca: readFileSync(postgres.caFile, 'utf8') },
        });
        await owner.connect();
        const { rows } = await owner.query(
          'SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = current_database()',
        );
        await owner.end();
        expect(rows).toEqual([{ owner: database }]);
      }
    } finally {
      await postgres.stop();
    }
  });

  it('reads the passwords file of an older version', async () => {
    const file = join(folder, 'postgres-passwords.json');
    const text = readFileSync(file, 'utf8');
    const { databases, ...others } = JSON.parse(text);
    try {
      writeFileSync(file, JSON.stringify({ ...others, ...databases }));
      const postgres = await startPostgres(place());
      await postgres.stop();
      expect(postgres.databases.orders.password).toBe(databases.orders);
    } finally {
      writeFileSync(file, text);
    }
  });

  it.each([
    { names: { masterUsername: 'boss' }, missing: 'boss' },
    { names: { databases: ['orders', 'sales'] }, missing: 'sales' },
  ])(
    'refuses data that was made without $missing',
    async ({ names, missing }) => {
      await expect(startPostgres({ ...place(), ...names })).rejects.toThrow(
        `${
          place().dataDir
        } was created with other names and has no role "${missing}": use the master and the databases that it was created with, or remove it.`,
      );
    },
  );

  /** Starts a server from a program of its own, as `make start` does. */
  const startFromProgram = async () => {
    const program = spawn(
      process.execPath,
      ['--require', TRANSFORM, '-e', PROGRAM],
      {
        env: { ...process.env, PLACE: JSON.stringify(place()) },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(program.stdout, 'data');
    return program;
  };

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'ends with the program that started it, also by %s, and comes up again at once',
    async signal => {
      const program = await startFromProgram();
      program.kill(signal);
      await once(program, 'exit');
      expect(program.signalCode).toBe(signal);
      // PostgreSQL lets no second server onto the same data.
      const again = await startPostgres(place());
      await again.stop();
    },
  );

  it('takes no notice of the lock file of a server that was killed, even if its number is taken', async () => {
    const postgres = await startPostgres(place());
    await postgres.stop();
    writeFileSync(
      join(folder, 'postgres/postmaster.pid'),
      `${process.pid}\n${join(folder, 'postgres')}\n1\n0\n\nlocalhost\n`,
    );
    const again = await startPostgres(place());
    await again.stop();
  });

  it('refuses to start a second server on the same data, and names the first', async () => {
    const postgres = await startPostgres(place());
    await expect(
      waitForPredecessor(join(folder, 'postgres'), { waitMs: 0 }),
    ).rejects.toThrow(/A PostgreSQL \(process \d+\) already runs on/);
    await postgres.stop();
  });

  it('says why it did not come up', async () => {
    await expect(
      startPostgres({ ...place(), settings: { no_such_setting: 'on' } }),
    ).rejects.toThrow(/did not come up[^]*no_such_setting/);
  });

  it('keeps its passwords to its user', async () => {
    const { mode } = statSync(join(folder, 'postgres-passwords.json'));
    expect((mode & 0o777).toString(8)).toBe('600');
  });
});
