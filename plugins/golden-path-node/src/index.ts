/**
 * The work behind a database request: infra-repo edits, the provisioner, and the adapters for GitHub, Secrets Manager
 * and PostgreSQL.
 *
 * @packageDocumentation
 */
export * from './act/dispatchOnce';
export * from './act/followRun';
export * from './act/infraRepo';
export * from './act/keepComment';
export * from './act/openPullRequest';
export * from './act/provision';
export * from './act/provisionPorts';
export * from './act/readDeclaredDatabases';
export * from './act/recordProvision';
export * from './act/recordRun';
export * from './act/rebaseRequests';
export type { Refusal } from './act/refusal';
export * from './adapters/auditFile/auditFile';
export * from './adapters/directory/directoryFiles';
export * from './adapters/git/gitRepository';
export * from './adapters/github/client';
export * from './adapters/github/comments';
export * from './adapters/github/commits';
export * from './adapters/github/contents';
export * from './adapters/github/pullRequestReader';
export * from './adapters/github/pullRequests';
export * from './adapters/github/repositories';
export * from './adapters/github/workflowRuns';
export * from './adapters/postgres/connectPostgres';
export * from './adapters/secretsManager/secretsReader';
export * from './decide/catalog';
export type { DeclaredDatabases, Finding } from './decide/declaredDatabases';
export * from './decide/guard';
export * from './decide/infraRequest';
export * from './decide/outputComment';
export * from './decide/pullRequest';
export * from './decide/reason';
export * from './decide/report';
export * from './decide/reportMarkdown';
export type { SecretReading } from './decide/secretValues';
export type { TextFile } from './decide/text';
export * from './decide/tfvars';
