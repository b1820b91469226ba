import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join, resolve as resolvePath, sep } from 'node:path';
import { InputError, NotFoundError } from '@backstage/errors';
import { createAppToken, revokeAppToken } from './appToken';
import { checkout } from './checkout';
import { parseCommandFile } from './decide/commandFile';
import { compositeInputs, readCompositeAction } from './decide/compositeAction';
import {
  Contexts,
  evaluateExpression,
  Functions,
  Json,
} from './decide/expression';
import { githubVariables } from './decide/githubContext';
import { Masks } from './decide/masks';
import { machinePath, stepEnvironment } from './decide/stepEnvironment';
import {
  Expression,
  resolve,
  resolveText,
  resolveTexts,
  Template,
} from './decide/template';
import { OutputReader } from './decide/workflowCommand';
import { JobTemplate, StepTemplate, Workflow } from './decide/workflowFile';
import { hashFiles } from './hashFiles';
import { JobLog } from './jobLog';
import {
  callsContainerEngine,
  localAction,
  NEEDS_CONTAINERS,
} from './localActions';
import { JobProcesses } from './processes';
import { Conclusion, JobRecord, StepRecord } from './types';

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
  masks: Masks;
  /** Keeps the run as its records now stand. */
  save(): Promise<void>;
  appendLog(jobId: number, text: string): Promise<void>;
}

/** How a job ended. */
export interface JobResult {
  conclusion: Conclusion;
  outputs: Record<string, string>;
}

const MINUTE = 60_000;
const DEFAULT_JOB_MINUTES = 360;

/** Runs the steps of one job in a workspace of its own and leaves nothing of it behind but records and log. */
export const runJob = async (
  job: JobToRun,
  host: JobHost,
): Promise<JobResult> => {
  const run = new JobRun(job, host);
  try {
    return await run.run();
  } finally {
    await run.cleanUp();
  }
};

interface StepState {
  outputs: Record<string, string>;
  outcome: Conclusion;
  conclusion: Conclusion;
}

interface StepResult {
  outcome: Conclusion;
  outputs?: Record<string, string>;
  note?: string;
}

/** Where steps see each other: a job, or a composite action inside one. */
interface StepScope {
  steps: Record<string, StepState>;
  status: 'success' | 'failure';
  /** What the step that uses the action hands to all of its steps. */
  env: Record<string, string>;
  /** Only inside an action. */
  action?: { inputs: Record<string, string>; path: string };
}

class JobRun {
  private readonly folder: string;
  private readonly workspace: string;
  private readonly temp: string;
  private readonly home: string;
  private readonly log: JobLog;
  private readonly processes = new JobProcesses(`github_${randomUUID()}`);
  private readonly github: Record<string, Json>;
  /** The job's own steps, or those of the composite action that runs now. */
  private scope: StepScope = { steps: {}, status: 'success', env: {} };
  /** Given back when the job ends. */
  private readonly appTokens: string[] = [];
  private readonly timedOut = new AbortController();
  private env: Record<string, string> = {};
  private path: string[] = [];

  constructor(private readonly job: JobToRun, private readonly host: JobHost) {
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

  async run(): Promise<JobResult> {
    const { workflow, template, record } = this.job;
    await Promise.all(
      [this.workspace, this.temp, this.home].map(folder =>
        mkdir(folder, { recursive: true }),
      ),
    );
    await writeFile(
      String(this.github.event_path),
      JSON.stringify(this.github.event),
    );
    this.env = resolveTexts(workflow.env, this.contexts());
    this.env = { ...this.env, ...resolveTexts(template.env, this.contexts()) };

    const minutes = Number(
      resolve(template.timeoutMinutes ?? DEFAULT_JOB_MINUTES, this.contexts()),
    );
    const timer = setTimeout(() => {
      this.log.write(
        `##[error]The job has exceeded the maximum execution time of ${minutes} minutes`,
      );
      this.timedOut.abort();
    }, minutes * MINUTE);
    try {
      for (const [index, step] of template.steps.entries()) {
        await this.runStep(step, record.steps[index]);
      }
    } finally {
      clearTimeout(timer);
    }
    return {
      conclusion: this.isCancelled() ? 'cancelled' : this.scope.status,
      outputs: this.jobOutputs(),
    };
  }

  async cleanUp(): Promise<void> {
    await this.processes.endAll();
    for (const token of this.appTokens)
      await revokeAppToken(String(this.github.api_url), token);
    await rm(this.folder, { recursive: true, force: true });
    await this.log.end();
  }

  private isCancelled(): boolean {
    return (
      this.job.cancelled.aborted ||
      this.job.stopped.aborted ||
      this.timedOut.signal.aborted
    );
  }

  private async runStep(step: StepTemplate, record: StepRecord): Promise<void> {
    if (this.job.stopped.aborted) {
      await this.record(record, {
        status: 'completed',
        conclusion: 'cancelled',
      });
      return;
    }
    let stepEnv: Record<string, string> = {};
    let result: StepResult;
    try {
      stepEnv = resolveTexts(step.env, this.contexts(), this.functions());
      const contexts = this.contexts(stepEnv, step);
      if (!evaluateExpression(step.condition, contexts, this.functions())) {
        this.remember(step, { outcome: 'skipped' }, 'skipped');
        await this.record(record, {
          status: 'completed',
          conclusion: 'skipped',
        });
        return;
      }
      const name = resolveText(
        step.name ?? defaultName(step),
        contexts,
        this.functions(),
      );
      await this.record(record, {
        name: this.host.masks.hide(firstLine(name)),
        status: 'in_progress',
        startedAt: new Date().toISOString(),
      });
      result = await this.withSignal(step, contexts, signal =>
        this.act(step, stepEnv, signal),
      );
    } catch (error) {
      this.log.write(
        `##[error]${error instanceof Error ? error.message : error}`,
      );
      result = { outcome: 'failure' };
    }
    const conclusion =
      result.outcome === 'failure' && this.goesOn(step, stepEnv)
        ? 'success'
        : result.outcome;
    if (conclusion === 'failure') this.scope.status = 'failure';
    this.remember(step, result, conclusion);
    await this.record(record, {
      status: 'completed',
      conclusion,
      note: result.note,
      completedAt: new Date().toISOString(),
    });
  }

  private goesOn(step: StepTemplate, stepEnv: Record<string, string>): boolean {
    return (
      resolve(
        step.continueOnError,
        this.contexts(stepEnv, step),
        this.functions(),
      ) === true
    );
  }

  /** Gives a step the signal that ends it: its own time-out, the job's end, or a cancellation that comes after it began. */
  private async withSignal(
    step: StepTemplate,
    contexts: Contexts,
    act: (signal: AbortSignal) => Promise<StepResult>,
  ): Promise<StepResult> {
    const ending = [this.job.stopped];
    if (!this.isCancelled())
      ending.push(this.job.cancelled, this.timedOut.signal);
    const stepTimedOut = new AbortController();
    const minutes = Number(
      resolve(step.timeoutMinutes ?? 0, contexts, this.functions()),
    );
    const timer =
      minutes > 0 && setTimeout(() => stepTimedOut.abort(), minutes * MINUTE);
    const ended = AbortSignal.any(ending);
    try {
      const result = await act(AbortSignal.any([ended, stepTimedOut.signal]));
      if (ended.aborted) return { ...result, outcome: 'cancelled' };
      if (stepTimedOut.signal.aborted) {
        this.log.write(
          `##[error]The action has timed out after ${minutes} minutes.`,
        );
        return { ...result, outcome: 'failure' };
      }
      return result;
    } finally {
      if (timer) clearTimeout(timer);
    }
  }

  private act(
    step: StepTemplate,
    stepEnv: Record<string, string>,
    signal: AbortSignal,
  ): Promise<StepResult> {
    if (this.job.template.needsContainers)
      return this.notRun(step.uses ?? 'run', NEEDS_CONTAINERS);
    if (step.uses !== undefined)
      return this.useAction(step.uses, step, stepEnv, signal);
    return this.runScript(step, stepEnv, signal);
  }

  private async notRun(what: string, note: string): Promise<StepResult> {
    this.log.write(`##[notice]${what}: ${note}`);
    return { outcome: 'skipped', note };
  }

  private async useAction(
    uses: string,
    step: StepTemplate,
    stepEnv: Record<string, string>,
    signal: AbortSignal,
  ): Promise<StepResult> {
    const action = localAction(uses);
    this.log.write(`##[group]Run ${uses}\n##[endgroup]`);
    switch (action.kind) {
      case 'not-run':
        return this.notRun(uses, action.note);
      case 'nothing-to-do':
        this.log.write(action.note);
        return { outcome: 'success', note: action.note };
      case 'app-token':
        return this.becomeApp(step, stepEnv, signal);
      case 'composite':
        return this.useComposite(uses, step, stepEnv, signal);
      default:
        return this.checkout(step, stepEnv, signal);
    }
  }

  private async becomeApp(
    step: StepTemplate,
    stepEnv: Record<string, string>,
    signal: AbortSignal,
  ): Promise<StepResult> {
    const { api_url: apiUrl, repository } = this.github as Record<
      string,
      string
    >;
    const contexts = this.contexts(stepEnv, step);
    const outputs = await createAppToken({
      inputs: resolveTexts(step.with, contexts, this.functions()),
      apiUrl,
      repository,
      signal,
    });
    this.host.masks.add(outputs.token);
    this.appTokens.push(outputs.token);
    return { outcome: 'success', outputs: { ...outputs } };
  }

  /** An action of the repository itself, as it is checked out: its steps one after the other, in the job's own workspace. */
  private async useComposite(
    uses: string,
    step: StepTemplate,
    stepEnv: Record<string, string>,
    signal: AbortSignal,
  ): Promise<StepResult> {
    const folder = resolvePath(this.workspace, uses);
    if (!folder.startsWith(this.workspace + sep))
      throw new InputError(`${uses} is not inside the workspace`);
    const text = await readActionFile(folder, uses);
    const action = readCompositeAction(text, uses);
    const contexts = this.contexts(stepEnv, step);
    const given = resolveTexts(step.with, contexts, this.functions());
    const outer = this.scope;
    this.scope = {
      steps: {},
      status: 'success',
      env: { ...outer.env, ...stepEnv },
      action: {
        inputs: compositeInputs(action, given, contexts),
        path: folder,
      },
    };
    try {
      for (const [index, inner] of action.steps.entries()) {
        if (signal.aborted) break;
        await this.runStep(inner, {
          name: stepName(inner),
          number: index + 1,
          status: 'queued',
        });
      }
      return {
        outcome: this.scope.status,
        outputs: resolveTexts(
          action.outputs,
          this.contexts(),
          this.functions(),
        ),
      };
    } finally {
      this.scope = outer;
    }
  }

  private async checkout(
    step: StepTemplate,
    stepEnv: Record<string, string>,
    signal: AbortSignal,
  ): Promise<StepResult> {
    const { repository, ref, sha, token } = this.github as Record<
      string,
      string
    >;
    const env = this.environment({ GIT_TERMINAL_PROMPT: '0' }, []);
    const outputs = await checkout({
      inputs: resolveTexts(
        step.with,
        this.contexts(stepEnv, step),
        this.functions(),
      ),
      serverUrl: this.host.serverUrl,
      workspace: this.workspace,
      defaults: { repository, ref, sha, token },
      git: (cwd, args) =>
        this.processes.run({
          file: 'git',
          args,
          cwd,
          env,
          signal,
          urgent: this.job.stopped,
          onLine: line => this.log.write(line),
        }),
    });
    return { outcome: 'success', outputs: { ...outputs } };
  }

  private async runScript(
    step: StepTemplate,
    stepEnv: Record<string, string>,
    signal: AbortSignal,
  ): Promise<StepResult> {
    const contexts = this.contexts(stepEnv, step);
    const functions = this.functions();
    const { template, workflow } = this.job;
    const script = resolveText(step.run ?? '', contexts, functions);
    if (callsContainerEngine(script))
      return this.notRun(firstLine(script), NEEDS_CONTAINERS);
    const shell = resolveText(
      step.shell ?? template.defaults.shell ?? workflow.defaults.shell ?? '',
      contexts,
      functions,
    );
    const folder = resolveText(
      step.workingDirectory ??
        template.defaults.workingDirectory ??
        workflow.defaults.workingDirectory ??
        '.',
      contexts,
      functions,
    );
    const cwd = resolvePath(this.workspace, folder);
    if (!(await isFolder(cwd))) {
      throw new Error(
        `working-directory ${folder} doesn't exist in the workspace`,
      );
    }
    const files = await this.commandFiles();
    const scriptFile = join(this.temp, `${randomUUID()}.sh`);
    await writeFile(scriptFile, `${script}\n`);
    const [file, ...args] = shellCommand(shell, scriptFile);

    this.log.write(
      [
        `##[group]Run ${firstLine(script)}`,
        script.trimEnd(),
        `shell: ${[file, ...args.slice(0, -1)].join(' ')} {0}`,
        ...envLines({ ...this.env, ...this.scope.env, ...stepEnv }),
        '##[endgroup]',
      ].join('\n'),
    );
    const defaults = Object.fromEntries(
      Object.entries(files).map(([name, path]) => [
        `GITHUB_${name.toUpperCase()}`,
        path,
      ]),
    );
    const env = this.environment(
      { ...this.env, ...this.scope.env, ...stepEnv },
      this.path,
      {
        ...defaults,
        GITHUB_ACTION: step.id ?? '__run',
        ...(this.scope.action && {
          GITHUB_ACTION_PATH: this.scope.action.path,
        }),
      },
    );
    const output = new OutputReader();
    const exitCode = await this.processes.run({
      file,
      args,
      cwd,
      env,
      signal,
      urgent: this.job.stopped,
      onLine: line => this.readLine(output, line),
    });
    const outputs = await this.readCommandFiles(files);
    if (exitCode !== 0) {
      this.log.write(
        signal.aborted
          ? '##[error]The operation was canceled.'
          : `##[error]Process completed with exit code ${exitCode}.`,
      );
    }
    return { outcome: exitCode === 0 ? 'success' : 'failure', outputs };
  }

  private readLine(output: OutputReader, line: string): void {
    const read = output.read(line);
    if (read.kind === 'mask') this.host.masks.add(read.value);
    if (read.kind === 'text') this.log.write(read.text);
  }

  private async commandFiles(): Promise<Record<CommandFile, string>> {
    const id = randomUUID();
    const files = Object.fromEntries(
      COMMAND_FILES.map(name => [name, join(this.temp, `${name}_${id}`)]),
    ) as Record<CommandFile, string>;
    await Promise.all(Object.values(files).map(path => writeFile(path, '')));
    return files;
  }

  private async readCommandFiles(
    files: Record<CommandFile, string>,
  ): Promise<Record<string, string>> {
    const read = (path: string) => readFile(path, 'utf8').catch(() => '');
    Object.assign(
      this.env,
      withoutReserved(parseCommandFile(await read(files.env))),
    );
    const folders = (await read(files.path))
      .split(/\r?\n/)
      .filter(line => line !== '');
    this.path = [...folders.reverse(), ...this.path];
    const summary = (await read(files.step_summary)).trimEnd();
    if (summary !== '')
      this.log.write(`##[group]Summary\n${summary}\n##[endgroup]`);
    return parseCommandFile(await read(files.output));
  }

  private contexts(
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
        os: runnerOs(),
        arch: runnerArch(),
        temp: this.temp,
        tool_cache: join(this.folder, '_tool'),
        environment: 'self-hosted',
        debug: '',
      },
    };
  }

  private functions(): Functions {
    return {
      success: () => this.scope.status === 'success' && !this.isCancelled(),
      failure: () => this.scope.status === 'failure' && !this.isCancelled(),
      cancelled: () => this.isCancelled(),
      hashFiles: patterns => hashFiles(this.workspace, patterns),
    };
  }

  private environment(
    env: Record<string, string>,
    path: string[],
    files: Record<string, string> = {},
  ): Record<string, string> {
    return stepEnvironment({
      machine: {
        HOME: this.home,
        LANG: 'C.UTF-8',
        // Git must not find a repository that the workspaces happen to lie in.
        GIT_CEILING_DIRECTORIES: this.host.workRoot,
        PATH: machinePath(
          `${process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin'}:${dirname(
            process.execPath,
          )}`,
        ),
      },
      runner: this.host.runnerEnv,
      env,
      path,
      defaults: {
        ...githubVariables(this.github),
        ...files,
        RUNNER_NAME: 'local',
        RUNNER_OS: runnerOs(),
        RUNNER_ARCH: runnerArch(),
        RUNNER_ENVIRONMENT: 'self-hosted',
        RUNNER_TEMP: this.temp,
        RUNNER_TOOL_CACHE: join(this.folder, '_tool'),
        RUNNER_WORKSPACE: dirname(this.workspace),
      },
    });
  }

  private jobOutputs(): Record<string, string> {
    const outputs = resolveTexts(
      this.job.template.outputs,
      this.contexts(),
      this.functions(),
    );
    return Object.fromEntries(
      Object.entries(outputs).filter(([name, value]) => {
        if (!this.host.masks.isIn(value)) return true;
        this.log.write(
          `##[warning]Skip output '${name}' since it may contain secret.`,
        );
        return false;
      }),
    );
  }

  private remember(
    step: StepTemplate,
    result: StepResult,
    conclusion: Conclusion,
  ): void {
    if (step.id === undefined) return;
    this.scope.steps[step.id] = {
      outputs: result.outputs ?? {},
      outcome: result.outcome,
      conclusion,
    };
  }

  private async record(
    record: StepRecord,
    change: Partial<StepRecord>,
  ): Promise<void> {
    Object.assign(record, change);
    await this.host.save();
  }
}

const COMMAND_FILES = [
  'env',
  'output',
  'path',
  'step_summary',
  'state',
] as const;
type CommandFile = (typeof COMMAND_FILES)[number];

/** The name of a step before it runs. */
export const stepName = (step: StepTemplate): string => {
  const name = step.name ?? defaultName(step);
  return firstLine(name instanceof Expression ? name.source : String(name));
};

/** A step without a name is called by what it runs. */
const defaultName = ({ uses, run }: StepTemplate): Template => {
  if (run instanceof Expression) {
    return new Expression(`Run ${run.source.trimStart()}`);
  }
  return `Run ${uses ?? String(run ?? '').trimStart()}`;
};

const firstLine = (text: string): string => {
  return text.trim().split('\n')[0];
};

const shellCommand = (shell: string, script: string): string[] => {
  switch (shell) {
    case '':
      return ['bash', '-e', script];
    case 'bash':
      return ['bash', '--noprofile', '--norc', '-eo', 'pipefail', script];
    case 'sh':
      return ['sh', '-e', script];
    case 'python':
      return ['python3', script];
    default:
      if (!shell.includes('{0}')) {
        throw new Error(
          `shell ${shell} is not part of the local platform: use bash, sh, python or a command with {0}`,
        );
      }
      return shell.split(/\s+/).map(word => word.replace('{0}', script));
  }
};

const envLines = (env: Record<string, string>): string[] => {
  const entries = Object.entries(env);
  return entries.length === 0
    ? []
    : ['env:', ...entries.map(([name, value]) => `  ${name}: ${value}`)];
};

/** What GITHUB_ENV may set: the runner keeps its own names, and NODE_OPTIONS, to itself. */
const withoutReserved = (
  env: Record<string, string>,
): Record<string, string> => {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(GITHUB_|RUNNER_)/.test(name) && name !== 'NODE_OPTIONS',
    ),
  );
};

const readActionFile = async (
  folder: string,
  uses: string,
): Promise<string> => {
  for (const name of ['action.yml', 'action.yaml']) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => null);
    if (text !== null) return text;
  }
  throw new NotFoundError(
    `Can't find 'action.yml' or 'action.yaml' under '${uses}'. Did you forget to run actions/checkout before running your local action?`,
  );
};

const isFolder = async (path: string): Promise<boolean> => {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
};

const runnerOs = (): string => {
  return platform() === 'darwin' ? 'macOS' : 'Linux';
};

const runnerArch = (): string => {
  return arch() === 'arm64' ? 'ARM64' : 'X64';
};
