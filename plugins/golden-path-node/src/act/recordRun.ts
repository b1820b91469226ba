import { ConflictError } from '@backstage/errors';
import {
  auditPath,
  CATALOG_PATH,
  CatalogStatus,
} from '@goldenpath/plugin-golden-path-common';
import { parseAudit, withAuditRows } from '../decide/auditCsv';
import { readCatalog, setCatalogStatus } from '../decide/catalog';
import type { TextFile } from '../decide/text';
import type { InfraFiles } from './infraRepo';
import type { RequestPullRequests, RequestRepository } from './openPullRequest';

/** Others push too: merges, and runs for other environments. */
const ATTEMPTS = 6;

export type RecordRunResult =
  | { outcome: 'nothing new' }
  | { outcome: 'pushed' }
  | { outcome: 'pull request'; number: number; url: string };

/**
 * Commits what a run has written into the checked-out files: audit rows that the branch doesn't have yet, and the status
 * of the environment's databases. Where the branch takes no push it goes by one pull request, which is updated in place.
 * @throws whatever git or GitHub refuses with, other than a push to a protected branch
 */
export const recordRun = async (
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
): Promise<RecordRunResult> => {
  const { environment, base } = input;
  const { repository } = ports;
  const edit = await editOf(input, ports.files);
  const message = `chore(rds): audit and status of ${environment}\n`;
  for (let attempt = 1; ; attempt++) {
    const tip = await repository.fetchBranch(base);
    if (!tip) throw new ConflictError(`The branch ${base} is gone.`);
    const changes = await edit(repository.filesAt(tip.sha));
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
      if (isProtected(error)) return byPullRequest(input, commit, ports);
      if ((error as Error).name !== 'ConflictError' || attempt >= ATTEMPTS)
        throw error;
    }
  }
};

/** What GitHub says of branch protection (GH006) and of rulesets (GH013). */
const isProtected = (error: unknown): boolean =>
  /GH006|GH013|protected branch/i.test((error as Error).message);

/** The branch of the pull request that audit and status go by where they can't be pushed. */
export const auditBranch = (environment: string) =>
  `database/audit/${environment}`;

const byPullRequest = async (
  { environment, base }: { environment: string; base: string },
  commit: { parent: string; message: string; changes: TextFile[] },
  {
    repository,
    pullRequests,
  }: { repository: RequestRepository; pullRequests: RequestPullRequests },
): Promise<RecordRunResult> => {
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

/** Reads what the run has written, once, as an edit that fits on any commit. */
const editOf = async (
  {
    environment,
    catalogPath = CATALOG_PATH,
  }: { environment: string; catalogPath?: string },
  files: InfraFiles,
): Promise<(target: InfraFiles) => Promise<TextFile[]>> => {
  const audit = auditPath(environment);
  const [auditText, catalogText] = await Promise.all([
    files.read(audit),
    files.read(catalogPath),
  ]);
  const rows = auditText === undefined ? [] : parseAudit(auditText);
  const statuses = Object.fromEntries(
    catalogText === undefined
      ? []
      : Object.entries(
          readCatalog(catalogText, catalogPath)[environment] ?? {},
        ).map(([name, { metadata }]): [string, CatalogStatus] => [
          name,
          metadata.status,
        ]),
  );
  return async target => {
    const [oldAudit, oldCatalog] = await Promise.all([
      target.read(audit),
      target.read(catalogPath),
    ]);
    const changes: TextFile[] = [];
    const withRows = withAuditRows(oldAudit, rows);
    if (withRows !== undefined) changes.push({ path: audit, text: withRows });
    if (oldCatalog !== undefined) {
      const text = setCatalogStatus(
        oldCatalog,
        catalogPath,
        environment,
        statuses,
      );
      if (text !== oldCatalog) changes.push({ path: catalogPath, text });
    }
    return changes;
  };
};
