import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceUnavailableError } from '@backstage/errors';
import createLimit from 'p-limit';
import type { DesiredDatabase } from '../decide/desired';
import type { InsideQuestions } from '../decide/inside';
import type { LoginResult, ObservedServer } from '../decide/observation';
import {
  explainLoginFailure,
  isBrief,
  LoginFailure,
  needsLook,
  SeenAtLogin,
} from '../decide/postgres/loginFailure';
import { isPreparedAlikeByClients } from '../decide/postgres/scram';
import type { Session } from '../ports';
import { inspectDatabase } from './inspectDatabase';
import type { Track } from './trackProgress';

export interface LoginOptions {
  concurrency: number;
  isCheck: boolean;
  /** What to ask inside the database; undefined: nothing. */
  ask(login: DesiredDatabase): InsideQuestions | undefined;
  server: ObservedServer;
  connect(login: {
    username: string;
    password: string;
    database: string;
  }): Promise<Session>;
  getPassword(username: string): string;
  hasDatabase(databaseName: string): boolean;
  /** What the master sees after a login failed; rejects when it can't look. */
  look(login: DesiredDatabase): Promise<SeenAtLogin>;
  track: Track;
  /** Ends the logins under way; the rest is not begun. */
  signal?: AbortSignal;
  /** What a stop means: without it the stop's error is thrown. */
  untestedAfterStop?: string;
}

/** Attempts where a limit is reached. */
const ATTEMPTS = 3;
const BRIEF_MS = 200;
/** How long a server that is restarting is waited for, in ms: by all logins together. */
const RESTART_MS = 3_000;
const AGAIN_MS = 250;

/** Logs in as each role, to its own database. */
export const observeLogins = async (
  candidates: readonly DesiredDatabase[],
  options: LoginOptions,
): Promise<Map<string, LoginResult>> => {
  const limit = createLimit(options.concurrency);
  const outage = createOutage();
  const results = await Promise.all(
    candidates.map(candidate =>
      limit(async (): Promise<[string, LoginResult]> => {
        try {
          return [
            candidate.username,
            await options.track(candidate.databaseName, () =>
              observeLogin(candidate, options, outage),
            ),
          ];
        } catch (error) {
          limit.clearQueue();
          throw error;
        }
      }),
    ),
  );
  return new Map(results);
};

/** A server that can't be reached: waited for once, and not by each login anew. */
interface Outage {
  /** Set when no login is tried any more. */
  cause?: string;
  /** Whether a login that failed after it began at this time, in ms, may be tried again. */
  mayRetry(begunAt: number, cause: string): boolean;
  isOver(): void;
}

const createOutage = (): Outage => {
  let since: number | undefined;
  return {
    mayRetry(begunAt, cause) {
      since ??= begunAt;
      if (performance.now() - since < RESTART_MS) return true;
      this.cause = cause;
      return false;
    },
    isOver() {
      since = undefined;
    },
  };
};

const observeLogin = async (
  candidate: DesiredDatabase,
  options: LoginOptions,
  outage: Outage,
): Promise<LoginResult> => {
  const { isCheck, getPassword, signal, untestedAfterStop } = options;
  const password = getPassword(candidate.username);
  if (!isPreparedAlikeByClients(password)) {
    return {
      outcome: isCheck ? 'untested' : 'untestable',
      reason: `${NOT_CHECKED}its password has characters that PostgreSQL clients normalize differently. Generate another with terraform apply -replace`,
    };
  }
  for (let attempt = 1; ; attempt += 1) {
    if (signal?.aborted && untestedAfterStop)
      return { outcome: 'untested', reason: untestedAfterStop };
    if (outage.cause !== undefined) return untested(outage.cause);
    const begunAt = performance.now();
    try {
      const result = await tryLogin(candidate, password, options);
      outage.isOver();
      return result;
    } catch (error) {
      if (signal?.aborted && !untestedAfterStop) throw error;
      if (isBrief(error) && attempt < ATTEMPTS) {
        await sleep(BRIEF_MS * attempt);
        continue;
      }
      const failure = await explain(error, candidate, options);
      if (failure.meaning === 'not seen' && failure.isServerWide) {
        if (signal?.aborted || !outage.mayRetry(begunAt, failure.cause))
          continue;
        await sleep(AGAIN_MS);
        continue;
      }
      return toResult(failure);
    }
  }
};

const NOT_CHECKED = 'login not checked: ';
const untested = (cause: string): LoginResult => ({
  outcome: 'untested',
  reason: `${NOT_CHECKED}${cause}`,
});

const tryLogin = async (
  candidate: DesiredDatabase,
  password: string,
  { connect, ask, server, signal }: LoginOptions,
): Promise<LoginResult> => {
  const { databaseName, username, login } = candidate;
  const questions = ask(candidate);
  const session = await connect({
    username: login,
    password,
    database: databaseName,
  });
  try {
    return questions
      ? await rejectOnStop(
          inspectDatabase(session, {
            databaseName,
            username,
            server,
            questions,
          }),
          signal,
        )
      : { outcome: 'works', inside: [] };
  } finally {
    await session.close();
  }
};

/** The session's end, which follows, ends the query. */
const rejectOnStop = async <T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> => {
  if (!signal) return work;
  let stop = () => {};
  const stopped = new Promise<never>((_, fail) => {
    stop = () =>
      fail(
        new ServiceUnavailableError(
          'Stopped while looking inside a database. Nothing was changed.',
        ),
      );
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

const explain = async (
  error: unknown,
  candidate: DesiredDatabase,
  { look, hasDatabase }: LoginOptions,
): Promise<LoginFailure> =>
  explainLoginFailure(
    error,
    {
      databaseName: candidate.databaseName,
      username: candidate.login,
      declaredLimit: candidate.connectionLimit,
      hadDatabase: hasDatabase(candidate.databaseName),
    },
    needsLook(error) ? await look(candidate).catch(() => undefined) : undefined,
  );

const toResult = (failure: LoginFailure): LoginResult => {
  switch (failure.meaning) {
    case 'wrong password':
      return { outcome: 'wrong password' };
    case 'database missing':
      return { outcome: 'works', inside: [] };
    case 'shut out':
      return {
        outcome: 'shut out',
        finding: failure.finding,
        missesLibrary: failure.missesLibrary,
      };
    default:
      return untested(failure.cause);
  }
};
