/**
 * The contract of a database request: fields and their rules, names, files and the shapes that cross a boundary.
 *
 * @packageDocumentation
 */
export * from './audit';
export * from './catalogEntry';
export * from './databaseStatus';
export * from './declared';
export * from './environments';
export { type Problem } from './fields';
export * from './fieldRules';
export * from './infraSettings';
export * from './names';
export * from './options';
export * from './permissions';
export * from './removal';
export * from './promotion';
export * from './removalFacts';
export * from './removalWorkflow';
export * from './request';
export * from './endpoint';
export * from './secrets';
export * from './workflowInputs';
export * from './webUrl';
