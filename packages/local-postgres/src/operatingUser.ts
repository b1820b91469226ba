import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The user that runs PostgreSQL if this process is root: PostgreSQL refuses to run as root. */
export interface OperatingUser {
  uid: number;
  gid: number;
}

/** `postgres` if the machine has it, else `nobody`; undefined if this process isn't root and runs PostgreSQL itself. */
export const findOperatingUser = (): OperatingUser | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'));
  const account =
    accounts.find(([name]) => name === 'postgres') ??
    accounts.find(([name]) => name === 'nobody');
  if (!account)
    throw new Error(
      'PostgreSQL refuses to run as root, and this machine has neither a user "postgres" nor "nobody".',
    );
  return { uid: Number(account[2]), gid: Number(account[3]) };
};

/** Whether the user may pass through every folder above a path. */
const canReach = (path: string, { uid }: OperatingUser): boolean => {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    if (existsSync(folder)) {
      const { mode, uid: owner } = statSync(folder);
      if (!(mode & 0o001) && !(owner === uid && mode & 0o100)) return false;
    }
    if (folder === dirname(folder)) return true;
  }
};

/**
 * A folder with the binaries that the user can reach: the given one, or a copy in the system's temporary folder if a
 * parent folder is closed (such as /root). `log` gets one line about a copy.
 * @throws Error if another user owns the folder of the copy
 */
export const provideReachableBinaries = (
  folder: string,
  user: OperatingUser | undefined,
  log: (line: string) => void,
): string => {
  if (!user || canReach(join(folder, 'bin'), user)) return folder;
  const { mtimeMs, size } = statSync(join(folder, 'bin/postgres'));
  const copy = join(
    tmpdir(),
    `golden-path-postgres-${computeShortHash(`${folder} ${mtimeMs} ${size}`)}`,
  );
  if (!existsSync(copy)) {
    const partial = mkdtempSync(`${copy}-`);
    chmodSync(partial, 0o755);
    cpSync(folder, partial, { recursive: true, verbatimSymlinks: true });
    renameSync(partial, copy);
  }
  if (statSync(copy).uid !== process.getuid?.())
    throw new Error(
      `${copy} belongs to another user. Remove it: PostgreSQL's programs are copied there.`,
    );
  log(
    `PostgreSQL's own user can't enter ${folder}: its programs run from the copy ${copy}.`,
  );
  return copy;
};

/**
 * A data directory that the user can reach: the given one, or one in the temporary folder. `log` gets one line about the
 * latter.
 */
export const chooseReachableDataDir = (
  dataDir: string,
  user: OperatingUser | undefined,
  log: (line: string) => void,
): string => {
  if (!user || canReach(dataDir, user)) return dataDir;
  const elsewhere = join(
    tmpdir(),
    `golden-path-postgres-data-${computeShortHash(dataDir)}`,
  );
  log(
    `PostgreSQL's own user can't enter ${dirname(
      dataDir,
    )}: its data is in ${elsewhere}.`,
  );
  return elsewhere;
};

const computeShortHash = (text: string) =>
  createHash('sha256').update(text).digest('hex').slice(0, 12);
