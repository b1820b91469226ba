import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { PostgresVersion } from '@goldenpath/local-postgres';
import { Client } from 'pg';
import {
  startIn,
  startTemporaryPostgres,
} from '../../../../../tests/support/temporaryPostgres';
import { startEndpoint } from './startEndpoint';

/** As on RDS Multi-AZ: what was committed is on the standby. */
const SETTINGS = {
  synchronous_commit: 'on',
  max_connections: '60',
  wal_retrieve_retry_interval: '50ms',
};

/**
 * An instance behind an endpoint, with a streaming standby, whose servers a test stops, restarts and fails over.
 */
export const startFaultyInstance = async (version: PostgresVersion) => {
  const first = await startTemporaryPostgres({ version, settings: SETTINGS });
  let primary: {
    folder: string;
    port: number;
    stop(): Promise<void>;
  } = { ...first, stop: first.end };
  let standby: typeof primary | undefined;
  const endpoint = await startEndpoint(first.port);
  const folders = [first.folder];

  const superuser = async <T>(
    port: number,
    work: (client: Client) => Promise<T>,
  ): Promise<T> => {
    const client = new Client({
      host: 'localhost',
      port,
      user: first.superuser.username,
      password: first.superuser.password,
      database: 'postgres',
      ssl: { ca: first.ca },
    });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };

  /** SIGQUIT is PostgreSQL's immediate shutdown: the next start is a recovery after a crash. */
  const end = async (how: 'fast' | 'immediate') => {
    if (how === 'immediate') {
      const [pid] = readFileSync(
        join(primary.folder, 'data/postmaster.pid'),
        'utf8',
      ).split('\n');
      process.kill(Number(pid), 'SIGQUIT');
    }
    await primary.stop();
  };
  const start = async () => {
    const { folder, port } = primary;
    primary = { folder, ...(await startIn(folder, version, SETTINGS, port)) };
  };

  return {
    ...first,
    /** The endpoint, which stays the same. */
    port: endpoint.port,
    endpoint,
    sql: (text: string, values?: unknown[]) =>
      superuser(
        primary.port,
        async client => (await client.query(text, values)).rows,
      ),
    end,
    start,
    restart: async (how: 'fast' | 'immediate') => {
      await end(how);
      await start();
    },
    /** Copies the primary and follows it. Commits wait for the standby from now on. */
    addStandby: async () => {
      const folder = mkdtempSync(
        join(dirname(primary.folder), 'golden-path-standby-'),
      );
      folders.push(folder);
      await superuser(primary.port, async client => {
        const hba = join(primary.folder, 'data/pg_hba.conf');
        if (!readFileSync(hba, 'utf8').includes('replication'))
          appendFileSync(
            hba,
            ['127.0.0.1/32', '::1/128']
              .map(from => `hostssl replication all ${from} scram-sha-256\n`)
              .join(''),
          );
        await client.query('SELECT pg_reload_conf()');
        await client.query(`SELECT pg_backup_start('standby', true)`);
        execFileSync('cp', ['-a', `${primary.folder}/.`, folder]);
        const { rows } = await client.query(
          'SELECT labelfile FROM pg_backup_stop(false)',
        );
        const data = join(folder, 'data');
        rmSync(join(data, 'postmaster.pid'), { force: true });
        for (const [name, text] of [
          ['backup_label', rows[0].labelfile],
          ['standby.signal', ''],
        ]) {
          writeFileSync(join(data, name), text, { mode: 0o600 });
          const { uid, gid } = statSync(data);
          chownSync(join(data, name), uid, gid);
        }
        appendFileSync(
          join(data, 'postgresql.auto.conf'),
          `primary_conninfo = 'host=localhost port=${primary.port} user=${first.superuser.username} password=${first.superuser.password} sslmode=require sslcert=/nowhere/crt sslkey=/nowhere/key sslrootcert=/nowhere/ca'\n`,
        );
      });
      standby = { folder, ...(await startIn(folder, version, SETTINGS)) };
      await superuser(primary.port, async client => {
        await client.query(`ALTER SYSTEM SET synchronous_standby_names = '*'`);
        await client.query('SELECT pg_reload_conf()');
        for (;;) {
          const { rows } = await client.query(
            `SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`,
          );
          if (rows.length > 0) return;
          await new Promise(done => {
            setTimeout(done, 20);
          });
        }
      });
    },
    /** The primary dies, the standby takes over, and the endpoint names it. */
    failOver: async () => {
      if (!standby) throw new Error('There is no standby.');
      await end('immediate');
      primary = standby;
      standby = undefined;
      await superuser(primary.port, async client => {
        await client.query('SELECT pg_promote()');
        await client.query('ALTER SYSTEM RESET synchronous_standby_names');
        await client.query('SELECT pg_reload_conf()');
      });
      endpoint.switchTo(primary.port);
    },
    /** The endpoint names the standby, which stays one: reads only. */
    pointToStandby: () => {
      if (standby) endpoint.switchTo(standby.port);
    },
    pointToPrimary: () => endpoint.switchTo(primary.port),
    stop: async () => {
      await endpoint.stop();
      await standby?.stop();
      await primary.stop();
      for (const folder of folders)
        rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type FaultyInstance = Awaited<ReturnType<typeof startFaultyInstance>>;
