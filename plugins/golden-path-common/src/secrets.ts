import { z } from 'zod';
import { HOST_RULE, isHost, isPort, PORT_RULE } from './endpoint';

const PORT_PROBLEM = `port: ${PORT_RULE}`;
const port = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^[0-9]+$/, PORT_PROBLEM)
      .transform(Number),
  ])
  .refine(isPort, PORT_PROBLEM);
const text = (name: string) =>
  z.string({ required_error: `${name} is missing` }).min(1, `${name} is empty`);
const host = text('host').refine(
  value => value === '' || isHost(value),
  `host: ${HOST_RULE}`,
);

/**
 * The JSON of a database's secret: `{host, port, dbname, username, password}`, the port a number or a numeric string.
 *
 * @public
 */
export const databaseSecretSchema = z.object({
  host,
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
  host: host.optional(),
  port: port.optional(),
  username: text('username'),
  password: text('password'),
});
/** @public */
export type MasterSecret = z.output<typeof masterSecretSchema>;
