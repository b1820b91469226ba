import { ConflictError, InputError } from '@backstage/errors';
import { ConcurrencyGroups, ConcurrencyMember } from './concurrency';
import { calledInputs, calledSecrets } from './decide/calledWorkflow';
import { Contexts, evaluateExpression, Json } from './decide/expression';
import { ancestors, combined, jobStatusFunctions } from './decide/jobGraph';
import { cellName, expandMatrix } from './decide/matrix';
import { Masks } from './decide/masks';
import {
  asMap,
  resolve,
  resolveText,
  resolveTexts,
  Template,
} from './decide/template';
import { JobTemplate, Workflow } from './decide/workflowFile';
import { stepName } from './decide/stepName';
import { runJob } from './jobRun';
import { RunnerSlots } from './runnerSlots';
import {
  Conclusion,
  JobRecord,
  RunRecord,
  RunStore,
  StepRecord,
} from './types';
import { Source, WorkflowFiles } from './workflowFiles';

/** GitHub allows ten levels: https://docs.github.com/actions/reference/workflows-and-actions/reusing-workflow-configurations */
const MAX_CALL_DEPTH = 10;

/** What all runs share. */
export interface RunHost {
  store: RunStore;
  files: WorkflowFiles;
  groups: ConcurrencyGroups;
  slots: RunnerSlots;
  serverUrl: string;
  workRoot: string;
  runnerEnv: Record<string, string>;
}

/** What one run starts from. */
export interface RunInputs {
  run: RunRecord;
  workflow: Workflow;
  source: Source;
  github: Record<string, Json>;
  inputs: Record<string, Json>;
  /** With GITHUB_TOKEN among them. */
  secrets: Record<string, string>;
  variables: Record<string, string>;
  environmentVariables(environment: string): Record<string, string>;
}

/** A workflow as it runs: the run's own, or one that a job calls. */
interface Scope {
  workflow: Workflow;
  source: Source;
  inputs: Record<string, Json>;
  secrets: Record<string, string>;
  /** Of job names: `caller / `. */
  prefix: string;
  depth: number;
  cancelled: AbortSignal;
  /** Concurrency groups that this run already is in. */
  held: Set<string>;
}

interface Outcome {
  /** What other jobs and the run see: a failure under continue-on-error counts as success. */
  result: Conclusion;
  outputs: Record<string, string>;
}

/** A job as it is to run: alone, or as one cell of a matrix. */
interface JobCall {
  scope: Scope;
  job: JobTemplate;
  contexts: Contexts;
  name: string;
  cell: number;
}

const CANCELLED: Outcome = { result: 'cancelled', outputs: {} };

/** One run of a workflow, from its first job to its last. */
export class WorkflowRun {
  private readonly cancelling = new AbortController();
  private readonly stopping = new AbortController();
  private readonly masks: Masks;
  private readonly records = new Map<string, JobRecord>();

  constructor(
    private readonly host: RunHost,
    private readonly from: RunInputs,
  ) {
    this.masks = new Masks(Object.values(from.secrets));
  }

  /** Ends the run; called again, it ends at once, without the steps that always run. */
  cancel(): void {
    if (this.cancelling.signal.aborted) this.stopping.abort();
    this.cancelling.abort();
  }

  /** Ends the run at once. */
  stop(): void {
    this.cancelling.abort();
    this.stopping.abort();
  }

  /** Runs everything; resolves when all is recorded and nothing of the run is left on the machine. */
  async run(): Promise<void> {
    const { run, workflow, source, inputs, secrets } = this.from;
    const scope = {
      workflow,
      source,
      inputs,
      secrets,
      prefix: '',
      depth: 0,
      cancelled: this.cancelling.signal,
      held: new Set<string>(),
    };
    this.addPlainJobs(scope);
    const { result } = await this.runScope(scope).catch(error =>
      this.failBeforeJobs(error),
    );
    run.status = 'completed';
    run.conclusion = result;
    await this.save();
  }

  private async runScope(scope: Scope): Promise<Outcome> {
    const { concurrency, name } = scope.workflow;
    const outcome = await this.inGroup(
      concurrency,
      scope,
      this.contexts(scope, {}),
      name,
      inner => this.runJobs(inner),
    );
    if (outcome) return outcome;
    for (const record of this.from.run.jobs) {
      if (record.status !== 'completed' && record.name.startsWith(scope.prefix))
        finish(record, 'cancelled');
    }
    return CANCELLED;
  }

  private async runJobs(scope: Scope): Promise<Outcome> {
    const { jobs, call } = scope.workflow;
    const outcomes = new Map<string, Promise<Outcome>>();
    const outcomeOf = (id: string): Promise<Outcome> => {
      const job = jobs.find(candidate => candidate.id === id) as JobTemplate;
      const outcome =
        outcomes.get(id) ?? this.runWhenReady(scope, job, outcomeOf);
      outcomes.set(id, outcome);
      return outcome;
    };
    const results = await Promise.all(
      jobs.map(async ({ id }) => [id, await outcomeOf(id)] as const),
    );
    const result = combined(results.map(([, outcome]) => outcome.result));
    const seen = Object.fromEntries(
      results.map(([id, outcome]) => [id, { ...outcome }]),
    ) as Json;
    const outputs = call
      ? resolveTexts(call.outputs, { ...this.contexts(scope, {}), jobs: seen })
      : {};
    return { result, outputs };
  }

  private async runWhenReady(
    scope: Scope,
    job: JobTemplate,
    outcomeOf: (id: string) => Promise<Outcome>,
  ): Promise<Outcome> {
    const before = await Promise.all(
      [...ancestors(job.id, scope.workflow.jobs)].map(
        async id => [id, await outcomeOf(id)] as const,
      ),
    );
    const needs = Object.fromEntries(
      before
        .filter(([id]) => job.needs.includes(id))
        .map(([id, o]) => [id, { ...o }]),
    );
    const contexts = this.contexts(scope, needs as Record<string, Json>);
    const cancelled = scope.cancelled.aborted;
    const call = { scope, job, contexts, name: nameOf(job), cell: 0 };
    try {
      const functions = jobStatusFunctions(
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
      return await this.runCells(call);
    } catch (error) {
      return await this.failWithoutRunning(call, error);
    }
  }

  private async runCells(call: JobCall): Promise<Outcome> {
    const { scope, job, contexts } = call;
    const matrix = job.strategy.matrix;
    if (matrix === undefined) {
      const strategy = {
        'fail-fast': true,
        'job-index': 0,
        'job-total': 1,
        'max-parallel': 1,
      };
      return this.runCell({ ...call, contexts: { ...contexts, strategy } });
    }
    const cells = expandMatrix(resolve(matrix, contexts));
    const failFast =
      resolve(job.strategy['fail-fast'] ?? true, contexts) === true;
    const parallel = Number(
      resolve(job.strategy['max-parallel'] ?? cells.length, contexts),
    );
    const failing = new AbortController();
    const slots = new RunnerSlots(Math.max(1, parallel));
    const inner = {
      ...scope,
      cancelled: AbortSignal.any([scope.cancelled, failing.signal]),
    };
    const outputs: Record<string, string> = {};
    const results = await Promise.all(
      cells.map((cell, index) =>
        slots.use(async () => {
          const strategy = {
            'fail-fast': failFast,
            'job-index': index,
            'job-total': cells.length,
            'max-parallel': parallel,
          };
          const cellCall = {
            scope: inner,
            job,
            contexts: { ...contexts, matrix: cell, strategy },
            name:
              typeof job.name === 'string' ? job.name : cellName(job.id, cell),
            cell: index,
          };
          const outcome = await this.runCell(cellCall).catch(error =>
            this.failWithoutRunning(cellCall, error),
          );
          if (outcome.result === 'failure' && failFast) failing.abort();
          for (const [key, value] of Object.entries(outcome.outputs))
            if (value !== '') outputs[key] = value;
          return outcome.result;
        }),
      ),
    );
    return { result: combined(results), outputs };
  }

  private async runCell(unnamed: JobCall): Promise<Outcome> {
    const { scope, job, contexts } = unnamed;
    const call =
      job.name === undefined
        ? unnamed
        : { ...unnamed, name: resolveText(job.name, contexts) };
    if (job.uses === undefined) this.recordOf(call);
    await this.save();
    const outcome = await this.inGroup(
      job.concurrency,
      scope,
      contexts,
      call.name,
      inner => {
        const started = { ...call, scope: inner };
        return job.uses === undefined
          ? this.runSteps(started)
          : this.runCalled(started, job.uses);
      },
      startsWhenCancelled(job),
    );
    return outcome ?? this.finishWithoutRunning(call, 'cancelled');
  }

  private async runSteps(call: JobCall): Promise<Outcome> {
    const { scope, job, contexts } = call;
    return this.host.slots.use(async () => {
      if (scope.cancelled.aborted && !startsWhenCancelled(job))
        return this.finishWithoutRunning(call, 'cancelled');
      const record = this.recordOf(call);
      record.status = 'in_progress';
      record.startedAt = new Date().toISOString();
      this.from.run.status = 'in_progress';
      await this.save();
      const toRun = {
        workflow: scope.workflow,
        template: job,
        record,
        contexts: { ...contexts, vars: this.variables(job, contexts) },
        cancelled: scope.cancelled,
        stopped: this.stopping.signal,
      };
      const { conclusion, outputs } = await runJob(toRun, {
        ...this.host,
        masks: this.masks,
        save: () => this.save(),
        appendLog: (jobId, text) =>
          this.host.store.appendLog(this.from.run.id, jobId, text),
      });
      finish(record, conclusion);
      await this.save();
      return { result: this.forOthers(job, contexts, conclusion), outputs };
    });
  }

  private async runCalled(
    { scope, job, contexts, name }: JobCall,
    uses: string,
  ): Promise<Outcome> {
    if (scope.depth >= MAX_CALL_DEPTH) {
      throw new InputError(
        `${uses}: reusable workflows call each other more than ${MAX_CALL_DEPTH} levels deep`,
      );
    }
    const { workflow, call, source } = await this.host.files.called(
      uses,
      scope.source,
    );
    const secrets =
      typeof job.secrets === 'object'
        ? resolveTexts(job.secrets, contexts)
        : job.secrets;
    const inner: Scope = {
      ...scope,
      workflow,
      source,
      inputs: calledInputs(
        call,
        resolve(job.with, contexts) as Record<string, Json>,
        contexts,
      ),
      secrets: calledSecrets(call, secrets, scope.secrets),
      prefix: `${scope.prefix}${name} / `,
      depth: scope.depth + 1,
    };
    this.addPlainJobs(inner);
    await this.save();
    return this.runScope(inner);
  }

  /**
   * Waits for the turn in a concurrency group, if there is one, and gives it back.
   * @returns undefined where the turn never came
   * @throws ConflictError where the run waits for itself, in GitHub's words
   */
  private async inGroup(
    concurrency: Template | undefined,
    scope: Scope,
    contexts: Contexts,
    what: string,
    work: (inner: Scope) => Promise<Outcome>,
    startsAnyway = false,
  ): Promise<Outcome | undefined> {
    if (concurrency === undefined) return work(scope);
    const setting = resolve(concurrency, contexts);
    const map =
      typeof setting === 'object'
        ? asMap(setting as Template)
        : { group: setting };
    const group = String(map.group ?? '').toLowerCase();
    if (group === '') return work(scope);
    if (scope.held.has(group)) {
      throw new ConflictError(
        `Canceling since a deadlock was detected for concurrency group: '${group}' between a top level workflow and '${what}'`,
      );
    }
    const { owner, name } = this.from.run.repo;
    const key = `${owner}/${name}/${group}`;
    const replaced = new AbortController();
    const member: ConcurrencyMember = {
      cancelInProgress: map['cancel-in-progress'] === true,
      replaced: () => replaced.abort(),
    };
    const cancelled = AbortSignal.any([scope.cancelled, replaced.signal]);
    const givingUp = AbortSignal.any([
      this.stopping.signal,
      replaced.signal,
      ...(startsAnyway && scope.cancelled.aborted ? [] : [scope.cancelled]),
    ]);
    const gaveUp = new Promise<'gave up'>(end => {
      if (givingUp.aborted) end('gave up');
      givingUp.addEventListener('abort', () => end('gave up'), { once: true });
    });
    try {
      const turn = await Promise.race([
        this.host.groups.enter(key, member),
        gaveUp,
      ]);
      if (turn === 'gave up') return undefined;
      return await work({
        ...scope,
        cancelled,
        held: new Set([...scope.held, group]),
      });
    } finally {
      this.host.groups.leave(key, member);
    }
  }

  private contexts(scope: Scope, needs: Record<string, Json>): Contexts {
    return {
      github: this.from.github,
      vars: this.from.variables,
      inputs: scope.inputs,
      secrets: scope.secrets,
      needs,
      matrix: null,
      strategy: null,
    };
  }

  private variables(
    job: JobTemplate,
    contexts: Contexts,
  ): Record<string, string> {
    if (job.environment === undefined) return this.from.variables;
    const environment = resolve(job.environment, contexts);
    const name =
      typeof environment === 'object'
        ? asMap(environment as Template).name
        : environment;
    return {
      ...this.from.variables,
      ...this.from.environmentVariables(String(name ?? '')),
    };
  }

  private forOthers(
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
    finish(this.recordOf(call), conclusion);
    await this.save();
    return { result: conclusion, outputs: {} };
  }

  private async failWithoutRunning(
    call: JobCall,
    error: unknown,
  ): Promise<Outcome> {
    const record = this.recordOf(call);
    await this.explainFailure(record, error);
    finish(record, 'failure');
    await this.save();
    return { result: 'failure', outputs: {} };
  }

  /** The workflow's own settings couldn't be evaluated: no job has begun. */
  private async failBeforeJobs(error: unknown): Promise<Outcome> {
    const { run, workflow } = this.from;
    const record: JobRecord = {
      id: this.host.store.nextJobId(),
      name: workflow.name,
      status: 'queued',
      steps: [],
    };
    for (const unstarted of run.jobs)
      if (unstarted.status !== 'completed') finish(unstarted, 'skipped');
    run.jobs.push(record);
    await this.explainFailure(record, error);
    finish(record, 'failure');
    return { result: 'failure', outputs: {} };
  }

  private async explainFailure(
    record: JobRecord,
    error: unknown,
  ): Promise<void> {
    const note = this.masks.hide(
      error instanceof Error ? error.message : String(error),
    );
    record.steps.unshift(failedSetUp(note));
    const text = `${new Date().toISOString()} ##[error]${note}\n`;
    await this.host.store.appendLog(this.from.run.id, record.id, text);
  }

  private addPlainJobs(scope: Scope): void {
    const contexts = this.contexts(scope, {});
    for (const job of scope.workflow.jobs) {
      if (job.uses === undefined && job.strategy.matrix === undefined) {
        this.recordOf({ scope, job, contexts, name: nameOf(job), cell: 0 });
      }
    }
  }

  /** The record of a job, made where there is none yet, under the name that is known now. */
  private recordOf({ scope, job, name, cell }: JobCall): JobRecord {
    const key = JSON.stringify([scope.prefix, job.id, cell]);
    const fullName = this.masks.hide(scope.prefix + name);
    const known = this.records.get(key);
    if (known) return Object.assign(known, { name: fullName });
    const record: JobRecord = {
      id: this.host.store.nextJobId(),
      name: fullName,
      status: 'queued',
      steps: job.steps.map((step, index) => ({
        name: stepName(step),
        number: index + 1,
        status: 'queued',
      })),
    };
    this.records.set(key, record);
    this.from.run.jobs.push(record);
    return record;
  }

  private async save(): Promise<void> {
    const { run } = this.from;
    run.updatedAt = new Date().toISOString();
    await this.host.store.save(structuredClone(run));
  }
}

const nameOf = (job: JobTemplate): string => {
  return typeof job.name === 'string' ? job.name : job.id;
};

/** A step that says why a job, or a whole file, couldn't begin. */
export const failedSetUp = (note: string): StepRecord => {
  const now = new Date().toISOString();
  return {
    name: 'Set up job',
    number: 0,
    status: 'completed',
    conclusion: 'failure',
    note,
    startedAt: now,
    completedAt: now,
  };
};

const startsWhenCancelled = (job: JobTemplate): boolean => {
  return /\b(always|cancelled)\s*\(/.test(job.condition);
};

/** Ends a job's record, and those of its steps that never began. */
const finish = (record: JobRecord, conclusion: Conclusion): void => {
  const now = new Date().toISOString();
  for (const step of record.steps) {
    if (step.status !== 'completed') {
      Object.assign(step, {
        status: 'completed',
        conclusion: conclusion === 'cancelled' ? 'cancelled' : 'skipped',
      });
    }
  }
  Object.assign(record, {
    status: 'completed',
    conclusion,
    startedAt: record.startedAt ?? now,
    completedAt: now,
  });
};
