import { parse } from 'yaml';
import { loadLanguageServices } from '../languageServices';
import { addStatusFunction } from './expression';
import { Permissions, readPermissions } from './permissions';
import {
  toMap,
  Expression,
  Template,
  TemplateMap,
  toTemplate,
} from './template';

/** An input as `workflow_dispatch` or `workflow_call` declares it. */
export interface InputDefinition {
  type: 'string' | 'number' | 'boolean' | 'choice' | 'environment';
  required: boolean;
  default?: Template;
  options: string[];
}

/** What `defaults.run` may say. */
export interface RunDefaults {
  shell?: Template;
  workingDirectory?: Template;
}

/** One step as its file has it. */
export interface StepTemplate {
  id?: string;
  name?: Template;
  /** With a status function in it, always. */
  condition: string;
  run?: Template;
  uses?: string;
  with: TemplateMap;
  env: Template;
  shell?: Template;
  workingDirectory?: Template;
  timeoutMinutes?: Template;
  continueOnError: Template;
}

/** One job as its file has it. */
export interface JobTemplate {
  id: string;
  name?: Template;
  needs: string[];
  /** With a status function in it, always. */
  condition: string;
  strategy: TemplateMap;
  env: Template;
  defaults: RunDefaults;
  /** Undefined where the job leaves it to the workflow. */
  permissions?: Permissions;
  concurrency?: Template;
  environment?: Template;
  outputs: TemplateMap;
  timeoutMinutes?: Template;
  continueOnError: Template;
  /** It has `container:` or `services:`. */
  needsContainers: boolean;
  steps: StepTemplate[];
  /** A reusable workflow instead of steps. */
  uses?: string;
  with: TemplateMap;
  secrets?: TemplateMap | 'inherit';
}

/** What a reusable workflow asks of its callers. */
export interface WorkflowCall {
  inputs: Record<string, InputDefinition>;
  /** Names of secrets, and whether each must be given. */
  secrets: Record<string, { required: boolean }>;
  outputs: TemplateMap;
}

/** A workflow file, checked. */
export interface Workflow {
  path: string;
  name: string;
  runName?: Template;
  /** Events by name, with their filters. */
  on: Record<string, TemplateMap>;
  dispatchInputs?: Record<string, InputDefinition>;
  call?: WorkflowCall;
  env: Template;
  defaults: RunDefaults;
  permissions?: Permissions;
  concurrency?: Template;
  jobs: JobTemplate[];
}

/** A workflow file, or all that is wrong with it, each with line and column. */
export type WorkflowParse = { workflow: Workflow } | { errors: string[] };

/** Reads and checks a workflow file as GitHub does, with GitHub's own parser. */
export const parseWorkflowFile = async (
  text: string,
  path: string,
): Promise<WorkflowParse> => {
  const { workflowParser } = loadLanguageServices();
  const { context, value } = workflowParser.parseWorkflow(
    { name: path, content: text },
    new workflowParser.NoOperationTraceWriter(),
  );
  if (value) await workflowParser.convertWorkflowTemplate(context, value);
  const errors = context.errors.getErrors().map(error => error.message);
  if (errors.length > 0 || !value) {
    return {
      errors: errors.length > 0 ? errors : [`${path}: the file is empty`],
    };
  }
  // The parser checks; values are read from the YAML itself, because the parser keeps the indentation of multi-line ones.
  return { workflow: readWorkflow(toMap(toTemplate(parse(text))), path) };
};

const readWorkflow = (file: TemplateMap, path: string): Workflow => {
  const on = readEvents(file.on);
  const call = on.workflow_call;
  return {
    path,
    name: typeof file.name === 'string' ? file.name : path,
    runName: file['run-name'],
    on,
    dispatchInputs:
      on.workflow_dispatch && readInputs(on.workflow_dispatch.inputs),
    call: call && {
      inputs: readInputs(call.inputs),
      secrets: Object.fromEntries(
        Object.entries(toMap(call.secrets)).map(([name, secret]) => [
          name,
          { required: toMap(secret).required === true },
        ]),
      ),
      outputs: Object.fromEntries(
        Object.entries(toMap(call.outputs)).map(([name, output]) => [
          name,
          toMap(output).value ?? null,
        ]),
      ),
    },
    env: file.env ?? null,
    defaults: readDefaults(file.defaults),
    permissions: readPermissions(file.permissions),
    concurrency: file.concurrency,
    jobs: Object.entries(toMap(file.jobs)).map(([id, job]) =>
      readJob(id, toMap(job)),
    ),
  };
};

const readEvents = (on: Template): Record<string, TemplateMap> => {
  if (typeof on === 'string') return { [on]: {} };
  if (Array.isArray(on))
    return Object.fromEntries(on.map(name => [String(name), {}]));
  return Object.fromEntries(
    Object.entries(toMap(on)).map(([name, filters]) => [name, toMap(filters)]),
  );
};

const readInputs = (
  inputs: Template | undefined,
): Record<string, InputDefinition> => {
  return Object.fromEntries(
    Object.entries(toMap(inputs)).map(([name, template]) => {
      const input = toMap(template);
      return [
        name,
        {
          type: (input.type ?? 'string') as InputDefinition['type'],
          required: input.required === true,
          default: input.default,
          options: readStrings(input.options),
        },
      ];
    }),
  );
};

const readJob = (id: string, job: TemplateMap): JobTemplate => {
  return {
    id,
    name: job.name,
    needs: readStrings(job.needs),
    condition: readCondition(job.if),
    strategy: toMap(job.strategy),
    env: job.env ?? null,
    defaults: readDefaults(job.defaults),
    permissions: readPermissions(job.permissions),
    concurrency: job.concurrency,
    environment: job.environment,
    outputs: toMap(job.outputs),
    timeoutMinutes: job['timeout-minutes'],
    continueOnError: job['continue-on-error'] ?? false,
    needsContainers: job.container !== undefined || job.services !== undefined,
    steps: Array.isArray(job.steps)
      ? job.steps.map(step => readStep(toMap(step)))
      : [],
    uses: typeof job.uses === 'string' ? job.uses : undefined,
    with: toMap(job.with),
    secrets: readSecrets(job.secrets),
  };
};

const readSecrets = (secrets: Template | undefined): JobTemplate['secrets'] => {
  if (secrets === undefined || secrets === 'inherit') return secrets;
  return toMap(secrets);
};

/** One step of a job or of a composite action. */
export const readStep = (step: TemplateMap): StepTemplate => {
  return {
    id: typeof step.id === 'string' ? step.id : undefined,
    name: step.name,
    condition: readCondition(step.if),
    run: step.run,
    uses: typeof step.uses === 'string' ? step.uses : undefined,
    with: toMap(step.with),
    env: step.env ?? null,
    shell: step.shell,
    workingDirectory: step['working-directory'],
    timeoutMinutes: step['timeout-minutes'],
    continueOnError: step['continue-on-error'] ?? false,
  };
};

const readCondition = (condition: Template | undefined): string => {
  if (condition === undefined || condition === null) return 'success()';
  return addStatusFunction(
    condition instanceof Expression
      ? condition.asCondition()
      : String(condition),
  );
};

const readDefaults = (defaults: Template | undefined): RunDefaults => {
  const run = toMap(toMap(defaults).run);
  return { shell: run.shell, workingDirectory: run['working-directory'] };
};

const readStrings = (list: Template | undefined): string[] => {
  if (list === undefined || list === null) return [];
  return (Array.isArray(list) ? list : [list]).map(String);
};
