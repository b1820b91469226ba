import { ConflictError } from '@backstage/errors';
import { auditPath, CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { readCatalog } from '../../infraRepo/decide/readCatalog';
import type { TextFile } from '../../infraRepo/decide/text';
import type {
  InfraFiles,
  RequestPullRequests,
  RequestRepository,
} from '../../infraRepo/ports';
import { parseAudit } from '../decide/auditCsv';
import { auditBranch, mergeWaitingRows } from '../decide/mergeWaitingRows';
import {
  recordedPaths,
  planRecordEdits,
  composeRecordMessage,
  RunRecord,
} from '../decide/planRecordEdits';

/** Merges and runs for other environments push to the same branch. */
const ATTEMPTS = 6;

/** @public */
export type RecordResult =
  | { outcome: 'nothing new' }
  | { outcome: 'pushed' }
  | { outcome: 'pull request'; number: number; url: string };

/**
 * Commits what a run wrote to the checked-out files: new audit rows, and the status of the environment's databases. If the
 * branch is protected, one pull request carries the changes and is updated in place.
 * @throws errors of git and GitHub, except a refused push to a protected branch
 *
 * @public
 */
export const recordByGit = async (
  input: {
    environment: string;
    /** The branch to commit to. */
    base: string;
    catalogPath?: string;
  },
  ports: {
    /** The checked-out files after the run. */
    files: InfraFiles;
    repository: RequestRepository;
    pullRequests: RequestPullRequests;
  },
): Promise<RecordResult> => {
  const { environment, base } = input;
  const { repository } = ports;
  const record = await readRecord(input, ports);
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
): Promise<RecordResult> => {
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

/** Reads what a run wrote to its checkout. The rows of earlier runs in the open pull request come first. */
const readRecord = async (
  {
    environment,
    catalogPath = CATALOG_PATH,
  }: { environment: string; catalogPath?: string },
  { files, repository }: { files: InfraFiles; repository: RequestRepository },
): Promise<RunRecord> => {
  const [audit, catalog] = await readFiles(files, [
    auditPath(environment),
    catalogPath,
  ]);
  const entries =
    catalog === undefined
      ? []
      : Object.entries(readCatalog(catalog, catalogPath)[environment] ?? {});
  const tip = await repository.fetchBranch(auditBranch(environment));
  const waiting =
    tip && (await repository.filesAt(tip.sha).read(auditPath(environment)));
  return {
    environment,
    catalogPath,
    rows: mergeWaitingRows(parseAudit(waiting ?? ''), parseAudit(audit ?? '')),
    statuses: Object.fromEntries(
      entries.map(([name, { metadata }]) => [name, metadata.status]),
    ),
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
