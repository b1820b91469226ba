import { Masks } from './decide/masks';
import { getStepName } from './decide/stepName';
import { JobTemplate } from './decide/workflowFile';
import {
  Conclusion,
  DeploymentReview,
  JobRecord,
  RunRecord,
  RunStore,
  Status,
  StepRecord,
} from './types';

/** A job whose record is wanted: alone, or as one cell of a matrix. */
export interface RecordedJob {
  job: JobTemplate;
  /** Of job names: `caller / `. */
  prefix: string;
  name: string;
  cell: number;
}

/** The records of one run and its jobs, as its page shows them. */
export class RunRecords {
  private readonly jobs = new Map<string, JobRecord>();

  constructor(
    readonly run: RunRecord,
    private readonly store: RunStore,
    private readonly masks: Masks,
  ) {}

  /** The record of a job, made where there is none yet, under the name that is known now. */
  keepRecord({ prefix, job, name, cell }: RecordedJob): JobRecord {
    const key = JSON.stringify([prefix, job.id, cell]);
    const fullName = this.masks.hide(prefix + name);
    const known = this.jobs.get(key);
    if (known) return Object.assign(known, { name: fullName });
    const record: JobRecord = {
      id: this.store.takeJobId(),
      name: fullName,
      status: 'queued',
      steps: job.steps.map((step, index) => ({
        name: getStepName(step),
        number: index + 1,
        status: 'queued',
      })),
    };
    this.jobs.set(key, record);
    this.run.jobs.push(record);
    return record;
  }

  /** Shows the jobs whose names are known before anything has run. */
  addPlainJobs(jobs: JobTemplate[], prefix: string): void {
    for (const job of jobs) {
      if (job.uses === undefined && job.strategy.matrix === undefined)
        this.keepRecord({ prefix, job, name: getPlainName(job), cell: 0 });
    }
  }

  async start(record: JobRecord): Promise<void> {
    record.status = 'in_progress';
    record.startedAt = new Date().toISOString();
    await this.save();
  }

  /** The job waits for the reviewers of its environment. */
  async wait(record: JobRecord, environment: string): Promise<void> {
    Object.assign(record, { status: 'waiting', environment });
    await this.save();
  }

  async addReview(review: DeploymentReview): Promise<void> {
    this.run.reviews = [...(this.run.reviews ?? []), review];
    for (const job of this.run.jobs)
      if (job.status === 'waiting' && isOf(review, job)) job.status = 'queued';
    await this.save();
  }

  async finish(record: JobRecord, conclusion: Conclusion): Promise<void> {
    finishRecord(record, conclusion);
    await this.save();
  }

  /** Ends a job that couldn't begin; a step of its own says why. */
  async fail(record: JobRecord, error: unknown): Promise<void> {
    const note = this.masks.hide(
      error instanceof Error ? error.message : String(error),
    );
    record.steps.unshift(createFailedSetUp(note));
    const text = `${new Date().toISOString()} ##[error]${note}\n`;
    await this.store.appendLog(this.run.id, record.id, text);
    await this.finish(record, 'failure');
  }

  /** The workflow's own settings couldn't be evaluated: no job has begun. */
  async failBeforeJobs(workflowName: string, error: unknown): Promise<void> {
    const record: JobRecord = {
      id: this.store.takeJobId(),
      name: workflowName,
      status: 'queued',
      steps: [],
    };
    this.finishUnstarted('', 'skipped');
    this.run.jobs.push(record);
    await this.fail(record, error);
  }

  /** Ends the jobs under a prefix that have not ended yet. */
  finishUnstarted(prefix: string, conclusion: Conclusion): void {
    for (const record of this.run.jobs) {
      if (record.status !== 'completed' && record.name.startsWith(prefix))
        finishRecord(record, conclusion);
    }
  }

  async save(): Promise<void> {
    if (this.run.status !== 'completed')
      this.run.status = statusOfJobs(this.run.jobs);
    this.run.updatedAt = new Date().toISOString();
    await this.store.save(structuredClone(this.run));
  }
}

const isOf = ({ environments }: DeploymentReview, job: JobRecord) =>
  environments.some(
    name => name.toLowerCase() === job.environment?.toLowerCase(),
  );

/** Where a run stands that has not ended. */
const statusOfJobs = (jobs: JobRecord[]): Status => {
  const has = (status: Status) => jobs.some(job => job.status === status);
  if (has('in_progress')) return 'in_progress';
  if (has('waiting')) return 'waiting';
  return has('completed') ? 'in_progress' : 'queued';
};

/** The name of a job as far as it is known before the job is evaluated. */
export const getPlainName = (job: JobTemplate): string =>
  typeof job.name === 'string' ? job.name : job.id;

/** A step that says why a job, or a whole file, couldn't begin. */
export const createFailedSetUp = (note: string): StepRecord => {
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

/** Ends a job's record, and those of its steps that never began. */
const finishRecord = (record: JobRecord, conclusion: Conclusion): void => {
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
