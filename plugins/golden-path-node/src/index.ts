/**
 * The work behind a database request: infra-repo edits, pull requests, the guard, the provisioner, and the adapters for
 * GitHub, Secrets Manager and PostgreSQL.
 *
 * @packageDocumentation
 */
export { readInfraRepo } from './adapters/appConfig/readInfraRepo';
export { auditFile } from './adapters/auditFile/auditFile';
export { createRolesReader } from './adapters/awsCli/rolesReader';
export { migrateTables } from './libraries/migrateTables';
export { createDirectoryFiles } from './adapters/directory/createDirectoryFiles';
export { createGitRepository } from './adapters/git/gitRepository';
export {
  createOctokit,
  type GitHubRepo,
  type OctokitFor,
  octokitFromIntegrations,
  type OctokitSettings,
  type WaitSettings,
} from './adapters/github/client';
export { createBranchRecords } from './adapters/github/branchRecords';
export { createComments } from './adapters/github/comments';
export { createCommits } from './adapters/github/commits';
export { createContents } from './adapters/github/contents';
export { createLabelReader } from './adapters/github/labelReader';
export {
  createPullRequestReader,
  type PullRequestReader,
  type PullRequestSummary,
} from './adapters/github/pullRequestReader';
export {
  createPullRequests,
  type OpenPullRequest,
} from './adapters/github/pullRequests';
export {
  type BranchCommit,
  createRepositories,
  type NewRepository,
  type Repositories,
  type Repository,
} from './adapters/github/repositories';
export {
  createRequestReader,
  type DecisiveReview,
  type Mergeability,
  type ListedIssue,
  type ListedPullRequest,
  type RequestReader,
  type TaggedList,
} from './adapters/github/requestReader';
export {
  createRunReader,
  type RunDetails,
  type RunReader,
  type RunStep,
} from './adapters/github/runReader';
export { createSetupReader } from './adapters/github/setupReader';
export {
  createWorkflowRuns,
  type WorkflowRun,
  type WorkflowRuns,
} from './adapters/github/workflowRuns';
export {
  createUrlFiles,
  type ReadUrl,
} from './adapters/urlReader/createUrlFiles';
export { connectPostgres } from './adapters/postgres/connectPostgres';
export { createRotationSecrets } from './adapters/secretsManager/rotationSecrets';
export {
  createSecretsManagerClient,
  createSecretsReader,
} from './adapters/secretsManager/secretsReader';
export { loadAudits } from './audit/act/loadAudits';
export { type EditFiles, recordByApi } from './audit/act/recordByApi';
export {
  recordByGit,
  type RecordOutcome,
  type RecordResult,
} from './audit/act/recordByGit';
export { type RunRecord } from './audit/decide/planRecordEdits';
export { type BranchMove, type BranchRecords } from './audit/ports';
export { parseAudit, printAuditRows } from './audit/decide/auditCsv';
export { auditBranch } from './audit/decide/mergeWaitingRows';
export { describeReason } from './errors/describeReason';
export { isRateLimited } from './errors/rateLimit';
export { findRetry, RateLimitError } from './errors/findRetry';
export {
  type InfraChange,
  judgePlatformFiles,
} from './guard/act/judgePlatformFiles';
export { type LabelReader, readApprovals } from './guard/act/readApprovals';
export { type ReviewReader } from './guard/act/readSecondApproval';
export {
  type PullRequestReview,
  type RemovalReviews,
} from './guard/decide/findSecondApproval';
export { readDeclaredDatabases } from './guard/act/readDeclaredDatabases';
export {
  type Approver,
  type CountedLabels,
  type LabelEvent,
  type LabelledPullRequest,
  type PullRequestHead,
} from './guard/decide/countLabels';
export {
  type DeclaredDatabases,
  type Finding,
  type TfvarsDatabase,
} from './guard/decide/declaredDatabases';
export { type PlatformPaths } from './guard/decide/findPlatformChanges';
export { guardChange, type GuardVerdict } from './guard/decide/guardChange';
export {
  type AppliedEnvironment,
  type BranchHistory,
  type ChangeOrigin,
  findChangeOrigin,
} from './guard/act/findChangeOrigin';
export {
  listPlannedChanges,
  type PlannedChange,
} from './guard/decide/plannedChanges';
export { findSettingsViolations } from './guard/decide/findSettingsViolations';
export { loadCatalog } from './infraRepo/act/loadCatalog';
export { loadSettings } from './infraRepo/act/loadSettings';
export {
  type LocatedTfvars,
  locateTfvars,
  readInfraRequestFiles,
} from './infraRepo/act/locateTfvars';
export {
  fileUrl,
  type InfraRepo,
  pullRequestsUrl,
  repoUrl,
  runUrl,
  secretUrl,
  settingsUrl,
} from './infraRepo/decide/links';
export { type ChangedPath } from './infraRepo/decide/parseRawDiff';
export {
  type InfraRequestFiles,
  planInfraRequest,
} from './infraRepo/decide/planInfraRequest';
export {
  listNameConflicts,
  type NameConflict,
} from './infraRepo/decide/nameConflict';
export {
  type InfraRemoval,
  planInfraRemoval,
} from './infraRepo/decide/planInfraRemoval';
export {
  type Catalog,
  type CatalogDatabase,
  findCatalogEntry,
  readCatalog,
} from './infraRepo/decide/readCatalog';
export { readSettings } from './infraRepo/decide/readSettings';
export { readTfvars, type TfvarsEntry } from './infraRepo/decide/readTfvars';
export {
  type DatabaseOwnersOptions,
  renderDatabaseOwners,
} from './infraRepo/decide/renderDatabaseOwners';
export { setCatalogStatus } from './infraRepo/decide/setCatalogStatus';
export { type TextFile } from './infraRepo/decide/text';
export {
  type InfraFiles,
  type InfraFolders,
  type InfraListing,
  type InfraRepoOptions,
  type RequestPullRequest,
  type RequestPullRequests,
  type RequestRepository,
} from './infraRepo/ports';
export {
  inspectUsage,
  type InspectUsageInput,
} from './provision/act/inspectUsage';
export {
  checkExistingRepo,
  type CheckExistingApp,
  type ComponentCatalog,
  createCheckExistingApp,
} from './owners/act/checkExistingApp';
export { isIn, locationOf } from './owners/decide/entityLocation';
export {
  type CheckMember,
  type CheckOwner,
  createCheckMember,
  createCheckOwner,
  type OwnerCatalog,
  type OwnersConfig,
  type RelatedEntity,
  type Requester,
} from './owners/act/checkOwner';
export { provision, type ProvisionResult } from './provision/act/provision';
export {
  type ProvisionInput,
  type ProvisionOptions,
  type ProvisionPorts,
} from './provision/act/run';
export {
  type DatabaseOutcome,
  type ChangeRecord,
  type DatabaseResult,
  type PrintedPlan,
  type ProgressPhase,
  type ProvisionEvent,
  type ProvisionMode,
} from './provision/decide/events';
export { type Remedy } from './provision/decide/finding';
export {
  listCatalogStatuses,
  needsSummaryRow,
  PHASE_WORDS,
  printClosing,
  printEvent,
  escapeControlCharacters,
} from './provision/decide/report';
export {
  printPlanMarkdown,
  printResultMarkdown,
} from './provision/decide/reportMarkdown';
export { type SecretReading } from './provision/decide/secretValues';
export {
  type AuditSink,
  type Connect,
  type ConnectTarget,
  type ProvisionReporter,
  type SecretsReader,
  type Session,
} from './provision/ports';
export {
  keepComment,
  type KeptComment,
  type PullRequestComments,
} from './pullRequest/act/keepComment';
export {
  openPullRequest,
  type OpenPullRequestInput,
  type OpenPullRequestResult,
} from './pullRequest/act/openPullRequest';
export {
  openRemoval,
  type OpenRemovalInput,
  type OpenRemovalResult,
} from './pullRequest/act/openRemoval';
export {
  type OpenPullRequestPorts,
  type PublishedPullRequest,
} from './pullRequest/act/publishPullRequest';
export {
  type BranchPullRequest,
  type RebasedRequest,
  type RebaseOutcome,
  rebaseRequests,
  type RebaseRequestsInput,
  type RebaseRequestsPorts,
} from './pullRequest/act/rebaseRequests';
export { type Refusal } from './pullRequest/act/refusal';
export { composeOutputComment } from './pullRequest/decide/outputComment';
export { previewPullRequest } from './pullRequest/decide/previewPullRequest';
export { listUsage } from './pullRequest/decide/removalText';
export { renderCommitTrailer } from './pullRequest/decide/pullRequestText';
export { parseRequestBranch } from './pullRequest/decide/requestOfBranch';
export {
  rotateDatabase,
  type RotateDatabaseInput,
} from './rotate/act/rotateDatabase';
export {
  rotateEnvironment,
  type RotateEnvironmentInput,
  type RotationsDone,
} from './rotate/act/rotateEnvironment';
export {
  rotateStep,
  type RotateStepInput,
  type StepDone,
} from './rotate/act/rotateStep';
export { printRotationEvent } from './rotate/decide/report';
export {
  type RotationEvent,
  type RotationResult,
} from './rotate/decide/events';
export {
  type RotationDeps,
  type RotationOptions,
  type RotationSecrets,
  type RotationStep,
  type SecretDescription,
  type SecretValue,
} from './rotate/ports';
export { checkFiles } from './setup/act/checkFiles';
export { checkRoles } from './setup/act/checkRoles';
export { findGitHubPoints } from './setup/decide/findGitHubPoints';
export {
  findSecretPoints,
  listLoginSecrets,
  type LoginSecret,
} from './setup/decide/findSecretPoints';
export {
  type BranchRules,
  type ExpectedSetup,
  type GitHubEnvironment,
  type GitHubSetup,
  type RefPattern,
  type WorkflowPermissions,
} from './setup/decide/githubSetup';
export { type RoleDocuments } from './setup/decide/iamPolicy';
export { type Reading, type SetupPoint } from './setup/decide/setupPoint';
export {
  type DispatchedRun,
  dispatchOnce,
  type DispatchOptions,
  type DispatchPorts,
} from './workflow/act/dispatchOnce';
export {
  type FollowedRun,
  type FollowPorts,
  followRun,
} from './workflow/act/followRun';
export { poll, type PollPorts } from './workflow/act/poll';
