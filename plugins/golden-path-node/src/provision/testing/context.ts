import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import type { environmentOn, Instance } from './instance';

/** What the tests of one kind of master on one version of PostgreSQL share. */
export interface Context {
  runAs: 'master' | 'superuser';
  /** Running while tests do. */
  instance(): Instance;
  /** A fresh environment with this master. */
  on(): ReturnType<typeof environmentOn>;
  /** An entry whose names are this kind of master's own. */
  named(name: string, more?: Partial<TfvarsEntry>): TfvarsEntry;
}

/** What may be there before a run; from there, between them, every kind of change is planned. */
export const preparations = ({
  runAs,
  instance,
}: Pick<Context, 'runAs' | 'instance'>) => ({
  nothing: async (_app: TfvarsEntry) => undefined,
  /** A role with other attributes that someone made, and a database of the master's. */
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
