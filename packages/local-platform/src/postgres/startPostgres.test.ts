import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startPostgres } from './startPostgres';

describe('startPostgres', () => {
  let folder: string;
  const place = () => ({
    dataDir: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    port: 0,
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
          database: 'backstage',
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
    expect(log).not.toContain(postgres.master.password);

    const again = await startPostgres(place());
    const client = await again.connectAsSuperuser('kept');
    await client.end();
    await again.stop();
    expect(again.master).toEqual(postgres.master);
  });
});

jest.setTimeout(60_000);
