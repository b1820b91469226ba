import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserEntity } from '@backstage/catalog-model';
import {
  ActionContext,
  TemplateAction,
} from '@backstage/plugin-scaffolder-node';
import { parse } from 'yaml';
import { quietLogger } from './quietLogger';

/** What a task keeps between attempts. */
export interface TaskState {
  taskId: string;
  checkpoints: Map<string, unknown>;
}

/** Runs an action as a step of a task; the same state again is the recovered or retried task. */
export const runAction = async (
  action: TemplateAction<any, any, any>,
  input: Record<string, unknown>,
  options: {
    task?: TaskState;
    signal?: AbortSignal;
    isDryRun?: boolean;
    workspacePath?: string;
    templateInfo?: ActionContext<any, any>['templateInfo'];
    userRef?: string | null;
    user?: UserEntity;
    log?: (message: string) => void;
  } = {},
) => {
  const { task = newTask() } = options;
  const outputs: Record<string, any> = {};
  const context: ActionContext<any, any> = {
    input,
    logger: quietLogger(options.log),
    workspacePath: options.workspacePath ?? newFolder(),
    templateInfo: options.templateInfo,
    task: { id: task.taskId },
    step: { id: 'step', name: 'Step' },
    signal: options.signal,
    isDryRun: options.isDryRun,
    user:
      options.userRef === null
        ? undefined
        : {
            ref: options.userRef ?? 'user:default/jane',
            entity: options.user,
          },
    output: (name, value) => {
      outputs[String(name)] = value;
    },
    // As the scaffolder has it: what succeeded once is replayed from JSON.
    checkpoint: async ({ key, fn }) => {
      const before = task.checkpoints.get(key);
      if (before !== undefined) return before as any;
      const value = await fn();
      task.checkpoints.set(key, JSON.parse(JSON.stringify(value ?? {})));
      return value;
    },
    createTemporaryDirectory: async () => newFolder(),
    getInitiatorCredentials: async () => ({
      $$type: '@backstage/BackstageCredentials',
      principal:
        options.userRef === null
          ? { type: 'service', subject: 'external:ci' }
          : {
              type: 'user',
              userEntityRef: options.userRef ?? 'user:default/jane',
            },
    }),
  };
  await action.handler(context);
  return outputs;
};

export const newTask = (taskId = 'task-1'): TaskState => ({
  taskId,
  checkpoints: new Map(),
});

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0))
    rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone after the tests of the file. */
export const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-'));
  folders.push(folder);
  return folder;
};

/** The inputs of all examples of an action, each with its description. */
export const exampleInputs = (action: TemplateAction<any, any, any>) =>
  (action.examples ?? []).map(({ description, example }) => {
    const [step] = parse(example).steps;
    expect(step.action).toBe(action.id);
    return { description, input: step.input as Record<string, any> };
  });
