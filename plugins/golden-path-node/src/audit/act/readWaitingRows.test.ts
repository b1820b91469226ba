import { NotFoundError } from '@backstage/errors';
import { printAuditRows, AUDIT_HEADER } from '../decide/auditCsv';
import type { BranchMove } from '../ports';
import { ROW } from '../testing/row';
import { readWaitingRows } from './readWaitingRows';

const APP = 'golden-path[bot]';
const GENUINE = { ...ROW, database: 'users_db' };
const FORGED = { ...ROW, database: 'forged_db' };
const audit = (...rows: Array<typeof ROW>) =>
  AUDIT_HEADER + printAuditRows(rows);

/** Texts of the audit by commit; `ours` is the App's last push, `theirs` what somebody else made. */
const FILES: Record<string, string> = {
  ours: audit(GENUINE),
  older: audit(),
  theirs: audit(GENUINE, FORGED),
};

const push = (account: string, sha?: string): BranchMove => ({
  account,
  sha,
  isPush: true,
});
const merge = (account: string, sha: string): BranchMove => ({
  account,
  sha,
  isPush: false,
});

interface Branch {
  tip?: string;
  /** Newest first; each attempt to read them takes one, the last stays. */
  records: BranchMove[][];
  merged?: string[];
  /** Commits that GitHub no longer has. */
  gone?: string[];
}

/** A port that must not be called. */
const never = (): never => {
  throw new Error('This port must not be called.');
};

describe('readWaitingRows', () => {
  const read = async (
    { tip, records, merged = [], gone = [] }: Branch,
    account = APP,
  ) => {
    const pauses: number[] = [];
    const left = [...records];
    const result = await readWaitingRows(
      { environment: 'dev', account },
      {
        repository: {
          fetchBranch: async () =>
            tip === undefined ? undefined : { sha: tip, message: '' },
          filesAt: sha => {
            expect(sha).toBe(tip);
            return { read: async () => FILES[sha], files: never };
          },
          pushCommit: async () => '',
        },
        records: {
          async *moves(branch) {
            expect(branch).toBe('database/audit/dev');
            yield* left.length > 1 ? left.shift()! : left[0];
          },
          isMerged: async (_, sha) => merged.includes(sha),
          filesAt: sha => ({
            read: async () => (gone.includes(sha) ? undefined : FILES[sha]),
          }),
        },
        sleep: async ms => {
          pauses.push(ms);
        },
      },
    );
    return { ...result, pauses: pauses.length };
  };
  const nothing = { rows: [], ignored: [], movedBy: '', pauses: 0 };

  it.each<{
    reason: string;
    branch: Branch;
    account?: string;
    expected: object;
  }>([
    { reason: 'no branch', branch: { records: [[]] }, expected: nothing },
    {
      reason: 'the App pushed the tip',
      branch: {
        tip: 'ours',
        records: [[push(APP, 'ours'), push(APP, 'older')]],
      },
      expected: { ...nothing, rows: [GENUINE], movedBy: APP },
    },
    {
      reason: 'somebody pushed rows on top, in whose name ever',
      branch: {
        tip: 'theirs',
        records: [[push('mallory', 'theirs'), push(APP, 'ours')]],
      },
      expected: {
        ...nothing,
        rows: [GENUINE],
        ignored: [FORGED],
        movedBy: 'mallory',
      },
    },
    {
      reason: 'somebody created the branch',
      branch: { tip: 'theirs', records: [[push('mallory', 'theirs')]] },
      expected: {
        ...nothing,
        ignored: [GENUINE, FORGED],
        movedBy: 'mallory',
      },
    },
    {
      reason: 'somebody put an older commit of the App back',
      branch: {
        tip: 'older',
        records: [
          [push('mallory', 'older'), push(APP, 'ours'), push(APP, 'older')],
        ],
      },
      expected: { ...nothing, rows: [GENUINE], movedBy: 'mallory' },
    },
    {
      reason: 'somebody deleted the branch',
      branch: { records: [[push('mallory'), push(APP, 'ours')]] },
      expected: { ...nothing, rows: [GENUINE], movedBy: 'mallory' },
    },
    {
      reason: "the App's commit is gone with the branch",
      branch: {
        records: [[push('mallory'), push(APP, 'ours')]],
        gone: ['ours'],
      },
      expected: { ...nothing, movedBy: 'mallory', lost: 'ours' },
    },
    {
      reason: 'a pull request was merged into the branch, as the App',
      branch: {
        tip: 'theirs',
        records: [[merge(APP, 'theirs'), push(APP, 'ours')]],
      },
      expected: {
        ...nothing,
        rows: [GENUINE],
        ignored: [FORGED],
        movedBy: APP,
      },
    },
    {
      reason: 'the pull request was merged',
      branch: {
        tip: 'ours',
        records: [[push(APP, 'ours')]],
        merged: ['ours'],
      },
      expected: { ...nothing, movedBy: APP },
    },
    {
      reason: 'a workflow on a branch pushed with GITHUB_TOKEN',
      branch: {
        tip: 'theirs',
        records: [[push('github-actions[bot]', 'theirs')]],
      },
      expected: {
        ...nothing,
        ignored: [GENUINE, FORGED],
        movedBy: 'github-actions[bot]',
      },
    },
    {
      reason: 'without an App',
      account: 'github-actions[bot]',
      branch: {
        tip: 'ours',
        records: [[push('github-actions[bot]', 'ours')]],
      },
      expected: {
        ...nothing,
        rows: [GENUINE],
        movedBy: 'github-actions[bot]',
      },
    },
    {
      reason: "GitHub's record lags behind",
      branch: {
        tip: 'ours',
        records: [
          [],
          [push(APP, 'older')],
          [push(APP, 'ours'), push(APP, 'older')],
        ],
      },
      expected: { ...nothing, rows: [GENUINE], movedBy: APP, pauses: 2 },
    },
  ])('$reason', async ({ branch, account, expected }) => {
    expect(await read(branch, account)).toEqual(expected);
  });

  it('fails before it trusts or drops a row, if GitHub does not say who pushed', async () => {
    await expect(
      read({ tip: 'ours', records: [[push(APP, 'older')]] }),
    ).rejects.toThrow(
      "GitHub does not say who pushed ours to database/audit/dev, so its audit rows can't be trusted. Run this again; if that doesn't help, merge or close the pull request of database/audit/dev and delete the branch.",
    );
  });

  it.each([
    { tip: undefined, reason: 'reads nothing', fails: false },
    { tip: 'ours', reason: 'fails', fails: true },
  ])(
    '$reason if GitHub has no record and the tip is $tip',
    async ({ tip, fails }) => {
      const records404 = true;
      const result = readWaitingRows(
        { environment: 'dev', account: APP },
        {
          repository: {
            fetchBranch: async () =>
              tip === undefined ? undefined : { sha: tip, message: '' },
            filesAt: () => ({ read: async () => FILES.ours, files: never }),
            pushCommit: async () => '',
          },
          records: {
            async *moves() {
              if (records404)
                throw new NotFoundError('GitHub answered with 404');
              yield push(APP, tip);
            },
            isMerged: async () => false,
            filesAt: () => ({ read: async () => undefined }),
          },
        },
      );
      await (fails
        ? expect(result).rejects.toThrow('404')
        : expect(result).resolves.toMatchObject({ rows: [], ignored: [] }));
    },
  );

  it('is not stopped by a file that is no audit', async () => {
    const result = await readWaitingRows(
      { environment: 'dev', account: APP },
      {
        repository: {
          fetchBranch: async () => ({ sha: 'theirs', message: '' }),
          filesAt: () => ({
            read: async () => {
              throw new Error('not UTF-8');
            },
            files: never,
          }),
          pushCommit: async () => '',
        },
        records: {
          async *moves() {
            yield push('mallory', 'theirs');
            yield push(APP, 'ours');
          },
          isMerged: async () => false,
          filesAt: sha => ({ read: async () => FILES[sha] }),
        },
      },
    );
    expect(result).toMatchObject({ rows: [GENUINE], ignored: [] });
  });
});
