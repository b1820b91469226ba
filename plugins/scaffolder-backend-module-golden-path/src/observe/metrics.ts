import { Counter, Meter } from '@opentelemetry/api';
import { FAILURE_CAUSES, FailureCause } from './failureCause';
import { Operation, OPERATIONS } from './operations';

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

/**
 * Creates the instruments. docs/observability.md describes each. Every series starts at zero: Prometheus sees no increase
 * from no value to one.
 */
export const createMetrics = (
  meter: Meter,
  environments: readonly string[],
) => {
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

  for (const environment of environments)
    for (const counter of [...Object.values(counters), provisioned, changes])
      counter.add(0, attributes({ environment }));
  for (const operation of Object.values(OPERATIONS))
    for (const cause of FAILURE_CAUSES)
      failed.add(0, attributes({ operation, cause }));

  return {
    /** Counts a request's change of state; some changes are for the log only. */
    countChange: (change: string, environment: string | undefined) =>
      counters[change]?.add(1, attributes({ environment })),
    countProvisioned: (environment: string | undefined, applied: number) => {
      provisioned.add(1, attributes({ environment }));
      changes.add(applied, attributes({ environment }));
    },
    /** Records how long a step took, and the cause of a failed one. */
    recordStep: (
      operation: Operation,
      seconds: number,
      cause?: FailureCause,
    ) => {
      duration.record(seconds, attributes({ operation, cause }));
      if (cause) failed.add(1, attributes({ operation, cause }));
    },
  };
};
export type Metrics = ReturnType<typeof createMetrics>;
