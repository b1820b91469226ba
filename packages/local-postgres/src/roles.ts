import { Client } from 'pg';

export interface Login {
  username: string;
  password: string;
}

/** Sets up a new instance as RDS does. The statements hold passwords, so the server logs nothing of this client from here on. */
export const makeMaster = async (client: Client, master: Login) => {
  await client.query('SET log_statement = none');
  await client.query('SET log_min_duration_statement = -1');
  const role = client.escapeIdentifier(master.username);
  const password = client.escapeLiteral(master.password);
  for (const statement of [
    'CREATE ROLE rds_superuser NOLOGIN',
    'GRANT pg_monitor, pg_signal_backend TO rds_superuser WITH ADMIN OPTION',
    `CREATE ROLE ${role} LOGIN NOSUPERUSER CREATEDB CREATEROLE PASSWORD ${password}`,
    `GRANT rds_superuser TO ${role}`,
  ]) {
    await client.query(statement);
  }
};

/** A database and its owner of the same name. */
export const makeDatabase = async (client: Client, owner: Login) => {
  const name = client.escapeIdentifier(owner.username);
  for (const statement of [
    `CREATE ROLE ${name} LOGIN PASSWORD ${client.escapeLiteral(
      owner.password,
    )}`,
    `CREATE DATABASE ${name} OWNER ${name} TEMPLATE template0`,
    `REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`,
  ]) {
    await client.query(statement);
  }
};

/** @throws Error with the first name that the cluster lacks */
export const assertRoles = async (
  client: Client,
  dataDir: string,
  { master, databases }: { master: string; databases: string[] },
) => {
  const { rows } = await client.query('SELECT rolname FROM pg_roles');
  const missing = [master, ...databases].find(
    name => !rows.some(({ rolname }) => rolname === name),
  );
  if (missing !== undefined)
    throw new Error(
      `${dataDir} was created with other names and has no role "${missing}": use the master and the databases that it was created with, or remove it.`,
    );
};
