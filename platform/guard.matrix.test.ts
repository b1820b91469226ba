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

  it("sends and receives only what GitHub's OpenAPI description allows", () => {
    expect(repo.violations()).toEqual([]);
  });
});
