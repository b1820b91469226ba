/**
 * The work behind a database request: infra-repo edits, pull requests, the guard, the provisioner, and the adapters for
 * GitHub, Secrets Manager and PostgreSQL.
 *
 * @packageDocumentation
 */
export { auditFile } from './adapters/auditFile/auditFile';
export { directoryFiles } from './adapters/directory/directoryFiles';
export { createGitRepository } from './adapters/git/gitRepository';
export {
  createOctokit,
  type GitHubRepo,
  octokitFromIntegrations,
} from './adapters/github/client';
export { createComments } from './adapters/github/comments';
export { createCommits } from './adapters/github/commits';
export { createContents } from './adapters/github/contents';
export {
  createPullRequestReader,
  type PullRequestReader,
  type PullRequestSummary,
} from './adapters/github/pullRequestReader';
export { createPullRequests } from './adapters/github/pullRequests';
export {
  createRepositories,
  type Repositories,
} from './adapters/github/repositories';
export {
  createWorkflowRuns,
  type WorkflowRuns,
} from './adapters/github/workflowRuns';
export { connectPostgres } from './adapters/postgres/connectPostgres';
export {
  createSecretsManagerClient,
  createSecretsReader,
} from './adapters/secretsManager/secretsReader';
export { type EditFiles, recordByApi } from './audit/act/recordByApi';
export { recordByGit } from './audit/act/recordByGit';
export { reasonOf } from './errors/reasonOf';
export { readDeclaredDatabases } from './guard/act/readDeclaredDatabases';
export { type Finding } from './guard/decide/declaredDatabases';
export { guardChange, type GuardVerdict } from './guard/decide/guardChange';
export {
  locateTfvars,
  readInfraRequestFiles,
} from './infraRepo/act/locateTfvars';
export { planInfraRequest } from './infraRepo/decide/planInfraRequest';
export { readCatalog } from './infraRepo/decide/readCatalog';
export { readTfvars, type TfvarsEntry } from './infraRepo/decide/readTfvars';
export { setCatalogStatus } from './infraRepo/decide/setCatalogStatus';
export { type TextFile } from './infraRepo/decide/text';
export {
  type InfraFiles,
  type InfraFolders,
  type InfraRepoOptions,
  type RequestPullRequest,
  type RequestPullRequests,
  type RequestRepository,
} from './infraRepo/ports';
export { provision, type ProvisionResult } from './provision/act/provision';
export {
  type DatabaseResult,
  type ProvisionEvent,
  type ProvisionMode,
} from './provision/decide/events';
export {
  catalogStatuses,
  isWorthARow,
  PHASE_WORDS,
  printClosing,
  printEvent,
  visible,
} from './provision/decide/report';
export {
  planMarkdown,
  resultMarkdown,
} from './provision/decide/reportMarkdown';
export {
  type AuditSink,
  type Connect,
  type SecretsReader,
} from './provision/ports';
export {
  keepComment,
  type PullRequestComments,
} from './pullRequest/act/keepComment';
export {
  openPullRequest,
  type OpenPullRequestResult,
} from './pullRequest/act/openPullRequest';
export {
  type BranchPullRequest,
  type RebasedRequest,
  rebaseRequests,
} from './pullRequest/act/rebaseRequests';
export { programOutputComment } from './pullRequest/decide/outputComment';
export { commitTrailer } from './pullRequest/decide/pullRequestText';
export { dispatchOnce } from './workflow/act/dispatchOnce';
export { followRun } from './workflow/act/followRun';
