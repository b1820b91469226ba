import { isRateLimited } from '@goldenpath/plugin-golden-path-node';

/** Why a step failed, for metrics and log: a fixed set, because each value is a time series of its own. */
export const FAILURE_CAUSES = [
  'credentials',
  'permission',
  'limit',
  'not_found',
  'conflict',
  'run_failed',
  'cancelled',
  'unavailable',
  'input',
  'other',
] as const;
export type FailureCause = (typeof FAILURE_CAUSES)[number];

const BY_NAME: Readonly<Record<string, FailureCause>> = {
  AbortError: 'cancelled',
  AuthenticationError: 'credentials',
  ConflictError: 'conflict',
  InputError: 'input',
  NotAllowedError: 'permission',
  NotFoundError: 'not_found',
  ProvisionFailedError: 'run_failed',
  RateLimitError: 'limit',
  ServiceUnavailableError: 'unavailable',
  WorkflowRunFailedError: 'run_failed',
};

/** Errors that say more than the answer that caused them. */
const BEFORE_ANSWERS = [
  'ProvisionFailedError',
  'RateLimitError',
  'WorkflowRunFailedError',
];

/** Network errors of Node.js: no answer. */
const NETWORK_CODE = /^(E(CONN|HOST|NET|PIPE|TIMEDOUT|AI_AGAIN)|UND_ERR_)/;

/** Reads the cause from GitHub's answer where the error has one, else from the error's name. */
export const readFailureCause = (error: unknown): FailureCause => {
  const chain = listCauses(error);
  const byName = chain
    .map(one => BY_NAME[one.name ?? ''])
    .find(cause => cause !== undefined);
  const [first] = chain;
  if (BEFORE_ANSWERS.includes(first?.name ?? '') && byName) return byName;
  const answered = chain.find(one => one.response !== undefined);
  if (answered) return causeOfAnswer(answered);
  if (byName) return byName;
  return chain.some(one => NETWORK_CODE.test(one.code ?? ''))
    ? 'unavailable'
    : 'other';
};

interface ErrorFields {
  name?: string;
  code?: string;
  status?: number;
  response?: unknown;
  cause?: unknown;
}

const LONGEST_CHAIN = 5;

const listCauses = (error: unknown): ErrorFields[] => {
  const chain: ErrorFields[] = [];
  let one = error;
  while (
    typeof one === 'object' &&
    one !== null &&
    chain.length < LONGEST_CHAIN
  ) {
    chain.push(one);
    one = (one as ErrorFields).cause;
  }
  return chain;
};

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api */
const causeOfAnswer = (error: ErrorFields): FailureCause => {
  const { status = 0 } = error;
  if (isRateLimited(error)) return 'limit';
  switch (status) {
    case 401:
      return 'credentials';
    case 403:
      return 'permission';
    case 404:
      return 'not_found';
    case 409:
      return 'conflict';
    default:
      return status >= 400 && status < 500 ? 'input' : 'unavailable';
  }
};
