import { RequestHandler } from 'express';
import { toRateLimitAnswer } from './rateLimits';

/** What one token may do within a window, and GitHub's numbers for a minute. */
export interface CallLimits {
  /** Calls that create or change something: 80. */
  content: number;
  /** A read costs one point, a write five: 900. */
  points: number;
  /** 60,000. */
  windowMs: number;
}

/** The secondary rate limits, which are off unless a test turns them on. */
export interface CallLimiter {
  /** From now on, for this token. */
  limit(token: string, limits: CallLimits): void;
  /** The calls of a token so far. */
  countOf(token: string): { reads: number; writes: number; rejected: number };
}

interface RecentCall {
  at: number;
  isWrite: boolean;
}

const READ_POINTS = 1;
const WRITE_POINTS = 5;

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits */
export const createCallLimiter = (
  now: () => number = Date.now,
): CallLimiter & { handler: RequestHandler } => {
  const limited = new Map<string, CallLimits>();
  const callers = new Map<
    string,
    {
      recent: RecentCall[];
      count: { reads: number; writes: number; rejected: number };
    }
  >();
  const callerOf = (token: string) => {
    const known = callers.get(token) ?? {
      recent: [],
      count: { reads: 0, writes: 0, rejected: 0 },
    };
    callers.set(token, known);
    return known;
  };

  return {
    limit: (token, limits) => {
      limited.set(token, limits);
    },
    countOf: token => ({ ...callerOf(token).count }),
    handler: (request, response, next) => {
      const token = /^(?:token|bearer) (.+)$/i.exec(
        request.headers.authorization ?? '',
      )?.[1];
      if (!token || !request.path.startsWith('/api/')) return next();
      const caller = callerOf(token);
      const isWrite = !['GET', 'HEAD'].includes(request.method);
      const at = now();
      const limits = limited.get(token);
      if (limits) {
        const { windowMs } = limits;
        caller.recent = caller.recent.filter(one => one.at > at - windowMs);
        const isOver = findOver(caller.recent, isWrite, limits);
        if (isOver) {
          caller.count.rejected += 1;
          const retryAfter = Math.ceil((isOver.at + windowMs - at) / 1000);
          const answer = toRateLimitAnswer('secondary-limit', { retryAfter });
          return response
            .status(answer.status)
            .set(answer.headers)
            .json(answer.body);
        }
        caller.recent.push({ at, isWrite });
      }
      caller.count[isWrite ? 'writes' : 'reads'] += 1;
      return next();
    },
  };
};

const countPoints = ({ isWrite }: Pick<RecentCall, 'isWrite'>) =>
  isWrite ? WRITE_POINTS : READ_POINTS;

/** The call that must leave the window before the next one is allowed; undefined when it is. */
const findOver = (
  recent: readonly RecentCall[],
  isWrite: boolean,
  { content, points }: CallLimits,
): RecentCall | undefined => {
  const spent = recent.reduce((sum, call) => sum + countPoints(call), 0);
  if (spent + countPoints({ isWrite }) > points) return recent[0];
  const writes = recent.filter(call => call.isWrite);
  return isWrite && writes.length >= content ? writes[0] : undefined;
};
