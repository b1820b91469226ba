/** What pg_roles has of a role, and its comment. */
export interface RoleAttributes {
  name: string;
  comment?: string;
  canLogin: boolean;
  createdb: boolean;
  createrole: boolean;
  /** INHERIT. */
  inherits: boolean;
  /** Those it has of SUPERUSER, REPLICATION and BYPASSRLS. */
  powers: string[];
  connectionLimit: number;
  /** Whether its password expires (VALID UNTIL). */
  expires: boolean;
}
