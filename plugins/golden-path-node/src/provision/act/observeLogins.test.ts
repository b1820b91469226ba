import { ServiceUnavailableError } from '@backstage/errors';
import type { LoginResult } from '../decide/observation';
import { SqlError } from '../decide/postgres/sqlState';
import type { SeenAtLogin } from '../decide/postgres/loginFailure';
import type { Session } from '../ports';
import { SERVER } from '../testing/observed';
import { LoginOptions, observeLogins } from './observeLogins';

const candidate = {
  databaseName: 'users_db',
  username: 'users',
  login: 'users',
  createdb: false,
  connectionLimit: -1,
  secret: { path: 'p', versionId: 'v1' },
};
const candidates = Array.from({ length: 9 }, (_, n) => ({
  ...candidate,
  username: `users${n}`,
}));

const session: Session = {
  announcedPid: 1,
  lost: new AbortController().signal,
  query: async () => [],
  queryAll: async () => [],
  close: async () => undefined,
};

const optionsOf = (more: Partial<LoginOptions>): LoginOptions => ({
  concurrency: 2,
  isCheck: false,
  ask: () => undefined,
  server: SERVER,
  connect: async () => session,
  getPassword: () => 'secret',
  hasDatabase: () => true,
  look: async (): Promise<SeenAtLogin> => ({
    isInRecovery: false,
    freeConnections: 9,
  }),
  track: (_, work) => work(),
  ...more,
});

const loginWith = async (
  more: Partial<LoginOptions>,
): Promise<LoginResult | undefined> =>
  (await observeLogins([candidate], optionsOf(more))).get('users');

const unreachable = () =>
  Promise.reject(new ServiceUnavailableError('h:1: connection refused.'));

describe('observeLogins', () => {
  it('retries when no connection is free, then reports it', async () => {
    let tries = 0;
    const full = (times: number) => async () => {
      tries += 1;
      if (tries <= times) throw new SqlError('too many connections', '53300');
      return session;
    };
    expect(await loginWith({ connect: full(2) })).toEqual({
      outcome: 'works',
      inside: [],
    });
    tries = 0;
    expect(await loginWith({ connect: full(9) })).toMatchObject({
      outcome: 'untested',
    });
    expect(tries).toBe(3);
  });

  it.each([
    { isCheck: true, outcome: 'untested' },
    { isCheck: false, outcome: 'untestable' },
  ])(
    'skips the login for a password that pg and libpq normalize differently: $outcome',
    async ({ isCheck, outcome }) => {
      expect(
        await loginWith({
          isCheck,
          connect: () => Promise.reject(new SqlError('no', '28P01')),
          getPassword: () => 'ﬁ\u{1f600}',
        }),
      ).toMatchObject({ outcome });
    },
  );

  it('waits once for a server that is gone, and gives all other logins the same cause', async () => {
    let tries = 0;
    const logins = await observeLogins(
      candidates,
      optionsOf({
        connect: () => {
          tries += 1;
          return unreachable();
        },
      }),
    );
    // Two at a time, four times a second, for three seconds.
    expect(tries).toBeLessThan(30);
    expect([...logins.values()]).toEqual(
      candidates.map(() => ({
        outcome: 'untested',
        reason: 'login not checked: h:1: connection refused.',
      })),
    );
  });

  it('waits for a server that restarts', async () => {
    let tries = 0;
    const logins = await observeLogins(
      candidates,
      optionsOf({
        connect: async () => {
          tries += 1;
          if (tries <= 4) throw new SqlError('starting up', '57P03');
          return session;
        },
      }),
    );
    expect([...logins.values()]).toEqual(
      candidates.map(() => ({ outcome: 'works', inside: [] })),
    );
  });

  it('tells nothing as drift when the master can not look', async () => {
    expect(
      await loginWith({
        connect: () => Promise.reject(new SqlError('no', '55000')),
        look: unreachable,
      }),
    ).toMatchObject({ outcome: 'untested' });
  });

  it('a connection cut while it looks inside is not a finding', async () => {
    let tries = 0;
    expect(
      await loginWith({
        isCheck: true,
        ask: () => ({ defaults: false }),
        connect: async () => {
          tries += 1;
          return {
            ...session,
            queryAll: () =>
              Promise.reject(new ServiceUnavailableError('cut off')),
          };
        },
      }),
    ).toEqual({ outcome: 'untested', reason: 'login not checked: cut off' });
    expect(tries).toBeGreaterThan(1);
  });

  it('what it may not read inside is not checked', async () => {
    expect(
      await loginWith({
        isCheck: true,
        ask: () => ({ defaults: false }),
        connect: async () => ({
          ...session,
          queryAll: () => Promise.reject(new SqlError('denied', '42501')),
        }),
      }),
    ).toEqual({
      outcome: 'works',
      inside: [],
      unchecked: ['nothing inside the database is checked: denied'],
    });
  });

  describe('after a stop', () => {
    const stopDuring = async (untestedAfterStop?: string) => {
      const stop = new AbortController();
      const connect = async () => {
        stop.abort();
        throw new ServiceUnavailableError('stopped while connecting');
      };
      return observeLogins(
        candidates,
        optionsOf({ connect, signal: stop.signal, untestedAfterStop }),
      );
    };

    it('ends before the first change', async () => {
      await expect(stopDuring()).rejects.toThrow('stopped while connecting');
    });

    it('leaves the logins after the changes unchecked, also those under way', async () => {
      expect([...(await stopDuring('stopped')).values()]).toEqual(
        candidates.map(() => ({ outcome: 'untested', reason: 'stopped' })),
      );
    });

    it('ends a session that looks inside', async () => {
      const stop = new AbortController();
      let isClosed = false;
      const logins = observeLogins(
        [candidate],
        optionsOf({
          isCheck: true,
          ask: () => ({ defaults: false }),
          signal: stop.signal,
          connect: async () => ({
            ...session,
            queryAll: () => {
              stop.abort();
              return new Promise(() => undefined);
            },
            close: async () => {
              isClosed = true;
            },
          }),
        }),
      );
      await expect(logins).rejects.toThrow('Stopped while looking inside');
      expect(isClosed).toBe(true);
    });
  });
});
