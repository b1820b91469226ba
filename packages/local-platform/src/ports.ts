import { createServer } from 'node:net';

/** The four ports of the local platform, each with its environment variable. */
const PORTS = {
  backstage: { title: 'Backstage', variable: 'PORT', fallback: 7007 },
  github: { title: 'GitHub', variable: 'GITHUB_PORT', fallback: 7010 },
  secretsManager: {
    title: 'Secrets Manager',
    variable: 'SECRETS_MANAGER_PORT',
    fallback: 7011,
  },
  postgres: { title: 'PostgreSQL', variable: 'POSTGRES_PORT', fallback: 7012 },
} as const;

export type PortName = keyof typeof PORTS;
export type Ports = Record<PortName, number>;

/** A user error, printed as one line without a stack. */
export class UsageError extends Error {
  name = 'UsageError';
}

/** Reads the ports from the environment. @throws UsageError for an invalid port, or a port that is set twice. */
export const readPorts = (env: NodeJS.ProcessEnv): Ports => {
  const ports = {} as Ports;
  for (const name of Object.keys(PORTS) as PortName[]) {
    const { variable, fallback } = PORTS[name];
    const text = env[variable] || String(fallback);
    const port = Number(text);
    if (!/^[0-9]+$/.test(text) || port < 1 || port > 65535) {
      throw new UsageError(
        `${variable}=${text} is not a port: use a number from 1 to 65535.`,
      );
    }
    const twin = (Object.keys(ports) as PortName[]).find(
      other => ports[other] === port,
    );
    if (twin)
      throw new UsageError(
        `${PORTS[twin].variable} and ${variable} are both ${port}: give each a port of its own.`,
      );
    ports[name] = port;
  }
  return ports;
};

/** The ports that are listened on: PostgreSQL of each environment after the first is one above the one before. */
const listPorts = (
  ports: Ports,
  [, ...environments]: readonly string[],
): Array<{ port: number; what: string }> => [
  ...(Object.keys(ports) as PortName[]).map(name => ({
    port: ports[name],
    what: `${PORTS[name].title}, ${PORTS[name].variable}`,
  })),
  ...environments.map((environment, i) => ({
    port: ports.postgres + i + 1,
    what: `PostgreSQL of ${environment}, POSTGRES_PORT + ${i + 1}`,
  })),
];

/** @throws UsageError that names every port in use, or used twice, in one line. */
export const assertPortsFree = async (
  ports: Ports,
  environments: readonly string[],
): Promise<void> => {
  const all = listPorts(ports, environments);
  const taken: string[] = [];
  for (const [i, { port, what }] of all.entries()) {
    const twin = all.slice(0, i).find(other => other.port === port);
    if (twin)
      throw new UsageError(
        `Port ${port} is for two: ${twin.what}; ${what}. Choose another with one of the variables.`,
      );
    if (port > 65535)
      throw new UsageError(
        `Port ${port} (${what}) is not a port: choose a lower POSTGRES_PORT.`,
      );
    if (!(await isFree(port))) taken.push(`port ${port} (${what})`);
  }
  if (taken.length > 0) {
    throw new UsageError(
      `Already in use: ${taken.join(
        ', ',
      )}. Stop what listens there, or choose another with ${
        taken.length === 1 ? 'that variable' : 'those variables'
      }.`,
    );
  }
};

const isFree = (port: number) =>
  new Promise<boolean>((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES'
        ? resolve(false)
        : reject(error),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
