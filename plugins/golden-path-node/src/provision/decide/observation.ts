import type { ObservedClone } from './clone';
import type { RoleAttributes } from './roleAttributes';
import type { Finding } from './finding';
import type { SeenInside } from './inside';
import type { ObjectsSeen } from './planObjects';
import type { Undeclared } from './undeclared';

/** The server, and the master's own rights on it. */
export interface ObservedServer {
  /** `server_version_num`, such as 150018. */
  version: number;
  versionName: string;
  currentUser: string;
  isSuperuser: boolean;
  canCreateDatabases: boolean;
  canCreateRoles: boolean;
  /** A read replica, or an instance during a restore. */
  isInRecovery: boolean;
  /** Process id of the session's backend. */
  backendPid: number;
  /** Connections that a role without reserved ones may still open on the instance. */
  freeConnections: number;
  /** The master's own CONNECTION LIMIT, that of database `postgres`, and their sessions; -1 is no limit. */
  masterLimit: number;
  masterSessions: number;
  lockDatabaseLimit: number;
  lockDatabaseSessions: number;
  /** The bootstrap superuser, `rdsadmin` on RDS. */
  superuser: string;
}

/** One membership in a role. */
export interface Membership {
  role: string;
  grantor: string;
  /** ADMIN OPTION: the member may grant the role to others. */
  isAdmin: boolean;
  /** Whether the master may revoke it. */
  isOursToEnd: boolean;
}

/** A membership of another role. Since 16 its grantor must keep ADMIN OPTION on the role. */
export interface OthersMembership extends Membership {
  member: string;
}

export interface ObservedRole extends RoleAttributes {
  /** Roles that it is a member of, each with the grantor. */
  memberOf: Membership[];
  /** Since 16: all other memberships in the roles on which it has ADMIN OPTION. Before 16 none depends on a grantor. */
  besides: OthersMembership[];
  /** Whether the master may alter it and comment on it. */
  isOursToAlter: boolean;
  /** Whether the master may SET ROLE to it and inherits its privileges. */
  isOursToActAs: boolean;
}

/** One privilege on a database, with its grantor (an `aclitem`, PostgreSQL docs, 5.8). */
export interface DatabaseGrant {
  /** null: PUBLIC. */
  grantee: string | null;
  grantor: string;
  /** CONNECT, TEMPORARY or CREATE. */
  privilege: string;
  /** WITH GRANT OPTION. */
  isGrantable: boolean;
  /** Whether the grantor inherits the owner's privileges: then REVOKE … CASCADE leaves its grants. */
  isOwnersMember: boolean;
  /** The same for the master's privileges. */
  isMastersMember: boolean;
  /** Other grantees with grant options whose privileges the grantor inherits: their options keep its grants, too. */
  inherits: string[];
}

export interface ObservedDatabase {
  name: string;
  owner: string;
  encoding: string;
  /** `datconnlimit`: -1 is no limit, -2 a database whose DROP DATABASE was interrupted. */
  connectionLimit: number;
  /** `datallowconn`. */
  allowsConnections: boolean;
  /** Sessions in it. */
  sessions: number;
  grants: DatabaseGrant[];
}

/**
 * Result of one login. `works`: the password is right; `inside` is what was found in the database, `unchecked` what could
 * not be read there. `shut out`: the server was seen to reject the login; `missesLibrary`: for
 * a library that its sessions load. `untested`: it could not be seen whether the
 * login works. `untestable`: no login of ours can tell.
 */
export type LoginResult =
  | {
      outcome: 'works';
      inside: Finding[];
      unchecked?: string[];
      seen?: SeenInside;
    }
  | { outcome: 'wrong password' }
  | { outcome: 'shut out'; finding: Finding; missesLibrary?: boolean }
  | { outcome: 'untested'; reason: string }
  | { outcome: 'untestable'; reason: string };

/** The current state of all roles and databases that the entries name, by name. */
export interface Observation {
  server: ObservedServer;
  roles: ReadonlyMap<string, ObservedRole>;
  databases: ReadonlyMap<string, ObservedDatabase>;
  /** Second logins, by the name of their owner role. */
  clones: ReadonlyMap<string, ObservedClone>;
  /** Of the login that is current, by role; absent when no login was tested. */
  logins: ReadonlyMap<string, LoginResult>;
  /** What the entries don't declare. */
  undeclared: Undeclared;
  /** By database; only where objects may be adopted. */
  objects: ReadonlyMap<string, ObjectsSeen>;
}

/**
 * What a login that only reads has observed, as the master would see it: a check asks what has drifted, not whether this
 * login could repair it.
 */
export const assumeMaster = (observed: Observation): Observation => ({
  ...observed,
  clones: new Map(
    [...observed.clones].map(([owner, clone]) => [
      owner,
      {
        ...clone,
        isOursToAlter: true,
        memberOf: clone.memberOf.map(one => ({ ...one, isOursToEnd: true })),
      },
    ]),
  ),
  roles: new Map(
    [...observed.roles].map(([name, role]) => [
      name,
      {
        ...role,
        isOursToAlter: true,
        isOursToActAs: true,
        memberOf: role.memberOf.map(membership => ({
          ...membership,
          isOursToEnd: true,
        })),
        besides: role.besides.map(membership => ({
          ...membership,
          isOursToEnd: true,
        })),
      },
    ]),
  ),
});

/** Whether the login may create databases and roles; without either it only reads. */
export const isMaster = (server: ObservedServer): boolean =>
  server.canCreateDatabases || server.canCreateRoles;

/** Oldest supported version. In older ones PUBLIC has CREATE on schema public. */
export const OLDEST_VERSION = 15;
/** Since 16 only roles with ADMIN OPTION on a role may alter it, comment on it and grant it. */
export const ADMIN_OPTION_VERSION = 16;

export const majorVersion = ({ version }: Pick<ObservedServer, 'version'>) =>
  Math.floor(version / 10_000);
