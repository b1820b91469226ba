import { AuditorService } from '@backstage/backend-plugin-api';
import { TemplateAction } from '@backstage/plugin-scaffolder-node';
import { DOMAINS, ENVIRONMENTS } from '@goldenpath/plugin-golden-path-common';
import { Claim, Claims } from '../claims';
import { ProvisionFailedError } from '../errors';
import { newClaims } from '../testing/harness';
import { runAction } from '../testing/actionContext';
import { collectMetrics } from '../testing/collectMetrics';
import { LogLine, recordingLogger } from '../testing/recordingLogger';
import { createObserver } from './createObserver';

const HOSTILE = 'x"} 1\ngoldenpath_request_claimed_total 9';

describe('createObserver', () => {
  let collect: ReturnType<typeof collectMetrics>;
  let log: LogLine[];
  let audit: Array<Record<string, any>>;
  let observer: ReturnType<typeof createObserver>;

  beforeEach(() => {
    collect = collectMetrics();
    log = [];
    audit = [];
    const auditor: AuditorService = {
      createEvent: async ({ eventId, severityLevel, meta }) => {
        audit.push({ eventId, severityLevel, ...meta });
        return {
          success: async options => {
            audit.push({ eventId, outcome: 'success', ...options?.meta });
          },
          fail: async ({ error, meta: more }) => {
            audit.push({ eventId, outcome: 'fail', error, ...more });
          },
        };
      },
    };
    observer = createObserver({
      auditor,
      logger: recordingLogger(log),
      config: {
        environments: ENVIRONMENTS,
        domains: DOMAINS,
        masterUsername: undefined,
      },
      listOpenPullRequests: async () => [],
    });
  });

  const action = (
    id: string,
    handler: TemplateAction<any, any, any>['handler'],
  ) => observer.action({ id, handler });
  const counted = async () =>
    (await collect()).filter(
      line => !/_bucket|_sum|^goldenpath_request_waiting| 0$/.test(line),
    );

  it('counts a run of the provisioner and its changes', async () => {
    const provision = action('goldenpath:rds:provision', async ctx => {
      ctx.output('changes', 3);
      ctx.output('plan', 'the plan as Markdown');
    });
    expect(await runAction(provision, { environment: 'prod' })).toEqual({
      changes: 3,
      plan: 'the plan as Markdown',
    });
    expect(audit).toEqual([
      expect.objectContaining({
        eventId: 'database-provision',
        severityLevel: 'medium',
        user: 'user:default/jane',
        environment: 'prod',
        dryRun: false,
      }),
      {
        eventId: 'database-provision',
        outcome: 'success',
        changes: 3,
        stateChanges: [],
      },
    ]);
    expect(log).toEqual([
      {
        level: 'info',
        message: 'prod: provisioned',
        change: 'provisioned',
        environment: 'prod',
        taskId: 'task-1',
        changes: 3,
      },
    ]);
    expect(await counted()).toEqual([
      'goldenpath_operation_duration_count{goldenpath_operation="provision"} 1',
      'goldenpath_provision_completed_total{goldenpath_environment="prod"} 1',
      'goldenpath_provision_changes_total{goldenpath_environment="prod"} 3',
    ]);
  });

  it.each([
    { input: { dryRun: true }, options: {}, reason: 'the input' },
    { input: {}, options: { isDryRun: true }, reason: 'the template editor' },
  ])('audits a dry run of $reason as one, and counts nothing', async row => {
    const provision = action('goldenpath:rds:provision', async () => {});
    await runAction(
      provision,
      { environment: 'dev', ...row.input },
      row.options,
    );
    expect(audit[0]).toMatchObject({ severityLevel: 'low', dryRun: true });
    expect(log).toEqual([]);
    expect(await counted()).toEqual([]);
  });

  it('keeps the error of a failed step, and leaves its cause out of the audit', async () => {
    const secret = Object.assign(new Error('HTTP 500'), {
      request: { headers: { authorization: 'token ghs_secret' } },
    });
    const failure = new ProvisionFailedError('not as declared', secret);
    const provision = action('goldenpath:rds:provision', async () => {
      throw failure;
    });
    await expect(runAction(provision, { environment: 'dev' })).rejects.toBe(
      failure,
    );
    const { error, cause } = audit[1];
    expect({ name: error.name, cause, own: Object.keys(error) }).toEqual({
      name: 'ProvisionFailedError',
      cause: 'run_failed',
      own: ['name'],
    });
    expect(JSON.stringify([log, audit])).not.toContain('ghs_secret');
    expect(await counted()).toContain(
      'goldenpath_operation_failed_total{goldenpath_operation="provision",error_type="run_failed"} 1',
    );
  });

  it('a cancelled step is cancelled, whatever error it ended with', async () => {
    const waiting = action('goldenpath:rds:await', async () => {
      throw new Error('The task was cancelled.');
    });
    await expect(
      runAction(waiting, {}, { signal: AbortSignal.abort() }),
    ).rejects.toThrow('cancelled');
    expect(await counted()).toContain(
      'goldenpath_operation_failed_total{goldenpath_operation="await",error_type="cancelled"} 1',
    );
    expect(log).toMatchObject([
      { message: 'A step: await failed (cancelled)', cause: 'cancelled' },
    ]);
  });

  it('counts the claim of an app without a database, which has no environment', async () => {
    const claims = observer.claims(await newClaims());
    await claims.take({
      requestId: 'app/price-calculator',
      repo: 'github.com/acme/price-calculator',
      taskId: 'task-1',
    });
    expect(await counted()).toEqual(['goldenpath_request_claimed_total 1']);
    expect(log).toMatchObject([
      { message: 'Request app/price-calculator: claimed' },
    ]);
  });

  it('takes no value of the form that breaks its rule', async () => {
    const validate = action('goldenpath:request:validate', async () => {
      throw new Error('invalid');
    });
    await expect(
      runAction(validate, {
        environment: HOSTILE,
        databaseName: HOSTILE,
        component_id: HOSTILE,
        owner: HOSTILE,
      }),
    ).rejects.toThrow('invalid');
    expect(audit[0]).toMatchObject({
      requestId: undefined,
      environment: undefined,
      app: undefined,
      owner: undefined,
    });
    expect(JSON.stringify([audit, log, await collect()])).not.toContain(
      'claimed_total 9',
    );
  });

  it('starts every counter at zero', async () => {
    const zeros = (await collect()).filter(line => line.endsWith(' 0'));
    expect(zeros).toContain(
      'goldenpath_request_dispatched_total{goldenpath_environment="prod"} 0',
    );
    expect(zeros).toContain(
      'goldenpath_operation_failed_total{goldenpath_operation="publish",error_type="limit"} 0',
    );
    expect(zeros).toHaveLength(4 * 7 + 9 * 10);
  });

  it('leaves the actions of others as they are', () => {
    const other = { id: 'debug:log', handler: async () => {} };
    expect(observer.action(other)).toBe(other);
  });

  it('names both tasks of a take-over', async () => {
    const key = { requestId: 'dev-users_db', repo: 'r', taskId: 'task-2' };
    const taken = { ...key, state: 'held' } as Claim;
    const claims = observer.claims({
      takeOver: async () => taken,
    } as unknown as Claims);
    await claims.takeOver(
      key,
      { ...taken, taskId: 'task-1' },
      { needsNewRun: false },
    );
    expect(log).toMatchObject([
      {
        message: 'Request dev-users_db: taken over',
        taskId: 'task-2',
        fromTaskId: 'task-1',
      },
    ]);
  });
});
