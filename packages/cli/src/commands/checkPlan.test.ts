import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import {
  createDirectoryFiles,
  createGitRepository,
} from '@goldenpath/plugin-golden-path-node';
import { createFolder } from '../../../../tests/support/createFolder';
import {
  declareDatabase,
  renderCatalog,
} from '../../../../tests/support/exampleDatabase';
import { checkPlanCommand } from './checkPlan';
import { fakeTerminal, never, WORKFLOW_RUN } from './testing/terminal';

const ROOT = 'envs/dev-rds';

/** The pull request of a commit, with labels that ann or somebody else set. */
interface Merged {
  pull: number | undefined;
  labels: string[];
  by: string;
  /** Who approved it in a review. */
  approvedBy: string[];
}

const secretOf = (key: string) =>
  `aws_secretsmanager_secret.database["${key}"]`;
const change = (
  actions: string[],
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({
  address: secretOf('users_db'),
  mode: 'managed',
  type: 'aws_secretsmanager_secret',
  name: 'database',
  index: 'users_db',
  change: { actions },
  ...more,
});

describe('goldenpath-rds check-plan', () => {
  const root = createFolder();
  const commits: Record<string, string> = {};

  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        HOME: root,
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@example.com',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@example.com',
      },
    }).trim();
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const declare = (...names: string[]) => {
    write(
      `${ROOT}/terraform.tfvars`,
      `application_databases = {\n${names
        .map(
          name =>
            `  ${name} = { database_name = "${name}", username = "${name}_user" }\n`,
        )
        .join('')}}\n`,
    );
    write(
      CATALOG_PATH,
      renderCatalog(names.map(name => declareDatabase(name))),
    );
  };
  const commit = (name: string) => {
    git('add', '--all');
    git('commit', '--quiet', '--message', name);
    commits[name] = git('rev-parse', 'HEAD');
  };

  beforeAll(() => {
    git('init', '--quiet', '--initial-branch=main');
    declare('again_db');
    commit('again_db declared');
    declare('users_db', 'orders_db');
    commit('both declared');
    declare('again_db', 'users_db', 'orders_db');
    commit('again_db declared again');
    write(`${ROOT}/main.tf`, '# platform\n');
    commit('terraform changed');
    declare('again_db', 'orders_db');
    commit('users_db removed');
    declare('again_db', 'orders_db', 'stock_db');
    commit('stock_db declared');
    declare('again_db', 'orders_db', 'stock_db', 'late_db');
    commit('late_db declared');
    const tfvars = `${ROOT}/terraform.tfvars`;
    write(
      tfvars,
      readFileSync(join(root, tfvars), 'utf8').replace(
        '"stock_db_user"',
        '"other_user"',
      ),
    );
    commit('stock_db changed');
  });

  const run = async (
    changes: Array<Record<string, unknown>> | string,
    approvals: Record<string, Partial<Merged>> = {},
  ) => {
    const { terminal, said } = fakeTerminal(WORKFLOW_RUN);
    const plan = join(createFolder(), 'plan.json');
    writeFileSync(
      plan,
      typeof changes === 'string'
        ? changes
        : JSON.stringify({ format_version: '1.2', resource_changes: changes }),
    );
    const asked: string[] = [];
    await checkPlanCommand({
      terminal,
      directory: createDirectoryFiles,
      repository: async folder => createGitRepository(folder),
      labels: () => {
        let merged: Merged;
        return {
          findMergedPull: async sha => {
            const [name] = Object.entries(commits).find(
              ([, one]) => one === sha,
            )!;
            asked.push(name);
            merged = {
              pull: 12,
              labels: [],
              by: 'ann',
              approvedBy: ['ben'],
              ...approvals[name],
            };
            return merged.pull;
          },
          readPullRequest: async () => ({
            author: 'jane',
            labels: merged.labels,
            events: merged.labels.map(label => ({
              action: 'labeled',
              label,
              by: merged.by,
              at: '2026-11-24T10:00:00Z',
            })),
            head: {
              branch: 'change',
              sha: 'abc',
              repository: 'acme/infra',
              isMerged: true,
            },
          }),
          readPushTime: async () => '2026-11-24T09:00:00Z',
          readApprover: async login => ({ may: login === 'ann', by: 'team' }),
          readRemovalReviews: async () => ({
            reviews: merged.approvedBy.map(by => ({
              by,
              isBot: false,
              state: 'APPROVED',
              commit: 'abc',
            })),
            pushers: ['jane'],
            branch: 'change',
            messages: [],
          }),
          mayWrite: async () => true,
        };
      },
    }).parseAsync(['--root', root, '--env', 'dev', '--plan', plan], {
      from: 'user',
    });
    return { ...said, asked };
  };

  it.each([
    { actions: ['create'], more: {}, reason: 'a new secret' },
    { actions: ['no-op'], more: {}, reason: 'nothing' },
    {
      actions: ['create'],
      more: { type: 'aws_secretsmanager_secret_version' },
      reason: 'a new value of a new secret',
    },
    {
      actions: ['read'],
      more: { mode: 'data', type: 'aws_db_instance', name: 'shared' },
      reason: 'data that is read',
    },
  ])('asks nobody about $reason', async ({ actions, more }) => {
    expect(await run([change(actions, more)])).toMatchObject({
      code: 0,
      asked: [],
      out: ['The plan creates secrets at most. It requires no label.'],
    });
  });

  it('asks nobody about the rotation that comes with a new secret, but about one beside a secret of another module', async () => {
    const rotation = change(['create'], {
      type: 'aws_secretsmanager_secret_rotation',
    });
    expect(await run([change(['create']), rotation])).toMatchObject({
      code: 0,
      asked: [],
    });
    const foreign = change(['create'], { module_address: 'module.mine' });
    expect((await run([foreign, rotation])).code).toBe(1);
    expect((await run([rotation])).code).toBe(1);
  });

  it.each([
    {
      planned: change(['delete']),
      commit: 'users_db removed',
      label: 'rds-removal-allowed',
      reason: 'a removed database',
    },
    {
      planned: change(['delete', 'create']),
      commit: 'users_db removed',
      label: 'rds-removal-allowed',
      reason: 'a replaced secret, whose password is lost',
    },
    {
      planned: change(['update'], { index: 'stock_db' }),
      commit: 'stock_db changed',
      label: 'rds-change-allowed',
      reason: 'the changed secret of a changed database',
    },
    {
      planned: change(['update'], { index: 'late_db' }),
      commit: 'late_db declared',
      label: 'rds-change-allowed',
      reason: 'a secret that changed for no reason',
    },
    {
      planned: change(['update'], { index: 'orders_db' }),
      commit: 'terraform changed',
      label: 'rds-platform-allowed',
      reason: 'the changed secret of a database that is as it was created',
    },
    {
      planned: change(['update'], { index: 'again_db' }),
      commit: 'again_db declared again',
      label: 'rds-change-allowed',
      reason: 'the changed secret of a database that was removed in between',
    },
    {
      planned: change(['create'], {
        type: 'aws_iam_role',
        name: 'mine',
        index: undefined,
      }),
      commit: 'terraform changed',
      label: 'rds-platform-allowed',
      reason: 'a resource that belongs to no database',
    },
    {
      planned: change(['create'], {
        type: 'aws_secretsmanager_secret_rotation',
        index: 'orders_db',
      }),
      commit: 'terraform changed',
      label: 'rds-platform-allowed',
      reason: 'rotation of a secret that exists',
    },
    {
      planned: change(['create'], { module_address: 'module.mine' }),
      commit: 'terraform changed',
      label: 'rds-platform-allowed',
      reason: 'a secret of another module',
    },
  ])(
    'requires $label for $reason, on the pull request that brought it',
    async ({ planned, commit: name, label }) => {
      const others = {
        labels: ['rds-change', 'rds-removal', 'rds-platform']
          .map(kind => `${kind}-allowed`)
          .filter(other => other !== label),
      };
      const refused = await run([planned], { [name]: others });
      expect(refused).toMatchObject({ code: 1, asked: [name] });
      expect(refused.out[0]).toContain(
        `Pull request #12 (commit ${commits[name].slice(
          0,
          7,
        )}), which brought it, has no label ${label} that counts.`,
      );
      expect(
        await run([planned], { [name]: { labels: [label] } }),
      ).toMatchObject({
        code: 0,
        out: [expect.stringContaining(`allowed by ${label}`)],
      });
    },
  );

  it('says why a label does not count, and what to do', async () => {
    const { out } = await run([change(['delete'])], {
      'users_db removed': {
        labels: ['rds-removal-allowed'],
        by: 'jane',
      },
    });
    expect(out).toEqual([
      `${secretOf('users_db')}: delete. Pull request #12 (commit ${commits[
        'users_db removed'
      ].slice(
        0,
        7,
      )}), which brought it, has no label rds-removal-allowed that counts. The label rds-removal-allowed doesn't count: it was set by jane, who opened the pull request; someone else of platform-team must set it. Revert it, or have platform-team set the label and run this job again.`,
    ]);
  });

  it('refuses what was pushed without a pull request, and what no commit brought', async () => {
    expect(
      await run([change(['delete'])], {
        'users_db removed': { pull: undefined },
      }),
    ).toMatchObject({
      code: 1,
      out: [expect.stringContaining('pushed without a pull request')],
    });
    expect(
      await run([change(['delete'], { index: 'unknown_db' })]),
    ).toMatchObject({
      code: 1,
      asked: [],
      out: [expect.stringContaining('No commit of this branch brought')],
    });
  });

  it.each([
    { text: 'Plan: 1 to add', reason: 'no JSON' },
    { text: '{"format_version":"2.0"}', reason: 'a format it does not know' },
  ])('refuses $reason', async ({ text }) => {
    await expect(run(text)).rejects.toThrow(
      /is not a plan of Terraform as JSON.*terraform show -json/,
    );
  });

  it('requires its options', async () => {
    const { terminal } = fakeTerminal(WORKFLOW_RUN);
    await expect(
      checkPlanCommand({
        terminal,
        directory: createDirectoryFiles,
        repository: never,
        labels: never,
      }).parseAsync(['--root', root], { from: 'user' }),
    ).rejects.toThrow(/--env is required[^]*--plan/);
  });
});
