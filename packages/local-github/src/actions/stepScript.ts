import { randomUUID } from 'node:crypto';
import { stat, writeFile } from 'node:fs/promises';
import { join, resolve as resolvePath } from 'node:path';
import {
  CommandFiles,
  toCommandFileVariables,
  createCommandFiles,
  readCommandFiles,
} from './commandFiles';
import { composeShellCommand } from './decide/composeShellCommand';
import { getFirstLine } from './decide/stepName';
import { resolveText } from './decide/template';
import { OutputReader } from './decide/workflowCommand';
import { JobState } from './jobState';
import { callsContainerEngine, NEEDS_CONTAINERS } from './localActions';
import { skipStep, StepCall, StepResult } from './step';

/** Runs the script of a `run:` step and takes over what it wrote to its command files. */
export const runScript = async (
  state: JobState,
  call: StepCall,
): Promise<StepResult> => {
  const { step, signal } = call;
  const contexts = state.createContexts(call.env, step);
  const script = resolveText(step.run ?? '', contexts, state.createFunctions());
  if (callsContainerEngine(script))
    return skipStep(state, getFirstLine(script), NEEDS_CONTAINERS);
  const { shell, cwd } = await readSettings(state, call);
  const files = await createCommandFiles(state.temp);
  const scriptFile = join(state.temp, `${randomUUID()}.sh`);
  await writeFile(scriptFile, `${script}\n`);
  const [file, ...args] = composeShellCommand(shell, scriptFile);
  const env = { ...state.env, ...state.scope.env, ...call.env };

  state.log.write(
    [
      `##[group]Run ${getFirstLine(script)}`,
      script.trimEnd(),
      `shell: ${[file, ...args.slice(0, -1)].join(' ')} {0}`,
      ...listEnvLines(env),
      '##[endgroup]',
    ].join('\n'),
  );
  const { action } = state.scope;
  const output = new OutputReader();
  const exitCode = await state.processes.run({
    file,
    args,
    cwd,
    env: state.createEnvironment(env, state.path, {
      ...toCommandFileVariables(files),
      GITHUB_ACTION: step.id ?? '__run',
      ...(action && { GITHUB_ACTION_PATH: action.path }),
    }),
    signal,
    urgent: state.job.stopped,
    onLine: line => readLine(state, output, line),
  });
  const outputs = await applyCommandFiles(state, files);
  if (exitCode !== 0) {
    state.log.write(
      signal.aborted
        ? '##[error]The operation was canceled.'
        : `##[error]Process completed with exit code ${exitCode}.`,
    );
  }
  return { outcome: exitCode === 0 ? 'success' : 'failure', outputs };
};

/** Shell and folder: the step's own, or the defaults of job and workflow. */
const readSettings = async (state: JobState, { step, env }: StepCall) => {
  const contexts = state.createContexts(env, step);
  const defaults = [state.job.template.defaults, state.job.workflow.defaults];
  const shell = resolveText(
    step.shell ?? defaults[0].shell ?? defaults[1].shell ?? '',
    contexts,
    state.createFunctions(),
  );
  const folder = resolveText(
    step.workingDirectory ??
      defaults[0].workingDirectory ??
      defaults[1].workingDirectory ??
      '.',
    contexts,
    state.createFunctions(),
  );
  const cwd = resolvePath(state.workspace, folder);
  if (!(await isFolder(cwd))) {
    throw new Error(
      `working-directory ${folder} doesn't exist in the workspace`,
    );
  }
  return { shell, cwd };
};

const readLine = (
  state: JobState,
  output: OutputReader,
  line: string,
): void => {
  const read = output.read(line);
  if (read.kind === 'mask') state.host.masks.add(read.value);
  if (read.kind === 'text') state.log.write(read.text);
};

/** @returns the step's outputs */
const applyCommandFiles = async (
  state: JobState,
  files: CommandFiles,
): Promise<Record<string, string>> => {
  const { env, outputs, path, summary } = await readCommandFiles(files);
  Object.assign(state.env, env);
  state.path = [...path.reverse(), ...state.path];
  if (summary !== '') await keepSummary(state, summary);
  return outputs;
};

/** Of one step. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits */
const LARGEST_SUMMARY_KIB = 1024;

const keepSummary = async (state: JobState, summary: string): Promise<void> => {
  const kib = Math.ceil(Buffer.byteLength(summary) / 1024);
  if (kib > LARGEST_SUMMARY_KIB) {
    state.log.write(
      `##[error]$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${LARGEST_SUMMARY_KIB}k, got ${kib}k.`,
    );
    return;
  }
  state.log.write(`##[group]Summary\n${summary}\n##[endgroup]`);
  await state.host.appendSummary(
    state.job.record.id,
    `${state.host.masks.hide(summary)}\n\n`,
  );
};

const listEnvLines = (env: Record<string, string>): string[] => {
  const entries = Object.entries(env);
  return entries.length === 0
    ? []
    : ['env:', ...entries.map(([name, value]) => `  ${name}: ${value}`)];
};

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
