import { setTimeout as wait } from 'node:timers/promises';
import { auditPath, AuditRow } from '@goldenpath/plugin-golden-path-common';
import type { InfraFiles, RequestRepository } from '../../infraRepo/ports';
import { parseAudit, selectMissingRows } from '../decide/auditCsv';
import { auditBranch } from '../decide/mergeWaitingRows';
import type { BranchRecords } from '../ports';
import { findOwnPush } from './findOwnPush';

/** The rows on the branch of the audit's pull request. */
export interface WaitingRows {
  /** What the account pushed last and nobody merged yet; kept even if somebody else moved or deleted the branch. */
  rows: AuditRow[];
  /** Rows at the tip that somebody else pushed. */
  ignored: AuditRow[];
  /** Who moved the branch last. */
  movedBy: string;
  /** The commit that the account pushed last, if GitHub no longer has its audit. */
  lost?: string;
}

/** The ports of {@link readWaitingRows}. */
export interface WaitingRowsPorts {
  repository: RequestRepository;
  records: BranchRecords;
  /** Waits, in milliseconds; tests pass their own. */
  sleep?: (ms: number) => Promise<void>;
}

/**
 * Reads the rows that wait on the audit's branch. Only what the account itself pushed counts: everyone who may push can put any
 * row there, in a commit with any author.
 * @param account - the login that the workflows push with
 * @throws ConflictError when GitHub does not say who moved the branch to its tip
 */
export const readWaitingRows = async (
  { environment, account }: { environment: string; account: string },
  { repository, records, sleep = ms => wait(ms) }: WaitingRowsPorts,
): Promise<WaitingRows> => {
  const branch = auditBranch(environment);
  const readText = (files: InfraFiles) => files.read(auditPath(environment));
  const { sha, own, movedBy } = await findOwnPush(
    { branch, account },
    {
      readTip: async () => (await repository.fetchBranch(branch))?.sha,
      records,
      sleep,
    },
  );
  const isWaiting = own !== undefined && !(await records.isMerged(branch, own));
  // The clone has the tip; a commit that somebody replaced is only on GitHub.
  const source = own === sha ? repository : records;
  const text = isWaiting ? await readText(source.filesAt(own)) : undefined;
  const rows = parseAudit(text ?? '');
  // What somebody else pushed may be no audit at all, and must not stop the record of a run.
  const foreign =
    sha === undefined || sha === own
      ? ''
      : await readText(repository.filesAt(sha)).catch(() => '');
  return {
    rows,
    ignored: selectMissingRows(rows, parseAudit(foreign ?? '')),
    movedBy,
    ...(isWaiting && text === undefined && { lost: own }),
  };
};
