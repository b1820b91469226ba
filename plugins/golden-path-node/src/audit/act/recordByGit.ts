import { ConflictError } from '@backstage/errors';
import {
  auditPath,
  AuditRow,
  CATALOG_PATH,
} from '@goldenpath/plugin-golden-path-common';
import { readCatalog } from '../../infraRepo/decide/readCatalog';
import type { TextFile } from '../../infraRepo/decide/text';
import type {
  InfraFiles,
  RequestPullRequests,
  RequestRepository,
} from '../../infraRepo/ports';
import { parseAudit, selectMissingRows } from '../decide/auditCsv';
import { auditBranch, mergeWaitingRows } from '../decide/mergeWaitingRows';
import {
  recordedPaths,
  planRecordEdits,
  composeRecordMessage,
  RunRecord,
} from '../decide/planRecordEdits';
import type { BranchRecords } from '../ports';
import { readWaitingRows } from './readWaitingRows';

/** Merges and runs for other environments push to the same branch. */
const ATTEMPTS = 6;

/** @public */
export type RecordOutcome =
  | { outcome: 'nothing new' }
  | { outcome: 'pushed' }
  | { outcome: 'pull request'; number: number; url: string };

/** @public */
export type RecordResult = RecordOutcome & {
  /** Rows on the branch of the audit's pull request that did not count, because somebody else pushed them. */
  ignored: AuditRow[];
  /** Who pushed them. */
  ignoredFrom: string;
  /** The commit with waiting rows of earlier runs, if GitHub no longer has it. */
  lost?: string;
};

/**
 * Commits what a run wrote to the checked-out files: new audit rows, and the status of the environment's databases. If the
 * branch is protected, one pull request carries the changes and is updated in place. Rows that wait in that pull request count only
 * if `account` pushed them.
 * @throws errors of git and GitHub, except a refused push to a protected branch
 *
 * @public
 */
export const recordByGit = async (
  input: {
    environment: string;
    /** The branch to commit to. */
    base: string;
    /** The login that the workflows push with, such as `golden-path[bot]`. */
    account: string;
    catalogPath?: string;
  },
  ports: {
    /** The checked-out files after the run. */
    files: InfraFiles;
    repository: RequestRepository;
    pullRequests: RequestPullRequests;
    records: BranchRecords;
    /** Waits, in milliseconds; tests pass their own. */
    sleep?: (ms: number) => Promise<void>;
  },
): Promise<RecordResult> => {
  const { record, ...waiting } = await readRecord(input, ports);
  return { ...(await commitRecord(input, record, ports)), ...waiting };
};

const commitRecord = async (
  input: { environment: string; base: string },
  record: RunRecord,
  ports: { repository: RequestRepository; pullRequests: RequestPullRequests },
): Promise<RecordOutcome> => {
  const { environment, base } = input;
  const { repository } = ports;
  const message = `${composeRecordMessage(environment)}\n`;
  for (let attempt = 1; ; attempt++) {
    const tip = await repository.fetchBranch(base);
    if (!tip) throw new ConflictError(`The branch ${base} no longer exists.`);
    const changes = await planEdits(repository.filesAt(tip.sha), record);
    if (changes.length === 0) return { outcome: 'nothing new' };
    const commit = { parent: tip.sha, message, changes };
    try {
      await repository.pushCommit({
        ...commit,
        branch: base,
        replaces: tip.sha,
      });
      return { outcome: 'pushed' };
    } catch (error) {
      const { name } = error as Error;
      if (name === 'NotAllowedError')
        return recordByPullRequest(input, commit, ports);
      if (name !== 'ConflictError' || attempt >= ATTEMPTS) throw error;
    }
  }
};

const recordByPullRequest = async (
  { environment, base }: { environment: string; base: string },
  commit: { parent: string; message: string; changes: TextFile[] },
  {
    repository,
    pullRequests,
  }: { repository: RequestRepository; pullRequests: RequestPullRequests },
): Promise<RecordOutcome> => {
  const branch = auditBranch(environment);
  const before = await repository.fetchBranch(branch);
  await repository.pushCommit({ ...commit, branch, replaces: before?.sha });
  const title = `Audit and status of the databases in ${environment}`;
  const body = `This records what the provisioner did in \`${environment}\`, in ${commit.changes
    .map(({ path }) => `\`${path}\``)
    .join(
      ', ',
    )}. The databases already have this state. \`${base}\` is protected, so this is a pull request; every run updates it.\n`;
  const open =
    (await pullRequests.findOpen(branch, base)) ??
    (await pullRequests.create({ branch, base, title, body }));
  return { outcome: 'pull request', number: open.number, url: open.url };
};

/** Reads what a run wrote to its checkout. The rows of earlier runs in the pull request come first. */
const readRecord = async (
  {
    environment,
    account,
    catalogPath = CATALOG_PATH,
  }: { environment: string; account: string; catalogPath?: string },
  {
    files,
    ...ports
  }: {
    files: InfraFiles;
    repository: RequestRepository;
    records: BranchRecords;
    sleep?: (ms: number) => Promise<void>;
  },
) => {
  const [audit, catalog] = await readFiles(files, [
    auditPath(environment),
    catalogPath,
  ]);
  const entries =
    catalog === undefined
      ? []
      : Object.entries(readCatalog(catalog, catalogPath)[environment] ?? {});
  const written = parseAudit(audit ?? '');
  const { rows, ignored, movedBy, lost } = await readWaitingRows(
    { environment, account },
    ports,
  );
  const record: RunRecord = {
    environment,
    catalogPath,
    rows: mergeWaitingRows(rows, written),
    statuses: Object.fromEntries(
      entries.map(([name, { metadata }]) => [name, metadata.status]),
    ),
  };
  return {
    record,
    ignored: selectMissingRows(written, ignored),
    ignoredFrom: movedBy,
    lost,
  };
};

const readFiles = (files: InfraFiles, paths: readonly string[]) =>
  Promise.all(paths.map(path => files.read(path)));

const planEdits = async (
  files: InfraFiles,
  record: RunRecord,
): Promise<TextFile[]> => {
  const paths = recordedPaths(record);
  const texts = await readFiles(files, paths);
  const { changes, catalogError } = planRecordEdits(
    path => texts[paths.indexOf(path)],
    record,
  );
  if (catalogError) throw catalogError;
  return changes;
};
