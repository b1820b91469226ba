import { AsyncLocalStorage } from 'node:async_hooks';
import { AuditorService, LoggerService } from '@backstage/backend-plugin-api';
import { isAppRequestId } from '@goldenpath/plugin-golden-path-common';
import { metrics as openTelemetry } from '@opentelemetry/api';
import { Claims } from '../claims';
import { GoldenPathConfig } from '../config';
import { createMetrics } from './metrics';
import { createObserveAction, StepEnd } from './observeAction';
import { observeOpenPullRequests, OpenPullRequest } from './openPullRequests';
import { observeClaims, StateChange } from './observeClaims';

/** The API of OpenTelemetry is stable; Backstage's metrics service, which wraps it, is alpha up to 1.57. */
const METER = '@goldenpath/plugin-scaffolder-backend-module-golden-path';

/** Puts audit, metrics and log around the actions and the claims. */
export const createObserver = (deps: {
  auditor: AuditorService;
  logger: LoggerService;
  config: Pick<GoldenPathConfig, 'environments' | 'domains' | 'masterUsername'>;
  /** Open pull requests of the infra repo into its base branch. */
  listOpenPullRequests(): Promise<OpenPullRequest[]>;
}) => {
  const meter = openTelemetry.getMeter(METER);
  const metrics = createMetrics(meter, deps.config.environments);
  const changesOfStep = new AsyncLocalStorage<string[]>();

  observeOpenPullRequests({
    meter,
    environments: deps.config.environments,
    list: deps.listOpenPullRequests,
    warn: message => deps.logger.warn(message),
    now: () => Date.now(),
  });

  const reportChange = ({ requestId, change, ...rest }: StateChange) => {
    changesOfStep.getStore()?.push(change);
    deps.logger.info(`Request ${requestId}: ${change}`, {
      requestId,
      change,
      ...rest,
    });
    metrics.countChange(change, readEnvironment(requestId));
  };

  const reportEnd = (end: StepEnd) => {
    const { operation, subject, taskId, seconds, outputs, failure } = end;
    const { requestId, environment } = subject;
    metrics.recordStep(operation, seconds, failure?.cause);
    const what = requestId ? `Request ${requestId}` : environment;
    if (failure) {
      deps.logger.warn(
        `${what ?? 'A step'}: ${operation} failed (${failure.cause})`,
        { requestId, environment, taskId, operation, ...failure },
      );
    } else if (operation === 'provision') {
      metrics.countProvisioned(environment, Number(outputs.changes ?? 0));
      deps.logger.info(`${what}: provisioned`, {
        environment,
        taskId,
        change: 'provisioned',
        ...outputs,
      });
    }
  };

  return {
    claims: (claims: Claims) => observeClaims(claims, reportChange),
    action: createObserveAction({
      auditor: deps.auditor,
      config: deps.config,
      collectChanges: (changes, act) => changesOfStep.run(changes, act),
      report: reportEnd,
      now: () => performance.now(),
    }),
  };
};

/** Database names have no hyphen, so the last one is the separator. The id of an app alone names no environment. */
const readEnvironment = (requestId: string): string | undefined =>
  isAppRequestId(requestId)
    ? undefined
    : requestId.slice(0, requestId.lastIndexOf('-'));
