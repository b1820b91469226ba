import type { itRunsAt, Place } from '../../../../../tests/support/matrix';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import type { environmentOn, Instance } from './instance';

/** What the tests of one kind of master on one version of PostgreSQL share. */
export interface Context {
  runAs: Place['runAs'];
  /** Declares a test where it is to run. */
  itRuns: ReturnType<typeof itRunsAt>;
  /** Available while tests run. */
  instance(): Instance;
  /** A fresh environment with this master. */
  on(): ReturnType<typeof environmentOn>;
  /** An entry whose names are this kind of master's own. */
  named(name: string, more?: Partial<TfvarsEntry>): TfvarsEntry;
}

/** States before a run. Together they require every kind of change. */
export const preparations = ({ runAs, instance }: Context) => ({
  nothing: async (_app: TfvarsEntry) => undefined,
  /** An unmanaged role with other attributes, and a database owned by the master. */
  foreign: async ({ username, databaseName }: TfvarsEntry) => {
    const asMaster = (sql: string) =>
      instance().as(instance()[runAs], 'postgres', sql);
    await asMaster(
      `CREATE ROLE ${username} NOLOGIN CREATEDB PASSWORD 'theirs'`,
    );
    await asMaster(`CREATE ROLE ${username}_group`);
    await asMaster(`GRANT ${username}_group TO ${username}`);
    await asMaster(`CREATE DATABASE ${databaseName}`);
  },
});
