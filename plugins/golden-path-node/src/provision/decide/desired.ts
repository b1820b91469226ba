import type { SecretVersion } from './mark';

/** The desired state of one entry: a role and the database that it owns. Holds no password. */
export interface DesiredDatabase {
  databaseName: string;
  username: string;
  createdb: boolean;
  /** -1: no limit, as in PostgreSQL. */
  connectionLimit: number;
  /** The secret that holds the role's password. */
  secret: SecretVersion;
}
