export { POSTGRES_VERSIONS } from './server';
export type { PostgresVersion } from './server';
export { startPostgres } from './startPostgres';
export type { Login, Postgres } from './startPostgres';
