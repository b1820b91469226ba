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
  recordEdits,
  recordMessage,
  RunRecord,
} from '../decide/recordEdits';

/** Others push too: merges, and runs for other environments. */
const ATTEMPTS = 6;

/** @public */
export type RecordResult =
  | { outcome: 'nothing new' }
  | { outcome: 'pushed' }
  | { outcome: 'pull request'; number: number; url: string };

/**
 * Commits what a run has written into the checked-out files: audit rows that the branch doesn't have yet, and the status
 * of the environment's databases. Where the branch takes no push it goes by one pull request, which is updated in place.
 * @throws whatever git or GitHub refuses with, other than a push to a protected branch
 *
 * @public
 */
export const recordByGit = async (
  input: {
    environment: string;
    /** The branch. */
    base: string;
    catalogPath?: string;
  },
  ports: {
    /** As the run has left them. */
    files: InfraFiles;
    repository: RequestRepository;
    pullRequests: RequestPullRequests;
  },
): Promise<RecordResult> => {
  const { environment, base } = input;
  const { repository } = ports;
  const record = await readRecord(input, ports);
  const message = `${recordMessage(environment)}\n`;
  for (let attempt = 1; ; attempt++) {
    const tip = await repository.fetchBranch(base);
    if (!tip) throw new ConflictError(`The branch ${base} is gone.`);
    const changes = await editsOn(repository.filesAt(tip.sha), record);
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
        return byPullRequest(input, commit, ports);
      if (name !== 'ConflictError' || attempt >= ATTEMPTS) throw error;
    }
  }
};

const byPullRequest = async (
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
  const body = `What the provisioner did in \`${environment}\`: ${commit.changes
    .map(({ path }) => `\`${path}\``)
    .join(
      ', ',
    )}. The databases are as these files say; \`${base}\` takes no push, so that this is a pull request. Every run brings it up to date.\n`;
  const open =
    (await pullRequests.findOpen(branch, base)) ??
    (await pullRequests.create({ branch, base, title, body }));
  return { outcome: 'pull request', number: open.number, url: open.url };
};

/** What a run has written into its checkout, behind the rows of earlier runs that wait in a pull request. */
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

const editsOn = async (
  files: InfraFiles,
  record: RunRecord,
): Promise<TextFile[]> => {
  const paths = recordedPaths(record);
  const texts = await readFiles(files, paths);
  const { changes, catalogError } = recordEdits(
    path => texts[paths.indexOf(path)],
    record,
  );
  if (catalogError) throw catalogError;
  return changes;
};
