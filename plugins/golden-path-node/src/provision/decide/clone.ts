import type { RoleAttributes } from './roleAttributes';

/**
 * The name of a role's second login, as in AWS's rotation with alternating users. 31 characters of a username leave room in
 * the 63 of an identifier.
 */
export const nameClone = (username: string): string => `${username}_clone`;

/** A second login: a member of its owner role, whose sessions begin as the owner, so that whatever they create is the owner's. */
export interface ObservedClone extends RoleAttributes {
  /** The role whose clone it is by its name. */
  owner: string;
  memberOf: CloneMembership[];
  /** Its own members, without the master and superusers. */
  members: string[];
  settings: CloneSetting[];
  /** How many objects it owns, by database; null: databases themselves, and other shared objects. */
  owns: Array<{ database: string | null; count: number }>;
  /** Whether the master may alter it and comment on it. */
  isOursToAlter: boolean;
}

/** A role that the clone is a member of. Before 16 every member inherits and may SET ROLE. */
export interface CloneMembership {
  role: string;
  grantor: string;
  isAdmin: boolean;
  inherits: boolean;
  maySetRole: boolean;
  /** Whether the master may revoke it. */
  isOursToEnd: boolean;
}

export interface CloneSetting {
  /** null: all databases. */
  database: string | null;
  name: string;
  value: string;
  /** Whether the master may reset it: not every parameter. */
  isOursToReset: boolean;
}
