import { Client } from 'pg';
import type { Instance } from './instance';

/** Logs in so many times and stays; returns what ends the sessions. */
export const openSessions = async (
  instance: Pick<Instance, 'port' | 'ca'>,
  login: { username: string; password: string; database: string },
  count: number,
): Promise<() => Promise<void>> => {
  const clients = Array.from({ length: count }, () => {
    const client = new Client({
      host: 'localhost',
      port: instance.port,
      user: login.username,
      password: login.password,
      database: login.database,
      ssl: { ca: instance.ca },
    });
    // A fault of a test may end the session.
    client.on('error', () => undefined);
    return client;
  });
  for (const client of clients) await client.connect();
  return async () => {
    await Promise.all(clients.map(client => client.end()));
  };
};
