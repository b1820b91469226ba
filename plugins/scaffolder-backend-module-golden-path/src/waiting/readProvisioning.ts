import {
  CatalogStatus,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import {
  auditBranch,
  readCatalog,
  WorkflowRun,
} from '@goldenpath/plugin-golden-path-node';

/** Workflow of the infra repo that applies what was merged. */
const APPLY_WORKFLOW = 'rds-database-apply.yml';
/** A cancelled run made way for a newer one, which applies the same and more. */
const FAILED = ['failure', 'timed_out', 'startup_failure'];

export type Provisioning =
  | { state: 'active' }
  /** `run` is the apply that failed; undefined when the provisioner recorded the failure. */
  | { state: 'failed'; run: WorkflowRun | undefined }
  | { state: 'undeclared' };

/**
 * Reads how far a merged request is: the provisioner records the database's status in the catalog, on the base branch or,
 * while that is protected, on the branch of the audit. Without a status the run that applies the merge tells of a failure.
 * @returns undefined while it is in progress
 */
export const readProvisioning = async (
  request: RequestKey,
  options: { catalogPath: string; mergeCommit: string | undefined },
  ports: {
    /** The catalog of a branch; undefined ref is the base branch. */
    catalog(branch: string | undefined): Promise<string | undefined>;
    /** The runs that the push of a commit started. */
    runsOf(commit: string): Promise<WorkflowRun[]>;
  },
): Promise<Provisioning | undefined> => {
  const statusAt = async (branch?: string) =>
    readStatus(await ports.catalog(branch), options.catalogPath, request);
  const declared = await statusAt();
  if (declared === undefined) return { state: 'undeclared' };
  const status =
    declared === 'pending'
      ? await statusAt(auditBranch(request.environment))
      : declared;
  if (status === 'active') return { state: 'active' };
  const runs = (
    options.mergeCommit ? await ports.runsOf(options.mergeCommit) : []
  ).filter(({ path }) => path.endsWith(`/${APPLY_WORKFLOW}`));
  const isApplying = runs.some(run => !run.isCompleted);
  // A re-run may turn a failure into success.
  if (isApplying) return undefined;
  if (status === 'failed') return { state: 'failed', run: runs[0] };
  const failed = runs.find(run => FAILED.includes(run.conclusion ?? ''));
  return failed && { state: 'failed', run: failed };
};

const readStatus = (
  text: string | undefined,
  path: string,
  { environment, databaseName }: RequestKey,
): CatalogStatus | undefined =>
  text === undefined
    ? undefined
    : readCatalog(text, path)[environment]?.[databaseName]?.metadata.status;
