import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  GuardedRepo,
  moreConnections,
  replaceIn,
  startGuardedRepo,
  TFVARS,
} from '../tests/support/guardedRepo';

const ACTION = '.github/actions/goldenpath-rds/action.yml';

/** The shipped guard on the local GitHub, on pull requests of pushed branches. Without an App: GITHUB_TOKEN sees no team. */
describe('rds-database-guard.yml', () => {
  let repo: GuardedRepo;

  beforeAll(async () => {
    repo = await startGuardedRepo();
  });
  afterAll(() => repo?.stop());

  it('refuses a change of a database until its label is set, whatever the other labels', async () => {
    await repo.push('change', moreConnections);
    const number = await repo.open('change');
    const refused = await repo.verdict('change');
    expect(refused.conclusion).toBe('failure');
    expect(refused.log).toMatch(/##\[error\].*users_db/);

    // The name of a label is data and never code.
    await repo.label(
      number,
      'maintainer',
      '$(touch canary)',
      '"rds-change-allowed" no',
      'x", "rds-change-allowed',
      "it's `id`",
    );
    expect(await repo.verdict('change')).toMatchObject({
      conclusion: 'failure',
    });

    await repo.label(number, 'maintainer', 'rds-change-allowed');
    expect(await repo.verdict('change')).toMatchObject({
      conclusion: 'success',
    });

    await repo.removeLabel(number, 'maintainer', 'rds-change-allowed');
    expect(await repo.verdict('change')).toMatchObject({
      conclusion: 'failure',
    });
  });

  it.each([
    {
      branch: 'own-judge',
      reason: 'the pull request replaces goldenpath-rds',
      change: (root: string) => {
        replaceIn(
          root,
          ACTION,
          `echo "$folder/bin" >> "$GITHUB_PATH"`,
          `printf '#!/bin/sh\\n' > "$folder/bin/goldenpath-rds"; echo "$folder/bin" >> "$GITHUB_PATH"`,
        );
        moreConnections(root);
      },
    },
    {
      branch: 'a-link',
      reason: 'a symbolic link points to a file that the guard would not check',
      change: (root: string) => {
        renameSync(join(root, TFVARS), join(root, 'envs/dev-rds/other.tfvars'));
        symlinkSync('other.tfvars', join(root, TFVARS));
      },
    },
  ])('refuses $branch: $reason', async ({ branch, change }) => {
    await repo.push(branch, change);
    await repo.open(branch);
    expect(await repo.verdict(branch)).toMatchObject({ conclusion: 'failure' });
  });

  it('checks only the changes of the pull request, not those merged after it was opened', async () => {
    await repo.push('addition', root => repo.add(root, 'orders_db'));
    const number = await repo.open('addition');
    expect(await repo.verdict('addition')).toMatchObject({
      conclusion: 'success',
    });
    // Merged into main, so it is not a change of the open pull request.
    await repo.push('main', moreConnections);
    await repo.label(number, 'maintainer', 'seen');
    const { conclusion, log } = await repo.verdict('addition');
    expect({ conclusion, log: conclusion === 'success' ? '' : log }).toEqual({
      conclusion: 'success',
      log: '',
    });
  });

  it('runs and passes on a pull request without databases, so it can be a required check', async () => {
    await repo.push('notes', root =>
      writeFileSync(join(root, 'notes.txt'), 'x'),
    );
    await repo.open('notes');
    const { conclusion, log } = await repo.verdict('notes');
    expect(conclusion).toBe('success');
    expect(log).toContain('The catalog and terraform.tfvars agree.');
  });

  /** https://github.com/linkml/linkml/issues/3472 */
  describe('in a merge queue', () => {
    const enter = async (
      number: number,
      behind?: Awaited<ReturnType<typeof github.enterMergeQueue>>,
    ) => {
      const group = await github.enterMergeQueue(
        repo.infra.repo,
        number,
        behind,
      );
      await github.actions.idle();
      const runs = (await repo.infra.runs()).filter(
        run => run.head_sha === group.sha,
      );
      expect(runs.map(run => run.path)).toEqual([
        '.github/workflows/rds-database-queue.yml',
      ]);
      return {
        group,
        conclusion: runs[0].conclusion,
        log: await repo.infra.runLog(runs[0].id),
      };
    };
    let github: GuardedRepo['infra']['github'];
    beforeAll(() => {
      ({ github } = repo.infra);
    });

    it('a new database passes, alone and behind another one', async () => {
      await repo.push('queued', root => repo.add(root, 'queued_db'));
      const first = await enter(await repo.open('queued'));
      expect(first).toMatchObject({ conclusion: 'success' });
      await repo.push('queued-notes', root =>
        writeFileSync(join(root, 'queued.txt'), 'x'),
      );
      const second = await enter(await repo.open('queued-notes'), first.group);
      expect(second).toMatchObject({ conclusion: 'success' });
    });

    it('a change is refused without its label, with one that does not count, and passes with one that does', async () => {
      await repo.push('queued-change', root =>
        replaceIn(root, TFVARS, 'connection_limit = 7', 'connection_limit = 8'),
      );
      const number = await repo.open('queued-change');
      const refused = await enter(number);
      expect(refused.conclusion).toBe('failure');
      expect(refused.log).toMatch(/##\[error\].*users_db/);
      await repo.label(number, 'eve', 'rds-change-allowed');
      expect(await enter(number)).toMatchObject({ conclusion: 'failure' });
      await repo.removeLabel(number, 'eve', 'rds-change-allowed');
      await repo.label(number, 'maintainer', 'rds-change-allowed');
      expect(await enter(number)).toMatchObject({ conclusion: 'success' });
    });

    it("a pull request can't bring its own judge into the queue without the platform's label", async () => {
      await repo.push('queued-judge', root =>
        replaceIn(
          root,
          ACTION,
          `echo "$folder/bin" >> "$GITHUB_PATH"`,
          `printf '#!/bin/sh\\n' > "$folder/bin/goldenpath-rds"; echo "$folder/bin" >> "$GITHUB_PATH"`,
        ),
      );
      expect(await enter(await repo.open('queued-judge'))).toMatchObject({
        conclusion: 'failure',
      });
    });
  });

  it("sends and receives only what GitHub's OpenAPI description allows", () => {
    expect(repo.violations()).toEqual([]);
  });
});
