import { runInConcurrencyGroup } from './concurrencyTurn';
import { readConcurrency } from './decide/concurrencySetting';
import { environmentOf } from './decide/deployment';
import { Contexts, evaluateExpression, Json } from './decide/expression';
import {
  findAncestors,
  combineConclusions,
  createStatusFunctions,
} from './decide/jobGraph';
import { Masks } from './decide/masks';
import {
  resolve,
  resolveText,
  resolveTexts,
  Template,
} from './decide/template';
import { JobTemplate } from './decide/workflowFile';
import { readCalledScope } from './calledScope';
import { EnvironmentValues, openEnvironment } from './environment';
import { runJob } from './jobRun';
import { runMatrix } from './matrixRun';
import { PendingDeployments } from './pendingDeployments';
import { getPlainName, RunRecords } from './runRecords';
import {
  JobCall,
  getJobPermissions,
  Outcome,
  RunHost,
  RunInputs,
  Scope,
} from './runScope';
import { Conclusion, DeploymentReview, JobRecord } from './types';

const CANCELLED: Outcome = { result: 'cancelled', outputs: {} };
const FAILED: Outcome = { result: 'failure', outputs: {} };

/** One run of a workflow, from its first job to its last. */
export class WorkflowRun {
  private readonly stopping = new AbortController();
  private readonly masks: Masks;
  private readonly records: RunRecords;
  private readonly pending = new PendingDeployments();

  constructor(
    private readonly host: RunHost,
    private readonly from: RunInputs,
  ) {
    this.masks = new Masks(Object.values(from.secrets));
    this.records = new RunRecords(from.run, host.store, this.masks);
  }

  /** Ends the run at once. */
  stop(): void {
    this.stopping.abort();
  }

  /** Answers the jobs that wait for these environments. */
  async review(review: DeploymentReview): Promise<void> {
    await this.records.addReview(review);
    this.pending.review(review.environments, review.state);
  }

  /** Runs everything; resolves when all is recorded and nothing of the run is left on the machine. */
  async run(): Promise<void> {
    const { run, workflow, source, inputs, permissions } = this.from;
    const scope = {
      workflow,
      source,
      inputs,
      secretsWith: (token: string) => ({
        ...this.from.secrets,
        GITHUB_TOKEN: token,
      }),
      permissions,
      prefix: '',
      depth: 0,
      cancelled: this.stopping.signal,
      held: new Set<string>(),
    };
    this.records.addPlainJobs(workflow.jobs, scope.prefix);
    const { result } = await this.runScope(scope).catch(async error => {
      await this.records.failBeforeJobs(workflow.name, error);
      return FAILED;
    });
    run.status = 'completed';
    run.conclusion = result;
    await this.records.save();
  }

  private async runScope(scope: Scope): Promise<Outcome> {
    const { concurrency, name } = scope.workflow;
    const outcome = await this.runInGroup(
      concurrency,
      scope,
      this.createContexts(scope, {}),
      name,
      inner => this.runJobs(inner),
    );
    if (outcome) return outcome;
    this.records.finishUnstarted(scope.prefix, 'cancelled');
    return CANCELLED;
  }

  private async runJobs(scope: Scope): Promise<Outcome> {
    const { jobs, call } = scope.workflow;
    const outcomes = new Map<string, Promise<Outcome>>();
    const outcomeOf = (id: string): Promise<Outcome> => {
      const job = jobs.find(candidate => candidate.id === id) as JobTemplate;
      const outcome =
        outcomes.get(id) ??
        this.host.activity.count(() =>
          this.runWhenReady(scope, job, outcomeOf),
        );
      outcomes.set(id, outcome);
      return outcome;
    };
    const results = await this.host.activity.pause(
      Promise.all(
        jobs.map(async ({ id }) => [id, await outcomeOf(id)] as const),
      ),
    );
    const result = combineConclusions(
      results.map(([, outcome]) => outcome.result),
    );
    const seen = Object.fromEntries(
      results.map(([id, outcome]) => [id, { ...outcome }]),
    ) as Json;
    const outputs = call
      ? resolveTexts(call.outputs, {
          ...this.createContexts(scope, {}),
          jobs: seen,
        })
      : {};
    return { result, outputs };
  }

  private async runWhenReady(
    scope: Scope,
    job: JobTemplate,
    outcomeOf: (id: string) => Promise<Outcome>,
  ): Promise<Outcome> {
    const before = await this.host.activity.pause(
      Promise.all(
        [...findAncestors(job.id, scope.workflow.jobs)].map(
          async id => [id, await outcomeOf(id)] as const,
        ),
      ),
    );
    const needs = Object.fromEntries(
      before
        .filter(([id]) => job.needs.includes(id))
        .map(([id, o]) => [id, { ...o }]),
    );
    const contexts = this.createContexts(scope, needs as Record<string, Json>);
    const cancelled = scope.cancelled.aborted;
    const call = { scope, job, contexts, name: getPlainName(job), cell: 0 };
    try {
      const functions = createStatusFunctions(
        before.map(([, { result }]) => result),
        cancelled,
      );
      if (
        this.stopping.signal.aborted ||
        !evaluateExpression(job.condition, contexts, functions)
      ) {
        return await this.finishWithoutRunning(
          call,
          cancelled ? 'cancelled' : 'skipped',
        );
      }
      return await runMatrix(call, this.host.activity, cell =>
        this.runCell(cell).catch(error => this.failWithoutRunning(cell, error)),
      );
    } catch (error) {
      return await this.failWithoutRunning(call, error);
    }
  }

  private async runCell(unnamed: JobCall): Promise<Outcome> {
    const { scope, job, contexts } = unnamed;
    const call =
      job.name === undefined
        ? unnamed
        : { ...unnamed, name: resolveText(job.name, contexts) };
    if (job.uses === undefined) this.keepRecord(call);
    await this.records.save();
    const outcome = await this.runInGroup(
      job.concurrency,
      scope,
      contexts,
      call.name,
      inner => {
        const started = { ...call, scope: inner };
        return job.uses === undefined
          ? this.deploy(started)
          : this.runCalled(started, job.uses);
      },
      startsWhenCancelled(job),
    );
    return outcome ?? this.finishWithoutRunning(call, 'cancelled');
  }

  private async deploy(call: JobCall): Promise<Outcome> {
    const environment = environmentOf(call.job, call.contexts);
    const given = await openEnvironment(
      this.host,
      this.from,
      environment,
      name => this.awaitReview(call, name),
    );
    if (!given) return this.finishWithoutRunning(call, 'cancelled');
    for (const secret of Object.values(given.secrets)) this.masks.add(secret);
    return this.runSteps(call, given);
  }

  private async awaitReview(call: JobCall, environment: string) {
    const { scope, job } = call;
    await this.records.wait(this.keepRecord(call), environment);
    return this.host.activity.pause(
      this.pending.wait(
        environment,
        AbortSignal.any(this.givingUp(scope, startsWhenCancelled(job))),
      ),
    );
  }

  private async runSteps(
    call: JobCall,
    given: EnvironmentValues,
  ): Promise<Outcome> {
    const { scope, job, contexts } = call;
    return this.host.slots.use(async () => {
      if (scope.cancelled.aborted && !startsWhenCancelled(job))
        return this.finishWithoutRunning(call, 'cancelled');
      const record = this.keepRecord(call);
      await this.records.start(record);
      const token = this.host.createToken(
        this.from.run,
        getJobPermissions(call),
      );
      this.masks.add(token);
      const toRun = {
        workflow: scope.workflow,
        template: job,
        record,
        contexts: {
          ...contexts,
          github: { ...this.from.github, token },
          secrets: { ...scope.secretsWith(token), ...given.secrets },
          vars: { ...this.from.variables, ...given.variables },
        },
        cancelled: scope.cancelled,
        stopped: this.stopping.signal,
      };
      const { conclusion, outputs } = await runJob(toRun, {
        ...this.host,
        masks: this.masks,
        artifactsFolder: this.host.artifactsFolder(this.from.run.id),
        save: () => this.records.save(),
        appendLog: (jobId, text) =>
          this.host.store.appendLog(this.from.run.id, jobId, text),
        appendSummary: (jobId, text) =>
          this.host.store.appendSummary(this.from.run.id, jobId, text),
      }).finally(() => this.host.revokeToken(token));
      await this.records.finish(record, conclusion);
      return {
        result: this.getConclusionForOthers(job, contexts, conclusion),
        outputs,
      };
    });
  }

  private async runCalled(call: JobCall, uses: string): Promise<Outcome> {
    const inner = await readCalledScope(call, uses, this.host.files);
    this.records.addPlainJobs(inner.workflow.jobs, inner.prefix);
    await this.records.save();
    return this.runScope(inner);
  }

  /** @returns undefined where the turn in the concurrency group never came */
  private async runInGroup(
    concurrency: Template | undefined,
    scope: Scope,
    contexts: Contexts,
    what: string,
    work: (inner: Scope) => Promise<Outcome>,
    startsAnyway = false,
  ): Promise<Outcome | undefined> {
    const setting = readConcurrency(concurrency, contexts);
    if (!setting) return work(scope);
    return runInConcurrencyGroup(
      {
        groups: this.host.groups,
        activity: this.host.activity,
        repo: this.from.run.repo,
        setting,
        held: scope.held,
        what,
        cancelled: scope.cancelled,
        givingUp: this.givingUp(scope, startsAnyway),
      },
      turn => work({ ...scope, ...turn }),
    );
  }

  /** What ends the waiting before the work. */
  private givingUp(scope: Scope, startsAnyway: boolean): AbortSignal[] {
    return startsAnyway && scope.cancelled.aborted
      ? [this.stopping.signal]
      : [this.stopping.signal, scope.cancelled];
  }

  private createContexts(scope: Scope, needs: Record<string, Json>): Contexts {
    return {
      github: this.from.github,
      vars: this.from.variables,
      inputs: scope.inputs,
      secrets: scope.secretsWith(''),
      needs,
      matrix: null,
      strategy: null,
    };
  }

  private getConclusionForOthers(
    job: JobTemplate,
    contexts: Contexts,
    conclusion: Conclusion,
  ): Conclusion {
    const goesOn =
      conclusion === 'failure' &&
      resolve(job.continueOnError, contexts) === true;
    return goesOn ? 'success' : conclusion;
  }

  private async finishWithoutRunning(
    call: JobCall,
    conclusion: Conclusion,
  ): Promise<Outcome> {
    await this.records.finish(this.keepRecord(call), conclusion);
    return { result: conclusion, outputs: {} };
  }

  private async failWithoutRunning(
    call: JobCall,
    error: unknown,
  ): Promise<Outcome> {
    await this.records.fail(this.keepRecord(call), error);
    return { result: 'failure', outputs: {} };
  }

  private keepRecord({ scope, job, name, cell }: JobCall): JobRecord {
    return this.records.keepRecord({ prefix: scope.prefix, job, name, cell });
  }
}

const startsWhenCancelled = (job: JobTemplate): boolean =>
  /\b(always|cancelled)\s*\(/.test(job.condition);
