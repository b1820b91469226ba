import type { Connect, ConnectTarget, Session } from '../../provision/ports';
import type { RotationDeps } from '../ports';
import { logIn } from './logIn';
import type { Rotation } from './openRotation';

const never = () => new Promise<never>(() => undefined);

/** Rejects as `connectPostgres` does once its attempt is cancelled. */
const untilStopped = ({ signal }: ConnectTarget) =>
  new Promise<never>((_, fail) => {
    signal?.addEventListener('abort', () =>
      fail(
        Object.assign(new Error('stopped while connecting'), {
          name: 'ServiceUnavailableError',
        }),
      ),
    );
  });

const start = (connect: Connect, signal?: AbortSignal, timeoutMs = 50) =>
  logIn(
    { connect, options: { signal } } as RotationDeps,
    {
      environment: 'dev',
      master: { host: 'db.internal', port: 5432 },
    } as Rotation,
    {
      login: 'users_clone',
      username: 'users',
      databaseName: 'users_db',
      password: 'secret',
    },
    timeoutMs,
  );

/** A session whose query never ends, and how often it was closed. */
const hanging = () => {
  const close = jest.fn(async () => undefined);
  const connect: Connect = async () =>
    ({ query: never, close } as unknown as Session);
  return { connect, close };
};

describe('a login that hangs', () => {
  it.each([
    { where: 'while it logs in', connect: untilStopped },
    { where: 'in its query', connect: hanging().connect },
  ])('fails after the time limit: $where', async ({ connect }) => {
    await expect(start(connect)).rejects.toMatchObject({
      name: 'ConflictError',
      message:
        "users_clone can't log in to database users_db with its new password: no answer within 0.05 s",
    });
  });

  it('is closed', async () => {
    const { connect, close } = hanging();
    await expect(start(connect)).rejects.toThrow('no answer');
    expect(close).toHaveBeenCalledTimes(1);
  });

  it.each([
    { where: 'while it logs in', connect: untilStopped },
    { where: 'in its query', connect: hanging().connect },
  ])('ends at once when the run is stopped: $where', async ({ connect }) => {
    const stop = new AbortController();
    const ended = start(connect, stop.signal, 60_000);
    setTimeout(() => stop.abort(), 20);
    await expect(ended).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: 'db.internal:5432: stopped while logging in. Run it again.',
    });
  });
});

it('an instance that is unreachable is no failure of one database', async () => {
  const connect = async () => {
    throw Object.assign(new Error('refused'), {
      name: 'ServiceUnavailableError',
    });
  };
  await expect(start(connect)).rejects.toMatchObject({
    name: 'ServiceUnavailableError',
    message: 'refused',
  });
});
