import { Meter } from '@opentelemetry/api';
import { parseRequestBranch } from '@goldenpath/plugin-golden-path-node';

/** An open pull request of the infra repo. */
export interface OpenPullRequest {
  branch: string;
  createdAt: Date;
}

/** GitHub is asked at most this often, in ms, whatever the interval of the collector. */
const REFRESH_MS = 5 * 60_000;

/**
 * Observes the requests that wait for their merge. Without a metrics exporter nobody collects, and GitHub is never asked. A
 * collection gets the last known pull requests, also while GitHub fails; every replica reports the same ones.
 */
export const observeOpenPullRequests = (deps: {
  meter: Meter;
  environments: readonly string[];
  list(): Promise<OpenPullRequest[]>;
  warn(message: string): void;
  /** Milliseconds since 1970. */
  now(): number;
}) => {
  const count = deps.meter.createObservableGauge('goldenpath.request.waiting', {
    unit: '{request}',
    description: 'Requests whose pull request is open',
  });
  const age = deps.meter.createObservableGauge(
    'goldenpath.request.waiting.age',
    {
      unit: 's',
      description: 'Age of the oldest open pull request of a request',
    },
  );

  let known: OpenPullRequest[] | undefined;
  let askedAt = -Infinity;
  const refresh = () => {
    if (deps.now() - askedAt < REFRESH_MS) return;
    askedAt = deps.now();
    deps
      .list()
      .then(found => {
        known = found;
      })
      .catch(error =>
        deps.warn(
          `Can't list the open pull requests for metrics, trying again in ${
            REFRESH_MS / 60_000
          } minutes: ${error.message}`,
        ),
      );
  };

  deps.meter.addBatchObservableCallback(
    observer => {
      refresh();
      const now = deps.now();
      if (!known) return;
      for (const environment of deps.environments) {
        const ages = listAges(known, environment, now);
        const attributes = { 'goldenpath.environment': environment };
        observer.observe(count, ages.length, attributes);
        observer.observe(age, Math.max(0, ...ages), attributes);
      }
    },
    [count, age],
  );
};

/** Ages in seconds. */
const listAges = (
  pulls: readonly OpenPullRequest[],
  environment: string,
  now: number,
): number[] =>
  pulls
    .filter(
      ({ branch }) =>
        parseRequestBranch(branch, [environment])?.environment === environment,
    )
    .map(({ createdAt }) => (now - createdAt.getTime()) / 1000);
