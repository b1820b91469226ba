import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, ClientConfig } from 'pg';
import { makeCertificates } from './certificates';
import {
  OperatingUser,
  findOperatingUser,
  provideReachableBinaries,
  chooseReachableDataDir,
} from './operatingUser';
import { waitForPredecessor } from './predecessor';
import { assertRoles, Login, makeDatabase, makeMaster } from './roles';
import {
  findEmbeddedBinaries,
  initialise,
  PostgresVersion,
  startServer,
} from './server';

const SUPERUSER = 'rdsadmin';
const MASTER = 'master';

export interface Postgres {
  host: 'localhost';
  port: number;
  /** PEM of the CA that signed the server's certificate. */
  caFile: string;
  superuser: Login;
  /** Like the master of an RDS instance: CREATEDB and CREATEROLE, but not a superuser. */
  master: Login;
  /** The owner of each requested database, by the database's name. */
  databases: Record<string, Login>;
  /** A connected client; the caller ends it. */
  connectAsSuperuser(database?: string): Promise<Client>;
  /** Waits until the server has ended. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL that behaves like an RDS instance: TLS only, SCRAM, a master who is not a superuser. The
 * first start creates the cluster, later ones use it.
 * @throws Error with the end of the server's log if it doesn't start, or with the missing name if the cluster was
 *   created with other names
 */
export const startPostgres = async (options: {
  dataDir: string;
  /** 0 for a free port. */
  port: number;
  logFile: string;
  /** Major version. Default: the newest. */
  version?: PostgresVersion;
  /** Default: `master`. */
  masterUsername?: string;
  /** Databases to create. Each is owned by a role of the same name, and no other role may connect. Default: none. */
  databases?: string[];
  /** Server settings, as on its command line. */
  settings?: Record<string, string>;
  /** Gets a line if files are stored in another place than requested. Default: standard error. */
  log?: (line: string) => void;
}): Promise<Postgres> => {
  const log =
    options.log ?? ((line: string) => process.stderr.write(`${line}\n`));
  const user = findOperatingUser();
  const binaries = provideReachableBinaries(
    findEmbeddedBinaries(options.version),
    user,
    log,
  );
  const dataDir = chooseReachableDataDir(options.dataDir, user, log);
  const passwordsFile = `${options.dataDir}-passwords.json`;
  const caFile = `${options.dataDir}-ca.pem`;
  mkdirSync(dirname(options.dataDir), { recursive: true });
  const port = options.port || (await findFreePort());

  await waitForPredecessor(dataDir);
  // A restart of the machine may delete data in the temporary folder.
  const isNew =
    !existsSync(passwordsFile) || !existsSync(join(dataDir, 'PG_VERSION'));
  const names = {
    master: options.masterUsername ?? MASTER,
    databases: options.databases ?? [],
  };
  const passwords = isNew
    ? createPasswords(names.databases)
    : readPasswords(passwordsFile);
  if (isNew) {
    // An interrupted first start left a cluster with unknown passwords.
    rmSync(dataDir, { recursive: true, force: true });
    await makeCluster({
      binaries,
      dataDir,
      caFile,
      password: passwords.superuser,
      user,
    });
  }

  const server = startServer({
    binaries,
    dataDir,
    port,
    logFile: options.logFile,
    user,
    settings: {
      listen_addresses: 'localhost',
      unix_socket_directories: '',
      ssl: 'on',
      password_encryption: 'scram-sha-256',
      max_connections: '200',
      ...options.settings,
    },
  });
  const connect = async (login: Login, database = 'postgres') => {
    const config: ClientConfig = {
      host: 'localhost',
      port,
      user: login.username,
      password: login.password,
      database,
    };
    const client = new Client({
      ...config,
      ssl: { ca: readFileSync(caFile, 'utf8') },
    });
    await client.connect();
    return client;
  };
  const superuser = { username: SUPERUSER, password: passwords.superuser };
  const master = { username: names.master, password: passwords.master };
  const databases = Object.fromEntries(
    names.databases.map(username => [
      username,
      { username, password: passwords.databases[username] },
    ]),
  );

  try {
    const client = await waitForFirstAnswer(
      () => connect(superuser),
      server.ended,
      options.logFile,
    );
    try {
      if (isNew) {
        await makeMaster(client, master);
        for (const owner of Object.values(databases))
          await makeDatabase(client, owner);
      } else await assertRoles(client, options.dataDir, names);
    } finally {
      await client.end();
    }
    if (isNew) writePasswords(passwordsFile, passwords);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    host: 'localhost',
    port,
    caFile,
    superuser,
    master,
    databases,
    connectAsSuperuser: database => connect(superuser, database),
    stop: server.stop,
  };
};

interface Passwords {
  superuser: string;
  master: string;
  /** By the name of database and owner. */
  databases: Record<string, string>;
}

const createPasswords = (databases: string[]): Passwords => {
  const one = () => randomBytes(18).toString('base64url');
  return {
    superuser: one(),
    master: one(),
    databases: Object.fromEntries(databases.map(name => [name, one()])),
  };
};

const readPasswords = (file: string): Passwords => {
  const { superuser, master, databases, ...others } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  // In files of older versions the databases' passwords are beside the other two.
  return { superuser, master, databases: databases ?? others };
};

/** Replaces the file atomically: with half a file no login would be possible. */
const writePasswords = (file: string, passwords: Passwords) => {
  writeFileSync(`${file}.new`, JSON.stringify(passwords), { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

const makeCluster = async (options: {
  binaries: string;
  dataDir: string;
  caFile: string;
  password: string;
  user?: OperatingUser;
}) => {
  const { dataDir, user } = options;
  const own = (path: string, mode: number) => {
    chmodSync(path, mode);
    if (user) chownSync(path, user.uid, user.gid);
  };
  const scratch = mkdtempSync(join(tmpdir(), 'local-postgres-initdb-'));
  try {
    own(scratch, 0o700);
    const passwordFile = join(scratch, 'password');
    writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
    own(passwordFile, 0o600);
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    own(dataDir, 0o700);
    await initialise({ ...options, superuser: SUPERUSER, passwordFile });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }

  const { ca, certificate, key } = await makeCertificates();
  writeFileSync(options.caFile, ca, { mode: 0o644 });
  const files: Record<string, string> = {
    'server.crt': certificate,
    'server.key': key,
    // Like rds.force_ssl=1: rejects connections without TLS.
    'pg_hba.conf': ['127.0.0.1/32', '::1/128']
      .map(from => `hostssl all all ${from} scram-sha-256\n`)
      .join(''),
  };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(dataDir, name), text, { mode: 0o600 });
    own(join(dataDir, name), 0o600);
  }
};

/** Polls until the server answers, or has ended. */
const waitForFirstAnswer = async (
  connect: () => Promise<Client>,
  ended: Promise<void>,
  logFile: string,
): Promise<Client> => {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      return await connect();
    } catch (cause) {
      if (isOver || Date.now() > deadline) {
        const log = readFileSync(logFile, 'utf8')
          .trim()
          .split('\n')
          .slice(-5)
          .join('\n');
        throw new Error(
          `PostgreSQL did not come up. The end of ${logFile}:\n${log}`,
          { cause },
        );
      }
      await sleep(25);
    }
  }
};

const findFreePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
