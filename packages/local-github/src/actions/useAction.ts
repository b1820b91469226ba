import { readFile } from 'node:fs/promises';
import { join, resolve as resolvePath, sep } from 'node:path';
import { createAppToken } from './appToken';
import { ArtifactCall, downloadArtifact, uploadArtifact } from './artifacts';
import { checkout } from './checkout';
import {
  resolveCompositeInputs,
  readCompositeAction,
} from './decide/compositeAction';
import { getStepName } from './decide/stepName';
import { resolveTexts } from './decide/template';
import { JobState } from './jobState';
import { findLocalAction } from './localActions';
import { skipStep, StepCall, StepResult } from './step';
import { runStep } from './stepRun';

/** Runs a `uses:` step, as far as the action is one that can run here. */
export const useAction = async (
  state: JobState,
  call: StepCall,
  uses: string,
): Promise<StepResult> => {
  const action = findLocalAction(uses);
  state.log.write(`##[group]Run ${uses}\n##[endgroup]`);
  switch (action.kind) {
    case 'not-run':
      return skipStep(state, uses, action.note);
    case 'nothing-to-do':
      state.log.write(action.note);
      return { outcome: 'success', note: action.note };
    case 'app-token':
      return useAppToken(state, call);
    case 'upload-artifact':
      await uploadArtifact(artifactCall(state, call));
      return { outcome: 'success' };
    case 'download-artifact':
      return {
        outcome: 'success',
        outputs: await downloadArtifact(artifactCall(state, call)),
      };
    case 'composite':
      return useComposite(state, call, uses);
    default:
      return useCheckout(state, call);
  }
};

/** The step's `with:`, evaluated. */
const readInputs = (state: JobState, { step, env }: StepCall) =>
  resolveTexts(
    step.with,
    state.createContexts(env, step),
    state.createFunctions(),
  );

const useAppToken = async (
  state: JobState,
  call: StepCall,
): Promise<StepResult> => {
  const { api_url: apiUrl, repository } = state.github as Record<
    string,
    string
  >;
  const outputs = await createAppToken({
    inputs: readInputs(state, call),
    apiUrl,
    repository,
    signal: call.signal,
  });
  state.host.masks.add(outputs.token);
  state.appTokens.push(outputs.token);
  return { outcome: 'success', outputs: { ...outputs } };
};

const artifactCall = (state: JobState, call: StepCall): ArtifactCall => ({
  inputs: readInputs(state, call),
  workspace: state.workspace,
  folder: state.host.artifactsFolder,
  run: {
    id: String(state.github.run_id),
    repository: String(state.github.repository),
  },
  log: text => state.log.write(text),
});

/** An action of the repository itself, as it is checked out: its steps one after the other, in the job's own workspace. */
const useComposite = async (
  state: JobState,
  call: StepCall,
  uses: string,
): Promise<StepResult> => {
  const folder = resolvePath(state.workspace, uses);
  if (!folder.startsWith(state.workspace + sep))
    throw new Error(`${uses} is not inside the workspace`);
  const action = readCompositeAction(await readActionFile(folder, uses), uses);
  const contexts = state.createContexts(call.env, call.step);
  const inputs = resolveCompositeInputs(
    action,
    readInputs(state, call),
    contexts,
  );
  const outer = state.scope;
  state.scope = {
    steps: {},
    status: 'success',
    env: { ...outer.env, ...call.env },
    action: { inputs, path: folder },
  };
  try {
    for (const [index, inner] of action.steps.entries()) {
      if (call.signal.aborted) break;
      await runStep(state, inner, {
        name: getStepName(inner),
        number: index + 1,
        status: 'queued',
      });
    }
    return {
      outcome: state.scope.status,
      outputs: resolveTexts(
        action.outputs,
        state.createContexts(),
        state.createFunctions(),
      ),
    };
  } finally {
    state.scope = outer;
  }
};

const readActionFile = async (
  folder: string,
  uses: string,
): Promise<string> => {
  for (const name of ['action.yml', 'action.yaml']) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => null);
    if (text !== null) return text;
  }
  throw new Error(
    `Can't find 'action.yml' or 'action.yaml' under '${uses}'. Did you forget to run actions/checkout before running your local action?`,
  );
};

const useCheckout = async (
  state: JobState,
  call: StepCall,
): Promise<StepResult> => {
  const { repository, ref, sha, token } = state.github as Record<
    string,
    string
  >;
  const env = state.createEnvironment({ GIT_TERMINAL_PROMPT: '0' }, []);
  const outputs = await checkout({
    inputs: readInputs(state, call),
    serverUrl: state.host.serverUrl,
    workspace: state.workspace,
    defaults: { repository, ref, sha, token },
    git: (cwd, args) =>
      state.processes.run({
        file: 'git',
        args,
        cwd,
        env,
        signal: call.signal,
        urgent: state.job.stopped,
        onLine: line => state.log.write(line),
      }),
  });
  return { outcome: 'success', outputs: { ...outputs } };
};
