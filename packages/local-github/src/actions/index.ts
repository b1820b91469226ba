export * from './types';
export { createActions, workflowId } from './service';
export { parseWorkflowFile } from './decide/workflowFile';
export type { Workflow, WorkflowParse } from './decide/workflowFile';
export { interruptedRun } from './decide/interrupted';
