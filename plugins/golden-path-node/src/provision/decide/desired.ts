import type { SecretVersion } from './mark';

/** The desired state of one entry: a role and the database that it owns. Holds no password. */
export interface DesiredDatabase {
  databaseName: string;
  username: string;
  /** Whose password the secret holds: the role's, or its clone's. */
  login: string;
  createdb: boolean;
  /** -1: no limit, as in PostgreSQL. */
  connectionLimit: number;
  /** The secret that holds the login's password. */
  secret: SecretVersion;
}
