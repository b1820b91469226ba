import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { Activity } from './activity';
import { BareGit } from './bareGit';
import { ConcurrencyGroups } from './concurrency';
import { checkDispatchInputs, convertInputs } from './decide/dispatchInputs';
import { deploymentRef } from './decide/deployment';
import { Json } from './decide/expression';
import {
  composeDefaultTitle,
  createGitHubContext,
} from './decide/githubContext';
import { getDefaultPermissions } from './decide/permissions';
import { resolveText } from './decide/template';
import {
  EventFacts,
  isTriggered,
  readBaseBranch,
  shortenRef,
  skipsRuns,
} from './decide/triggers';
import { Workflow } from './decide/workflowFile';
import { RunnerSlots } from './runnerSlots';
import { createFailedSetUp } from './runRecords';
import { RunHost } from './runScope';
import {
  ActionsOptions,
  ActionsService,
  DeploymentReview,
  DispatchCheck,
  RepoRef,
  RunRecord,
  WorkflowEvent,
  WorkflowSummary,
} from './types';
import { WorkflowFiles } from './workflowFiles';
import { WorkflowRun } from './workflowRun';

/** Jobs under way at once. */
const RUNNERS = 4;

/** Makes an Actions service that runs workflow files of local repositories in processes of this machine. */
export const createActions = (options: ActionsOptions): ActionsService => {
  return new LocalActions(options);
};

/**
 * The number of a workflow in the REST API: the same for the same file in every run of the platform.
 * FNV-1a over repository and path, 31 bits.
 */
export const computeWorkflowId = (
  { owner, name }: RepoRef,
  path: string,
): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${owner}/${name}/${path}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 1) + 1;
};

class LocalActions implements ActionsService {
  private readonly files: WorkflowFiles;
  private readonly host: RunHost;
  private readonly activity = new Activity();
  private readonly active = new Map<
    number,
    { run: WorkflowRun; done: Promise<void> }
  >();
  private readonly runNumbers = new Map<string, number>();
  /** Events are taken one after the other, so that run numbers and concurrency groups follow their order. */
  private lastTrigger: Promise<unknown>;
  private stopped = false;

  constructor(private readonly options: ActionsOptions) {
    this.files = new WorkflowFiles(options.gitDir);
    this.host = {
      ...options,
      files: this.files,
      groups: new ConcurrencyGroups(),
      slots: new RunnerSlots(RUNNERS),
      activity: this.activity,
    };
    this.lastTrigger = this.emptyWorkRoot();
  }

  trigger(event: WorkflowEvent): Promise<RunRecord[]> {
    const started = this.lastTrigger.then(() => this.startRuns(event));
    this.lastTrigger = started.catch(() => undefined);
    return started;
  }

  async validateDispatch(
    repo: RepoRef,
    ref: string,
    workflowFile: string,
    inputs: Record<string, string>,
  ): Promise<DispatchCheck | undefined> {
    const path = (await this.listWorkflows(repo)).find(
      workflow =>
        workflow.path === workflowFile ||
        workflow.path === `.github/workflows/${workflowFile}` ||
        String(workflow.id) === workflowFile,
    )?.path;
    if (path === undefined) return undefined;
    const sha = await this.files.openRepository(repo).resolve(ref);
    if (sha === undefined) return { error: `No ref found for: ${ref}` };
    const parse = await this.files.parse({ repo, sha }, path);
    if ('errors' in parse)
      return { error: `failed to parse workflow: ${parse.errors.join('\n')}` };
    const definitions = parse.workflow.dispatchInputs;
    if (!definitions)
      return { error: "Workflow does not have 'workflow_dispatch' trigger" };
    const checked = checkDispatchInputs(definitions, inputs);
    return 'error' in checked
      ? checked
      : { workflowPath: path, inputs: checked.inputs };
  }

  async listWorkflows(repo: RepoRef): Promise<WorkflowSummary[]> {
    if (!existsSync(this.options.gitDir(repo))) return [];
    const git = this.files.openRepository(repo);
    const sha = await git.resolve(
      `refs/heads/${await git.readDefaultBranch()}`,
    );
    if (sha === undefined) return [];
    return (await this.files.readAll({ repo, sha })).map(({ path, parse }) => ({
      id: computeWorkflowId(repo, path),
      name: 'workflow' in parse ? parse.workflow.name : path,
      path,
    }));
  }

  async idle(): Promise<void> {
    do {
      await this.lastTrigger;
      // A run that can't be recorded fails the waiting too.
      await Promise.race([this.activity.settle(), this.ended()]);
      await this.lastTrigger;
    } while (!this.activity.isQuiet);
  }

  async reviewDeployments(
    runId: number,
    review: DeploymentReview,
  ): Promise<void> {
    await this.active.get(runId)?.run.review(review);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.lastTrigger;
    for (const { run } of this.active.values()) run.stop();
    await this.ended();
    await rm(this.options.workRoot, { recursive: true, force: true });
  }

  private async ended(): Promise<void> {
    await Promise.all([...this.active.values()].map(({ done }) => done));
  }

  private async emptyWorkRoot(): Promise<void> {
    await rm(this.options.workRoot, { recursive: true, force: true });
    await mkdir(this.options.workRoot, { recursive: true });
  }

  private async startRuns(event: WorkflowEvent): Promise<RunRecord[]> {
    if (this.stopped || /^0{40}$/.test(event.sha)) return [];
    const git = this.files.openRepository(event.repo);
    const message = await git.readMessage(event.sha);
    if (MAY_SKIP_RUNS.includes(event.name) && skipsRuns(message)) return [];
    const facts = createEventFacts(event, git);
    const runs: RunRecord[] = [];
    for (const { path, parse } of await this.files.readAll(event)) {
      if (event.workflowPath !== undefined && event.workflowPath !== path)
        continue;
      if (this.options.isDisabled?.(event.repo, path)) continue;
      if ('errors' in parse) {
        if (event.name === 'push' || event.workflowPath === path)
          runs.push(await this.recordBrokenFile(event, path, parse.errors));
      } else if (await isTriggered(parse.workflow.on, facts)) {
        runs.push(
          await this.start(
            event,
            parse.workflow,
            message,
            await git.readDefaultBranch(),
          ),
        );
      }
    }
    return runs;
  }

  private async start(
    event: WorkflowEvent,
    workflow: Workflow,
    message: string,
    defaultBranch: string,
  ): Promise<RunRecord> {
    const { repo } = event;
    const run = this.createRun(event, workflow.path, workflow.name);
    const definitions = workflow.dispatchInputs ?? {};
    const checked =
      event.name === 'workflow_dispatch'
        ? checkDispatchInputs(definitions, event.inputs ?? {})
        : { inputs: {} };
    if ('error' in checked)
      return this.recordBrokenFile(event, workflow.path, [checked.error]);
    if (event.name === 'workflow_dispatch') run.inputs = checked.inputs;
    const github = createGitHubContext({
      event: { ...event, inputs: run.inputs },
      run,
      defaultBranch,
      serverUrl: this.options.serverUrl,
      apiUrl: this.options.apiUrl,
    });
    const inputs = convertInputs(definitions, checked.inputs);
    const variables = this.options.variables(repo);
    const title = resolveRunName(workflow, { github, inputs, vars: variables });
    run.displayTitle =
      title || composeDefaultTitle(event, workflow.name, message);

    const workflowRun = new WorkflowRun(this.host, {
      run,
      workflow,
      source: { repo, sha: event.sha },
      github,
      inputs,
      secrets: this.options.secrets(repo),
      permissions: getDefaultPermissions(this.options.defaultPermissions(repo)),
      variables,
      deploymentRef: deploymentRef(event),
    });
    await this.options.store.save(structuredClone(run));
    const saved = structuredClone(run);
    const done = this.activity
      .count(() => workflowRun.run())
      .finally(() => this.active.delete(run.id));
    this.active.set(run.id, { run: workflowRun, done });
    return saved;
  }

  /** A run that failed before it began, as GitHub shows a workflow file with errors. */
  private async recordBrokenFile(
    event: WorkflowEvent,
    path: string,
    errors: string[],
  ): Promise<RunRecord> {
    const run = this.createRun(event, path, path);
    const now = new Date().toISOString();
    const job = {
      id: this.options.store.takeJobId(),
      name: path,
      status: 'completed' as const,
      conclusion: 'failure' as const,
      steps: [createFailedSetUp(errors.join('\n'))],
      startedAt: now,
      completedAt: now,
    };
    Object.assign(run, {
      status: 'completed',
      conclusion: 'failure',
      jobs: [job],
    });
    await this.options.store.appendLog(
      run.id,
      job.id,
      errors.map(error => `${now} ##[error]${error}\n`).join(''),
    );
    await this.options.store.save(structuredClone(run));
    return run;
  }

  private createRun(
    event: WorkflowEvent,
    path: string,
    name: string,
  ): RunRecord {
    const now = new Date().toISOString();
    const pullRequest = event.payload.pull_request as
      | { head?: { ref?: string; sha?: string } }
      | undefined;
    return {
      id: this.options.store.takeRunId(),
      runNumber: this.getNextRunNumber(event.repo, path),
      repo: { owner: event.repo.owner, name: event.repo.name },
      workflowPath: path,
      workflowName: name,
      displayTitle: name,
      event: event.name,
      headBranch: pullRequest?.head?.ref ?? shortenRef(event.ref),
      headSha: pullRequest?.head?.sha ?? event.sha,
      actor: event.actor,
      status: 'queued',
      createdAt: now,
      updatedAt: now,
      jobs: [],
    };
  }

  private getNextRunNumber(repo: RepoRef, path: string): number {
    const key = `${repo.owner}/${repo.name}/${path}`;
    const known = this.options.store
      .list(repo)
      .filter(run => run.workflowPath === path);
    const last = Math.max(
      this.runNumbers.get(key) ?? 0,
      ...known.map(run => run.runNumber),
    );
    this.runNumbers.set(key, last + 1);
    return last + 1;
  }
}

const createEventFacts = (event: WorkflowEvent, git: BareGit): EventFacts => {
  const pullRequest = event.payload.pull_request as
    | { base?: { ref?: string; sha?: string }; head?: { sha?: string } }
    | undefined;
  const { before, action } = event.payload;
  return {
    name: event.name,
    ref: event.ref,
    action: typeof action === 'string' ? action : undefined,
    baseBranch: readBaseBranch(event.payload),
    changedFiles: async () =>
      pullRequest
        ? git.listChangedByPullRequest(
            pullRequest.base?.sha ?? '',
            pullRequest.head?.sha ?? event.sha,
          )
        : git.listChangedByPush(String(before ?? '0'.repeat(40)), event.sha),
  };
};

const MAY_SKIP_RUNS = ['push', 'pull_request'];

/** @returns empty where there is no run-name, or it can't be evaluated */
const resolveRunName = (
  workflow: Workflow,
  contexts: Record<string, Json>,
): string => {
  if (workflow.runName === undefined) return '';
  try {
    return resolveText(workflow.runName, contexts).trim();
  } catch {
    return '';
  }
};
