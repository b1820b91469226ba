import { Counter, Meter } from '@opentelemetry/api';
import { FailureCause } from './failureCause';
import { Operation } from './operations';

/** Seconds: a call to GitHub, a workflow run, an approval. The default of OpenTelemetry is for milliseconds. */
const BOUNDARIES = [
  0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400,
];

/**
 * Attributes follow OpenTelemetry's conventions. Their values are few: operations, configured environments and
 * {@link FailureCause}; what names one request is in the log and in the audit.
 */
const attributes = (of: {
  operation?: Operation;
  environment?: string;
  cause?: FailureCause;
}) => ({
  ...(of.operation && { 'goldenpath.operation': of.operation }),
  ...(of.environment && { 'goldenpath.environment': of.environment }),
  ...(of.cause && { 'error.type': of.cause }),
});

type Of = Parameters<typeof attributes>[0];

/** Creates the instruments. docs/observability.md describes each. */
export const createMetrics = (meter: Meter) => {
  const requests = (name: string, description: string) =>
    meter.createCounter(`goldenpath.request.${name}`, {
      unit: '{request}',
      description,
    });
  const counters: Record<string, Counter> = {
    claimed: requests('claimed', 'Requests that a task claimed'),
    freed: requests('freed', 'Claims that were freed'),
    dispatched: requests(
      'dispatched',
      'Requests whose workflow run was dispatched',
    ),
    'repository published': requests(
      'published',
      'Requests whose app repository was published',
    ),
    awaited: requests(
      'awaited',
      'Requests that were followed to the end they waited for',
    ),
  };
  const failed = meter.createCounter('goldenpath.operation.failed', {
    unit: '{failure}',
    description: 'Steps that failed, by cause',
  });
  const duration = meter.createHistogram('goldenpath.operation.duration', {
    unit: 's',
    description: 'Duration of the steps',
    advice: { explicitBucketBoundaries: BOUNDARIES },
  });
  const provisioned = meter.createCounter('goldenpath.provision.completed', {
    unit: '{run}',
    description: 'Runs of the provisioner that ended as declared',
  });
  const changes = meter.createCounter('goldenpath.provision.changes', {
    unit: '{change}',
    description: 'Changes that the provisioner applied',
  });

  return {
    /** Counts a request's change of state; some changes are for the log only. */
    countChange: (change: string, environment: string) =>
      counters[change]?.add(1, attributes({ environment })),
    countProvisioned: (environment: string | undefined, applied: number) => {
      provisioned.add(1, attributes({ environment }));
      changes.add(applied, attributes({ environment }));
    },
    countFailure: (of: Of) => failed.add(1, attributes(of)),
    /** @param seconds - of the step; with a cause for a failed one */
    recordDuration: (seconds: number, of: Pick<Of, 'operation' | 'cause'>) =>
      duration.record(seconds, attributes(of)),
  };
};
export type Metrics = ReturnType<typeof createMetrics>;
