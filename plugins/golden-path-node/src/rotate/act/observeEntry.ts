import type { ObservedClone } from '../../provision/decide/clone';
import { parseMark } from '../../provision/decide/mark';
import {
  majorVersion,
  ObservedDatabase,
  ObservedRole,
  ObservedServer,
} from '../../provision/decide/observation';
import { explainMasterError } from '../../provision/decide/postgres/connectionErrors';
import {
  OBSERVE_OWN_SETTINGS,
  observeClones,
} from '../../provision/decide/postgres/cloneSql';
import {
  OBSERVE_DATABASES,
  OBSERVE_SERVER,
  observeRoles,
} from '../../provision/decide/postgres/observeSql';
import {
  createPreflightError,
  findServerProblems,
  isPooled,
  POOLER,
} from '../../provision/decide/preflight';
import type { ConnectTarget, Session } from '../../provision/ports';
import type { ObservedEntry } from '../decide/findRefusal';
import type { RotationDeps } from '../ports';
import { listPossibleOwners, Rotation } from './openRotation';

/** Connects the master to database `postgres`. */
export const connectAsMaster = (
  { connect, options }: RotationDeps,
  { master, environment }: Rotation,
  settings: ConnectTarget['settings'],
  { despiteStop } = { despiteStop: false },
): Promise<Session> =>
  connect({
    host: master.host,
    port: master.port,
    database: 'postgres',
    username: master.username,
    password: master.password,
    applicationName: nameApplication(environment, options.runId),
    settings,
    signal: despiteStop ? undefined : options.signal,
  }).catch(error => {
    throw explainMasterError(error, master);
  });

export const nameApplication = (environment: string, runId?: string) =>
  ['goldenpath-rds', environment, runId].filter(Boolean).join(' ');

/** @throws InputError when no run can work on this server */
export const observeServer = async (
  session: Session,
): Promise<ObservedServer> => {
  const [server] = await session.query<ObservedServer>(OBSERVE_SERVER);
  const problems = [
    ...findServerProblems(server),
    ...(isPooled(server, session.announcedPid) ? [POOLER] : []),
  ];
  if (problems.length > 0) throw createPreflightError(problems);
  return server;
};

/** Reads the role that owns the current login, its second login and its database. */
export const observeEntry = async (
  session: Session,
  server: ObservedServer,
  rotation: Rotation,
): Promise<ObservedEntry & { owner: string }> => {
  const version = majorVersion(server);
  const names = listPossibleOwners(rotation);
  const roles = (
    await session.query<ObservedRole>(observeRoles(version), [names])
  ).map(role => ({ ...role, comment: role.comment ?? undefined }));
  const clones = await session.query<ObservedClone>(observeClones(version), [
    names,
  ]);
  const [database] = await session.query<ObservedDatabase>(OBSERVE_DATABASES, [
    [rotation.databaseName],
  ]);
  // Without an entry, the mark of the login tells whose clone it is.
  const login = roles.find(({ name }) => name === rotation.current.login);
  const owner =
    (rotation.entry ? undefined : parseMark(login?.comment)?.cloneOf) ??
    names[0];
  const settings = await session.query<{ name: string }>(OBSERVE_OWN_SETTINGS, [
    owner,
  ]);
  return {
    server,
    owner,
    ownSettings: settings.map(({ name }) => name),
    role: roles.find(({ name }) => name === owner),
    clone: clones.find(one => one.owner === owner),
    database,
  };
};
