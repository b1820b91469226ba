import { Request, RequestHandler, Response } from 'express';
import { RateLimitKind, toRateLimitAnswer } from './rateLimits';

/**
 * What a call meets instead of GitHub's answer, or after its execution:
 * - `reset-before`, `reset-after`: the connection breaks before, or after, GitHub executes the call;
 * - `bad-gateway-before`, `bad-gateway-after`: a gateway answers 502 with a page, before or after it;
 * - `not-found`: 404, as just after something was created;
 * - `slow`: GitHub executes the call and answers late;
 * - `primary-limit`, `secondary-limit`, `too-many-requests`: a rate limit rejects the call.
 */
export type FaultKind =
  | 'reset-before'
  | 'reset-after'
  | 'bad-gateway-before'
  | 'bad-gateway-after'
  | 'not-found'
  | 'slow'
  | RateLimitKind;

export interface Fault {
  kind: FaultKind;
  /** All methods unless given. */
  method?: string;
  /** Of the REST API without its base, such as `/repos/acme/app`; of git `/acme/app.git/git-receive-pack`. A text is the whole path. */
  path: RegExp | string;
  /** How many calls meet it; one unless given. */
  times?: number;
  /** Header `retry-after` of a rate limit, in seconds; none unless given. */
  retryAfter?: number;
  /** When a primary limit ends, in seconds from the answer; 60 unless given. */
  resetsIn?: number;
  /** How late a slow answer is, in ms; 1000 unless given. */
  delay?: number;
}

/** A switch per fault. */
export interface Faults {
  /** The next calls that match meet it, in the order of the switches. @returns how many calls have met it */
  next(fault: Fault): { readonly met: number };
  /** Turns all switches off. */
  clear(): void;
}

export const createFaults = (): Faults & { handler: RequestHandler } => {
  const switches: Array<{ fault: Fault; left: number; met: number }> = [];
  const take = (request: Request): Fault | undefined => {
    const found = switches.find(
      ({ fault, left }) => left > 0 && matches(fault, request),
    );
    if (!found) return undefined;
    found.left -= 1;
    found.met += 1;
    return found.fault;
  };
  return {
    next: fault => {
      const added = { fault, left: fault.times ?? 1, met: 0 };
      switches.push(added);
      return added;
    },
    clear: () => {
      switches.length = 0;
    },
    handler: (request, response, next) => {
      const fault = take(request);
      if (!fault) return next();
      return meet(fault, request, response, next);
    },
  };
};

const matches = ({ method, path }: Fault, request: Request): boolean => {
  const asked = decodeURI(request.path).replace(/^\/api\/v3(?=\/)/, '');
  return (
    (method === undefined || method === request.method) &&
    (typeof path === 'string' ? path === asked : path.test(asked))
  );
};

const meet = (
  fault: Fault,
  request: Request,
  response: Response,
  execute: () => void,
): void => {
  const { kind } = fault;
  const reset = () => {
    request.socket.resetAndDestroy();
  };
  switch (kind) {
    case 'reset-before':
      reset();
      return;
    case 'reset-after':
      replaceEnd(response, reset);
      execute();
      return;
    case 'bad-gateway-before':
      answerBadGateway(response);
      return;
    case 'bad-gateway-after':
      replaceEnd(response, () => answerBadGateway(response));
      execute();
      return;
    case 'slow':
      replaceEnd(response, end => {
        setTimeout(end, fault.delay ?? 1000);
      });
      execute();
      return;
    case 'not-found':
      response.status(404).json({
        message: 'Not Found',
        documentation_url: 'https://docs.github.com/rest',
        status: '404',
      });
      return;
    default: {
      const { status, headers, body } = toRateLimitAnswer(kind, fault);
      response.status(status).set(headers).json(body);
    }
  }
};

const answerBadGateway = (response: Response): void => {
  response
    .status(502)
    .type('html')
    .send('<html><body><h1>502 Bad Gateway</h1></body></html>');
};

/**
 * The call is executed, and its answer held back when it is complete.
 * @param then - gets what sends the answer after all
 */
const replaceEnd = (
  response: Response,
  then: (end: () => void) => void,
): void => {
  const { write, end } = response;
  const written: Buffer[] = [];
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array)
      written.push(Buffer.from(chunk));
  };
  response.write = ((chunk: unknown) => {
    keep(chunk);
    return true;
  }) as typeof response.write;
  response.end = ((chunk: unknown) => {
    keep(chunk);
    response.write = write;
    response.end = end;
    const headers = response.getHeaders();
    const { statusCode } = response;
    for (const name of Object.keys(headers)) response.removeHeader(name);
    then(() => {
      response.statusCode = statusCode;
      for (const [name, value] of Object.entries(headers))
        response.setHeader(name, value ?? '');
      response.end(Buffer.concat(written));
    });
    return response;
  }) as typeof response.end;
};
