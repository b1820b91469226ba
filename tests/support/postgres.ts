import { readFileSync } from 'node:fs';
import { Client } from 'pg';

export interface Credentials {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  caFile: string;
}

/** Runs one query on its own connection, with TLS verification. */
export const query = async <Row extends object>(
  { caFile, ...credentials }: Credentials,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> => {
  const client = new Client({
    ...credentials,
    ssl: { ca: readFileSync(caFile, 'utf8') },
  });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as Row[];
  } finally {
    await client.end();
  }
};
