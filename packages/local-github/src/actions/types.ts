import { DefaultPermissions, Permissions } from './decide/permissions';

/** A repository by owner and name, as GitHub names it. */
export interface RepoRef {
  owner: string;
  name: string;
}

/** How something ended, in the words of GitHub's REST API. */
export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped';

/** Where something stands, in the words of GitHub's REST API. */
export type Status = 'queued' | 'waiting' | 'in_progress' | 'completed';

/** One step of a job, as a run's page shows it. */
export interface StepRecord {
  name: string;
  number: number;
  status: Status;
  conclusion?: Conclusion;
  /** What the page says beside it, for instance "not run here: needs a container engine". */
  note?: string;
  /** ISO 8601, UTC. */
  startedAt?: string;
  /** ISO 8601, UTC. */
  completedAt?: string;
}

/** One job of a run. */
export interface JobRecord {
  id: number;
  name: string;
  status: Status;
  conclusion?: Conclusion;
  /** Set once the job has come to an environment whose reviewers it waits for, or waited. */
  environment?: string;
  steps: StepRecord[];
  /** ISO 8601, UTC. */
  startedAt?: string;
  /** ISO 8601, UTC. */
  completedAt?: string;
}

/** What a reviewer said to the jobs of a run that waited for their environments. */
export interface DeploymentReview {
  environments: string[];
  state: 'approved' | 'rejected';
  /** Login. */
  user: string;
  comment: string;
  /** ISO 8601, UTC. */
  at: string;
}

/** One run of a workflow file. */
export interface RunRecord {
  id: number;
  /** Counts per workflow file, from 1. */
  runNumber: number;
  repo: RepoRef;
  /** For instance `.github/workflows/x.yml`. */
  workflowPath: string;
  workflowName: string;
  /** What `run-name` made, else what GitHub shows for the event. */
  displayTitle: string;
  event: string;
  headBranch: string;
  headSha: string;
  actor: string;
  status: Status;
  conclusion?: Conclusion;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** ISO 8601, UTC. */
  updatedAt: string;
  jobs: JobRecord[];
  /** The inputs of a dispatch, defaults filled in. */
  inputs?: Record<string, string>;
  reviews?: DeploymentReview[];
}

/** Where runs and their logs are kept; what is saved survives a restart. */
export interface RunStore {
  takeRunId(): number;
  takeJobId(): number;
  save(run: RunRecord): Promise<void>;
  get(id: number): RunRecord | undefined;
  list(repo: RepoRef): RunRecord[];
  appendLog(runId: number, jobId: number, text: string): Promise<void>;
  readLog(runId: number, jobId: number): Promise<string>;
  /** Adds what a step wrote to GITHUB_STEP_SUMMARY, Markdown. */
  appendSummary(runId: number, jobId: number, text: string): Promise<void>;
  /** @returns empty where no step of the job wrote one */
  readSummary(runId: number, jobId: number): Promise<string>;
}

/** Something that happened in a repository and may start workflows. */
export interface WorkflowEvent {
  name: 'push' | 'workflow_dispatch' | 'pull_request' | string;
  repo: RepoRef;
  /** A full ref, `refs/heads/main`; for pull requests `refs/pull/<n>/merge`. */
  ref: string;
  sha: string;
  /** Login of who did it. */
  actor: string;
  /** GitHub's payload of this event: before, after, ref, commits | inputs | pull_request, action, number. */
  payload: Record<string, unknown>;
  /** Only for `workflow_dispatch`. */
  inputs?: Record<string, string>;
  /** Only for `workflow_dispatch`: the one workflow file to run. */
  workflowPath?: string;
}

/** What a dispatch check says: the inputs to run with, or GitHub's 422 message. */
export type DispatchCheck =
  | { workflowPath: string; inputs: Record<string, string> }
  | { error: string };

/** A workflow file of a repository, as the REST API lists it. */
export interface WorkflowSummary {
  id: number;
  name: string;
  path: string;
}

/** Runs workflow files of local repositories. */
export interface ActionsService {
  /**
   * Starts a run of every workflow that this event concerns and returns once the runs are saved, before they have ended.
   * A push or pull request made with a run's own GITHUB_TOKEN must not be sent here: GitHub starts nothing for those.
   */
  trigger(event: WorkflowEvent): Promise<RunRecord[]>;
  /**
   * Checks a dispatch as GitHub does.
   * @param ref - a branch or tag, short or full
   * @param workflowFile - file name, path or numeric id
   * @returns undefined where there is no such workflow (404)
   */
  validateDispatch(
    repo: RepoRef,
    ref: string,
    workflowFile: string,
    inputs: Record<string, string>,
  ): Promise<DispatchCheck | undefined>;
  /** The workflows of the default branch. */
  listWorkflows(repo: RepoRef): Promise<WorkflowSummary[]>;
  /**
   * Lets the jobs of a run go on that wait for these environments, or fails them. Who may say so is the caller's to check.
   */
  reviewDeployments(runId: number, review: DeploymentReview): Promise<void>;
  /** Waits until nothing more happens by itself: runs have ended, or wait for reviewers. */
  idle(): Promise<void>;
  /** Cancels everything and waits until every process has ended. */
  stop(): Promise<void>;
}

/** What an environment asks of a job before it begins. */
export interface DeploymentRules {
  /** Whether its deployment branches and tags include the job's ref. */
  isRefAllowed: boolean;
  /** Whether one of its reviewers must approve first. */
  needsReview: boolean;
}

/** What the Actions service needs of the GitHub around it. */
export interface ActionsOptions {
  store: RunStore;
  /** The bare repository on disk. */
  gitDir(repo: RepoRef): string;
  /** For instance `http://localhost:7010`. */
  serverUrl: string;
  /** For instance `http://localhost:7010/api/v3`. */
  apiUrl: string;
  /** Where the artifacts of a run are kept; created with the first. */
  artifactsFolder(runId: number): string;
  /** Where workspaces of jobs are made, and removed again. */
  workRoot: string;
  /** Added to every step's environment, for instance AWS_*; its PATH comes before the system's. */
  runnerEnv: Record<string, string>;
  /** A job's own GITHUB_TOKEN, which may do no more than its permissions say. */
  createToken(run: RunRecord, permissions: Permissions): string;
  /** Ends a job's token. */
  revokeToken(token: string): void;
  /** What tokens may do where neither workflow nor job say so. */
  defaultPermissions(repo: RepoRef): DefaultPermissions;
  /** Whether runs of a workflow file start no more; none is disabled unless given. */
  isDisabled?(repo: RepoRef, path: string): boolean;
  variables(repo: RepoRef): Record<string, string>;
  secrets(repo: RepoRef): Record<string, string>;
  /**
   * What an environment asks of a job that runs on this ref. An environment that isn't there yet is created, without rules.
   * @param ref - full
   */
  deploymentRules(
    repo: RepoRef,
    environment: string,
    ref: string,
  ): Promise<DeploymentRules>;
  /** Only of an environment whose rules have let the job pass. */
  environmentVariables(
    repo: RepoRef,
    environment: string,
  ): Record<string, string>;
  /** Only of an environment whose rules have let the job pass. */
  environmentSecrets(
    repo: RepoRef,
    environment: string,
  ): Record<string, string>;
}
