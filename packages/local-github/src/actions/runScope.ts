import { Activity } from './activity';
import { ConcurrencyGroups } from './concurrency';
import { Contexts, Json } from './decide/expression';
import { Permissions } from './decide/permissions';
import { JobTemplate, Workflow } from './decide/workflowFile';
import { RunnerSlots } from './runnerSlots';
import { ActionsOptions, Conclusion, RunRecord } from './types';
import { Source, WorkflowFiles } from './workflowFiles';

/** What all runs share. */
export interface RunHost
  extends Pick<
    ActionsOptions,
    | 'store'
    | 'serverUrl'
    | 'workRoot'
    | 'artifactsFolder'
    | 'runnerEnv'
    | 'createToken'
    | 'revokeToken'
    | 'deploymentRules'
    | 'environmentVariables'
    | 'environmentSecrets'
  > {
  files: WorkflowFiles;
  groups: ConcurrencyGroups;
  slots: RunnerSlots;
  activity: Activity;
}

/** What one run starts from. */
export interface RunInputs {
  run: RunRecord;
  workflow: Workflow;
  source: Source;
  github: Record<string, Json>;
  inputs: Record<string, Json>;
  secrets: Record<string, string>;
  /** The ref that environments compare with their deployment branches, full. */
  deploymentRef: string;
  /** Of jobs that ask for none themselves, nor does their workflow. */
  permissions: Permissions;
  variables: Record<string, string>;
}

/** A workflow as it runs: the run's own, or one that a job calls. */
export interface Scope {
  workflow: Workflow;
  source: Source;
  inputs: Record<string, Json>;
  /** The secrets of a job that has this GITHUB_TOKEN. */
  secretsWith(token: string): Record<string, string>;
  /** Of jobs that ask for none themselves; in a called workflow also the most that they may ask for. */
  permissions: Permissions;
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

/** What the token of a job may do. */
export const getJobPermissions = ({ scope, job }: JobCall): Permissions =>
  job.permissions ?? scope.workflow.permissions ?? scope.permissions;
