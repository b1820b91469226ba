import type { SecretVersion } from './mark';

/** What is to be there for one entry: a role and the database that it owns. Holds no password. */
export interface DesiredDatabase {
  databaseName: string;
  username: string;
  createdb: boolean;
  /** -1 for no limit, as PostgreSQL has it. */
  connectionLimit: number;
  /** Where the role's password comes from. */
  secret: SecretVersion;
}
