import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { revokeAppToken } from './appToken';
import { Contexts, Functions, Json } from './decide/expression';
import { toGitHubVariables } from './decide/githubContext';
import { Masks } from './decide/masks';
import {
  pickMachinePath,
  composeStepEnvironment,
} from './decide/stepEnvironment';
import { resolveTexts } from './decide/template';
import { JobTemplate, StepTemplate, Workflow } from './decide/workflowFile';
import { hashFiles } from './hashFiles';
import { JobLog } from './jobLog';
import { JobProcesses } from './processes';
import { Conclusion, JobRecord } from './types';

/** A job that is to run now. */
export interface JobToRun {
  workflow: Workflow;
  template: JobTemplate;
  record: JobRecord;
  /** github, inputs, vars, secrets, needs, matrix, strategy. */
  contexts: Contexts;
  /** Ends the step under way; steps with always() or cancelled() still run. */
  cancelled: AbortSignal;
  /** Ends everything at once. */
  stopped: AbortSignal;
}

/** What a job needs of its surroundings. */
export interface JobHost {
  serverUrl: string;
  workRoot: string;
  runnerEnv: Record<string, string>;
  /** Of the run. */
  artifactsFolder: string;
  masks: Masks;
  /** Keeps the run as its records now stand. */
  save(): Promise<void>;
  appendLog(jobId: number, text: string): Promise<void>;
  appendSummary(jobId: number, text: string): Promise<void>;
}

interface StepState {
  outputs: Record<string, string>;
  outcome: Conclusion;
  conclusion: Conclusion;
}

/** Where steps see each other: a job, or a composite action inside one. */
export interface StepScope {
  steps: Record<string, StepState>;
  status: 'success' | 'failure';
  /** What the step that uses the action hands to all of its steps. */
  env: Record<string, string>;
  /** Only inside an action. */
  action?: { inputs: Record<string, string>; path: string };
}

/** What the steps of one job share: its folders, log, processes and environment, and what earlier steps left. */
export class JobState {
  readonly workspace: string;
  readonly temp: string;
  readonly log: JobLog;
  readonly processes = new JobProcesses(`github_${randomUUID()}`);
  readonly github: Record<string, Json>;
  readonly timedOut = new AbortController();
  /** The job's own steps, or those of the composite action that runs now. */
  scope: StepScope = { steps: {}, status: 'success', env: {} };
  /** Revoked when the job ends. */
  readonly appTokens: string[] = [];
  env: Record<string, string> = {};
  /** Folders from GITHUB_PATH, newest first. */
  path: string[] = [];
  private readonly folder: string;
  private readonly home: string;

  constructor(readonly job: JobToRun, readonly host: JobHost) {
    const base = job.contexts.github as Record<string, Json>;
    const name = String(base.repository).split('/')[1];
    this.folder = join(host.workRoot, `${base.run_id}-${job.record.id}`);
    this.workspace = join(this.folder, name, name);
    this.temp = join(this.folder, '_temp');
    this.home = join(this.folder, '_home');
    this.log = new JobLog(host.masks, text =>
      host.appendLog(job.record.id, text),
    );
    this.github = {
      ...base,
      job: job.template.id,
      workspace: this.workspace,
      event_path: join(this.temp, 'event.json'),
    };
  }

  async setUp(): Promise<void> {
    const { workflow, template } = this.job;
    await Promise.all(
      [this.workspace, this.temp, this.home].map(folder =>
        mkdir(folder, { recursive: true }),
      ),
    );
    await writeFile(
      String(this.github.event_path),
      JSON.stringify(this.github.event),
    );
    this.env = resolveTexts(workflow.env, this.createContexts());
    this.env = {
      ...this.env,
      ...resolveTexts(template.env, this.createContexts()),
    };
  }

  async cleanUp(): Promise<void> {
    await this.processes.endAll();
    for (const token of this.appTokens)
      await revokeAppToken(String(this.github.api_url), token);
    await rm(this.folder, { recursive: true, force: true });
    await this.log.end();
  }

  isCancelled(): boolean {
    return (
      this.job.cancelled.aborted ||
      this.job.stopped.aborted ||
      this.timedOut.signal.aborted
    );
  }

  createContexts(
    stepEnv: Record<string, string> = {},
    step?: StepTemplate,
  ): Contexts {
    const { action, env } = this.scope;
    return {
      ...this.job.contexts,
      // An action sees only what it is handed.
      ...(action && { inputs: action.inputs, secrets: null, vars: null }),
      github: {
        ...this.github,
        action: step?.id ?? '__run',
        ...(action && { action_path: action.path }),
      },
      env: { ...this.env, ...env, ...stepEnv },
      steps: this.scope.steps as unknown as Json,
      job: { status: this.isCancelled() ? 'cancelled' : this.scope.status },
      runner: {
        name: 'local',
        os: detectRunnerOs(),
        arch: detectRunnerArch(),
        temp: this.temp,
        tool_cache: join(this.folder, '_tool'),
        environment: 'self-hosted',
        debug: '',
      },
    };
  }

  createFunctions(): Functions {
    return {
      success: () => this.scope.status === 'success' && !this.isCancelled(),
      failure: () => this.scope.status === 'failure' && !this.isCancelled(),
      cancelled: () => this.isCancelled(),
      hashFiles: patterns => hashFiles(this.workspace, patterns),
    };
  }

  /** The whole environment of a process of this job. */
  createEnvironment(
    env: Record<string, string>,
    path: string[],
    files: Record<string, string> = {},
  ): Record<string, string> {
    return composeStepEnvironment({
      machine: {
        HOME: this.home,
        LANG: 'C.UTF-8',
        // Git must not find a repository that the workspaces happen to lie in.
        GIT_CEILING_DIRECTORIES: this.host.workRoot,
        PATH: pickMachinePath(
          `${process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin'}:${dirname(
            process.execPath,
          )}`,
        ),
      },
      runner: this.host.runnerEnv,
      env,
      path,
      defaults: {
        ...toGitHubVariables(this.github),
        ...files,
        RUNNER_NAME: 'local',
        RUNNER_OS: detectRunnerOs(),
        RUNNER_ARCH: detectRunnerArch(),
        RUNNER_ENVIRONMENT: 'self-hosted',
        RUNNER_TEMP: this.temp,
        RUNNER_TOOL_CACHE: join(this.folder, '_tool'),
        RUNNER_WORKSPACE: dirname(this.workspace),
      },
    });
  }
}

const detectRunnerOs = (): string =>
  platform() === 'darwin' ? 'macOS' : 'Linux';

const detectRunnerArch = (): string => (arch() === 'arm64' ? 'ARM64' : 'X64');
