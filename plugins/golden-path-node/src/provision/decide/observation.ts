/** Whom we are logged in as, and where. */
export interface ObservedServer {
  /** `server_version_num`, such as 150018. */
  version: number;
  versionName: string;
  currentUser: string;
  isSuperuser: boolean;
  canCreateDatabases: boolean;
  canCreateRoles: boolean;
  /** A read replica, or an instance that is being restored. */
  isInRecovery: boolean;
  /** The server process that answers us. */
  backendPid: number;
  freeConnections: number;
}

/** One role's being a member of another. */
export interface Membership {
  role: string;
  grantor: string;
  /** Whether we may end it. */
  isOursToEnd: boolean;
}

export interface ObservedRole {
  name: string;
  comment?: string;
  canLogin: boolean;
  createdb: boolean;
  createrole: boolean;
  /** Which of SUPERUSER, REPLICATION and BYPASSRLS it has. */
  powers: string[];
  connectionLimit: number;
  /** Whether its password stops working some day (VALID UNTIL). */
  expires: boolean;
  /** Roles that it is a member of, and who made it so. */
  memberOf: Membership[];
  /** Whether we may alter it and comment on it. */
  isOursToAlter: boolean;
  /** Whether we may act as its owner: SET ROLE to it, and hold its privileges. */
  isOursToActAs: boolean;
}

export interface ObservedDatabase {
  name: string;
  owner: string;
  encoding: string;
  /** Privileges that everyone has, such as CONNECT. */
  publicPrivileges: string[];
  /** Privileges of its owner. */
  ownerPrivileges: string[];
}

/**
 * What came of logging in as a role. `works`: the password is right. `untested`: something else was in the way, and
 * says nothing about the password. `inside` is what a look into the database found wrong, a line each.
 */
export type LoginResult =
  | { outcome: 'works'; inside: string[] }
  | { outcome: 'wrong password' }
  | { outcome: 'shut out'; reason: string }
  | { outcome: 'untested'; reason: string };

/** What is there now, of all that the entries name. By name. */
export interface Observation {
  server: ObservedServer;
  roles: ReadonlyMap<string, ObservedRole>;
  databases: ReadonlyMap<string, ObservedDatabase>;
  /** By role; none where no login was tried. */
  logins: ReadonlyMap<string, LoginResult>;
}

/** The oldest version we work with: in older ones schema public belongs to everyone. */
export const OLDEST_VERSION = 15;
/** Since 16 a role is altered, commented and granted only by those with ADMIN OPTION on it. */
export const ADMIN_OPTION_VERSION = 16;

export const majorVersion = ({ version }: Pick<ObservedServer, 'version'>) =>
  Math.floor(version / 10_000);
