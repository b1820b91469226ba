export { POSTGRES_VERSIONS } from './server';
export type { PostgresVersion } from './server';
export type { Login } from './roles';
export { startPostgres } from './startPostgres';
export type { Postgres } from './startPostgres';
