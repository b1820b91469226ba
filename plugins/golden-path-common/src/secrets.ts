import { z } from 'zod';

const port = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^[0-9]+$/, 'port: use a number')
      .transform(Number),
  ])
  .pipe(
    z
      .number()
      .int('port: use a whole number')
      .min(1, 'port: use 1 to 65535')
      .max(65535, 'port: use 1 to 65535'),
  );
const text = (name: string) =>
  z.string({ required_error: `${name} is missing` }).min(1, `${name} is empty`);

/**
 * The JSON of a database's secret: `{host, port, dbname, username, password}`, the port a number or a numeric string.
 *
 * @public
 */
export const databaseSecretSchema = z.object({
  host: text('host'),
  port,
  dbname: text('dbname'),
  username: text('username'),
  password: text('password'),
});
/** @public */
export type DatabaseSecret = z.output<typeof databaseSecretSchema>;

/**
 * The JSON of the master's secret. RDS-managed master secrets hold no host and port.
 *
 * @public
 */
export const masterSecretSchema = z.object({
  host: text('host').optional(),
  port: port.optional(),
  username: text('username'),
  password: text('password'),
});
/** @public */
export type MasterSecret = z.output<typeof masterSecretSchema>;
