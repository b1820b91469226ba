import { ConcurrencyGroups } from './concurrency';
import { Contexts, Json } from './decide/expression';
import { JobTemplate, Workflow } from './decide/workflowFile';
import { RunnerSlots } from './runnerSlots';
import { Conclusion, RunRecord, RunStore } from './types';
import { Source, WorkflowFiles } from './workflowFiles';

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
export interface Scope {
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

/** How a job, a matrix or a called workflow ended. */
export interface Outcome {
  /** What other jobs and the run see: a failure under continue-on-error counts as success. */
  result: Conclusion;
  outputs: Record<string, string>;
}

/** A job as it is to run: alone, or as one cell of a matrix. */
export interface JobCall {
  scope: Scope;
  job: JobTemplate;
  contexts: Contexts;
  name: string;
  cell: number;
}
