export * from './types';
export { createActions } from './service';
export { parseWorkflowFile } from './decide/workflowFile';
export type { Workflow, WorkflowParse } from './decide/workflowFile';
