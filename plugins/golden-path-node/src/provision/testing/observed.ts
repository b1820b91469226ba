import type {
  ObservedDatabase,
  ObservedRole,
  ObservedServer,
} from '../decide/observation';
import type { Undeclared } from '../decide/undeclared';

/** A server with a master that may do all it needs. */
export const SERVER: ObservedServer = {
  version: 180004,
  versionName: '18.4',
  currentUser: 'the "master"',
  isSuperuser: false,
  canCreateDatabases: true,
  canCreateRoles: true,
  isInRecovery: false,
  backendPid: 1,
  freeConnections: 100,
  masterLimit: -1,
  masterSessions: 1,
  lockDatabaseLimit: -1,
  lockDatabaseSessions: 1,
  superuser: 'rdsadmin',
};

/** A role as a run leaves it, without the mark. */
export const ROLE: ObservedRole = {
  name: 'users',
  canLogin: true,
  createdb: false,
  createrole: false,
  inherits: true,
  powers: [],
  connectionLimit: -1,
  expires: false,
  memberOf: [],
  besides: [],
  isOursToAlter: true,
  isOursToActAs: true,
};

/** The role's database, without the owner's privileges. */
export const DATABASE: ObservedDatabase = {
  name: 'users_db',
  owner: 'users',
  encoding: 'UTF8',
  connectionLimit: -1,
  allowsConnections: true,
  sessions: 0,
  grants: [],
};

export const NOTHING_UNDECLARED: Undeclared = {
  settings: [],
  instanceSettings: [],
  members: [],
  grantees: [],
  owners: [],
  withDefaults: [],
};
