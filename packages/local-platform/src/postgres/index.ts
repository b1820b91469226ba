export { startPostgres } from './startPostgres';
export type { Login, Postgres } from './startPostgres';
