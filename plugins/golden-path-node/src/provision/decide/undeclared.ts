/** A setting of a role, of a database, of a role in a database, or of all roles (`pg_db_role_setting`). */
export interface ObservedSetting {
  /** null: all roles. */
  role: string | null;
  /** null: all databases. */
  database: string | null;
  name: string;
  value: string;
  /** Whether its owner may reset it: others require a superuser, or SET on the parameter. */
  isUserSetting: boolean;
  /** Whether the master may set the parameter. */
  isOursToSet: boolean;
  /** Roles without CREATE on the tablespace that it names; empty for other settings. */
  deniedTo: string[];
}

/** One member of an owner role, with its grantor. */
export interface ObservedMember {
  role: string;
  member: string;
  grantor: string;
  isAdmin: boolean;
  /** Before 16 every member inherits and may SET ROLE. */
  inherits: boolean;
  maySetRole: boolean;
  isSuperuser: boolean;
  /** Whether the master may revoke it. */
  isOursToEnd: boolean;
  /** Whether the member granted the role to others. Since 16 REVOKE then requires CASCADE. */
  hasPassedOn: boolean;
  /** Roles that are members of this one, directly or not. */
  through: string[];
}

/** A role that has privileges on a database by name. */
export interface ObservedGrantee {
  database: string;
  grantee: string;
  isSuperuser: boolean;
  /** Roles that inherit the grantee's privileges. */
  through: string[];
}

/** How many objects of one kind in a database another role owns. */
export interface ObjectCount {
  database: string;
  owner: string;
  /** In the singular, as in `table`. */
  kind: string;
  count: number;
  /** Whether --adopt moves them: they belong to the master, or to a role that was granted to it. */
  isFormerOwner: boolean;
  /** Whether the master may grant itself the owner. */
  isOursToGrant: boolean;
  /** Whether the owner is a superuser or the role of another entry, which nobody should grant to the master. */
  isNeverGranted: boolean;
}

/** What the entries don't declare, as the master sees it from outside of the databases. */
export interface Undeclared {
  settings: ObservedSetting[];
  /** Settings of the whole instance, as in an RDS parameter group. */
  instanceSettings: Array<{ name: string; value: string }>;
  members: ObservedMember[];
  grantees: ObservedGrantee[];
  /** Objects that don't belong to the entry's role. Not seen: objects of the bootstrap superuser. */
  owners: ObjectCount[];
  /** Databases that have default privileges. */
  withDefaults: string[];
}
