import { SqlError } from '../decide/postgres/sqlState';
import type { LoginResult } from '../decide/observation';
import { observeLogins } from './observe';
import type { Session } from '../ports';

const candidate = {
  databaseName: 'users_db',
  username: 'users',
  createdb: false,
  connectionLimit: -1,
  secret: { path: 'p', versionId: 'v1' },
};

const loginWith = async (
  connect: () => Promise<Session>,
  password = 'secret',
): Promise<LoginResult | undefined> =>
  (
    await observeLogins([candidate], {
      concurrency: 1,
      inspectDatabase: false,
      connect,
      getPassword: () => password,
      track: (_, work) => work(),
    })
  ).get('users');

const session = {
  announcedPid: 1,
  lost: new AbortController().signal,
  query: async () => [],
  queryAll: async () => [],
  close: async () => undefined,
};

describe('observeLogins', () => {
  it.each<{ sqlState: string; result: Partial<LoginResult>; reason: string }>([
    {
      sqlState: '28P01',
      result: { outcome: 'wrong password' },
      reason: 'the password is wrong',
    },
    {
      sqlState: '3D000',
      result: { outcome: 'works' },
      reason: 'the server checks the password before the database',
    },
    {
      sqlState: '28000',
      result: { outcome: 'shut out' },
      reason: 'pg_hba.conf rejects the login, not the password',
    },
    {
      sqlState: '42501',
      result: { outcome: 'shut out' },
      reason: 'no CONNECT',
    },
  ])('$sqlState: $reason', async ({ sqlState, result }) => {
    const connect = () => Promise.reject(new SqlError('no', sqlState));
    expect(await loginWith(connect)).toMatchObject(result);
  });

  it('retries when no connection is free, then reports it', async () => {
    let tries = 0;
    const full = (times: number) => async () => {
      tries += 1;
      if (tries <= times) throw new SqlError('too many connections', '53300');
      return session;
    };
    expect(await loginWith(full(2))).toEqual({ outcome: 'works', inside: [] });
    tries = 0;
    expect(await loginWith(full(9))).toMatchObject({ outcome: 'untested' });
    expect(tries).toBe(3);
  });

  it('skips the login for a password that pg and libpq normalize differently', async () => {
    const connect = () => Promise.reject(new SqlError('no', '28P01'));
    expect(await loginWith(connect, 'ﬁ\u{1f600}')).toMatchObject({
      outcome: 'untested',
    });
  });

  it('rethrows errors that the server did not send', async () => {
    await expect(
      loginWith(() => Promise.reject(new Error('no network'))),
    ).rejects.toThrow('no network');
  });

  it('skips the remaining logins after a connection error', async () => {
    let tries = 0;
    const logins = observeLogins(Array(9).fill(candidate), {
      concurrency: 2,
      inspectDatabase: false,
      connect: () => {
        tries += 1;
        return Promise.reject(new Error('no network'));
      },
      getPassword: () => 'secret',
      track: (_, work) => work(),
    });
    await expect(logins).rejects.toThrow('no network');
    await new Promise(setImmediate);
    expect(tries).toBe(2);
  });
});
