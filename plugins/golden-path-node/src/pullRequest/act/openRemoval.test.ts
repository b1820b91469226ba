import {
  CATALOG_PATH,
  DatabaseUsage,
  RemovalFacts,
} from '@goldenpath/plugin-golden-path-common';
import {
  CREATED,
  EXAMPLE_DATABASE as request,
} from '../../../../../tests/support/exampleDatabase';
import { planInfraRequest } from '../../infraRepo/decide/planInfraRequest';
import { RequestPullRequest } from '../../infraRepo/ports';
import { openRemoval } from './openRemoval';

const TFVARS = 'envs/dev-rds/terraform.tfvars';
const BRANCH = 'decommission/dev/users_db';
const EMPTY = {
  [CATALOG_PATH]: 'version: "1.0"\ndatabases:\n  dev: {}\n',
  [TFVARS]: 'application_databases = {}\n',
};
type Files = Record<string, string>;

const declared = async (): Promise<Files> => {
  const { changes } = await planInfraRequest(
    {
      catalog: { path: CATALOG_PATH, text: EMPTY[CATALOG_PATH] },
      tfvars: { path: TFVARS, text: EMPTY[TFVARS] },
    },
    request,
    CREATED,
  );
  return Object.fromEntries(changes.map(({ path, text }) => [path, text]));
};

/** An infra repo and its pull requests in memory. */
const infraRepo = (main: Files) => {
  const commits = new Map<string, Files>([['sha-0', main]]);
  const branches = new Map([['main', { sha: 'sha-0', message: '' }]]);
  const pulls: RequestPullRequest[] = [];
  const calls: string[] = [];
  const commit = (
    branch: string,
    parent: string,
    changes: Files,
    message: string,
  ) => {
    const sha = `sha-${commits.size}`;
    commits.set(sha, { ...commits.get(parent), ...changes });
    branches.set(branch, { sha, message });
    return sha;
  };
  return {
    branches,
    pulls,
    calls,
    commit,
    filesOf: (branch: string) => commits.get(branches.get(branch)!.sha)!,
    ports: {
      repository: {
        fetchBranch: async (branch: string) => branches.get(branch),
        filesAt: (sha: string) => ({
          read: async (path: string) => commits.get(sha)?.[path],
          files: async (folder: string) =>
            Object.keys(commits.get(sha)!)
              .filter(path => path.startsWith(`${folder}/`))
              .map(path => path.slice(folder.length + 1))
              .filter(name => !name.includes('/')),
        }),
        pushCommit: async (pushed: {
          parent: string;
          branch: string;
          message: string;
          changes: Array<{ path: string; text: string }>;
        }) => {
          calls.push(`push ${pushed.branch}`);
          return commit(
            pushed.branch,
            pushed.parent,
            Object.fromEntries(
              pushed.changes.map(({ path, text }) => [path, text]),
            ),
            pushed.message,
          );
        },
      },
      pullRequests: {
        findOpen: async () => pulls[0],
        create: async ({ title, body }: { title: string; body: string }) => {
          calls.push('create');
          const pull = { number: 3, url: 'u', title, body, labels: [] };
          pulls.push(pull);
          return pull;
        },
        update: async (_: number, text: { title: string; body: string }) => {
          calls.push('update');
          Object.assign(pulls[0], text);
        },
        addLabels: async (_: number, labels: string[]) => {
          calls.push(`label ${labels}`);
          pulls[0].labels.push(...labels);
        },
      },
    },
  };
};

const USAGE: DatabaseUsage = {
  observedAt: '2026-11-26T10:00:00.000Z',
  sizeBytes: 8_120_000,
  connections: 3,
  sessions: [
    { role: 'users_app_user', application: 'gunicorn', count: 2 },
    { role: 'jane', application: '', count: 1 },
  ],
  lastStateChange: '2026-11-26T09:59:00.000Z',
  sessionsOpened: 120,
  transactions: 4000,
  countedSince: '2026-11-01T00:00:00.000Z',
};
const open = (
  repo: ReturnType<typeof infraRepo>,
  more: { reason?: string; facts?: RemovalFacts } = {},
) =>
  openRemoval(
    {
      removal: {
        environment: 'dev',
        databaseName: 'users_db',
        requestedBy: 'jane',
        reason: more.reason ?? '',
      },
      taskId: 'task-1',
      base: 'main',
      infraRepo: { mode: 'auto' },
      facts: more.facts,
    },
    repo.ports,
  );

describe('openRemoval', () => {
  it('opens one pull request that takes the entries out, and leaves the approval to people', async () => {
    const repo = infraRepo(await declared());
    expect(await open(repo)).toEqual({
      outcome: 'opened',
      number: 3,
      url: 'u',
    });
    expect(repo.filesOf(BRANCH)).toEqual(EMPTY);
    expect(repo.branches.get(BRANCH)?.message).toBe(
      'Decommission RDS database users_db (dev)\n\nGoldenpath-Decommission: dev-users_db\nGoldenpath-Requested-By: jane\n',
    );
    expect(repo.pulls[0].labels).toEqual(['rds-database', 'dev']);
    expect(await open(repo)).toMatchObject({ outcome: 'unchanged' });
    expect(repo.calls).toEqual([
      `push ${BRANCH}`,
      'create',
      'label rds-database,dev',
    ]);
  });

  it('shows what an approver must know', async () => {
    const repo = infraRepo(await declared());
    await open(repo, {
      reason: 'moved to `orders` | see @ops',
      facts: {
        dependants: ['component:default/user-service'],
        usage: USAGE,
      },
    });
    expect(repo.pulls[0].body).toMatchInlineSnapshot(`
      "\`jane\` asks to decommission the PostgreSQL database \`users_db\` of \`dev\`.

      Reason: \`\` moved to \`orders\` | see @ops \`\`

      | | |
      | --- | --- |
      | Database | \`users_db\` |
      | Environment | \`dev\` |
      | Role | \`users_app_user\` |
      | Owner | \`platform-team\` |
      | Component | \`user-service\` |
      | Risk | \`medium\` |
      | Secret | \`goldenpath/dev/users_db/postgres\` |
      | Since | \`2026-11-24\` |
      | Requested by | \`jane\` |

      ### Who depends on it

      - \`component:default/user-service\`

      ### Use and size

      | | |
      | --- | --- |
      | Size | \`7.7 MiB\` |
      | Connections now | \`3: 2 × users_app_user (gunicorn), 1 × jane\` |
      | Last activity of an open connection | \`2026-11-26T09:59:00.000Z\` |
      | Opened so far | \`120 sessions, 4000 transactions since 2026-11-01T00:00:00.000Z\` |
      | Observed at | \`2026-11-26T10:00:00.000Z\` |

      PostgreSQL keeps no time of the last login. The counters include the logins of goldenpath-rds itself.

      ### Two approvals

      A removal requires two people, neither of whom asked for it:

      1. Someone with write access approves the newest commit in a review.
      2. Someone else, of the platform team, then sets the label \`rds-removal-allowed\`.

      A push withdraws both.

      ### What happens next

      1. Nothing is dropped. Terraform deletes the secret, which can be restored within its recovery window.
      2. The next run tells that the database is no longer declared. \`goldenpath-rds provision --root . --env dev --retire users_db\` locks its role and ends its connections.
      3. A person takes the last dump and drops the database: [runbook](https://git.example.org/goldenpath/golden-path/blob/main/docs/runbook.md#decommission-a-database).
      4. Until then, revert this pull request to undo it.

      Changed: \`docs/20-contracts/resource-catalogs/rds-catalog.yaml\`, \`envs/dev-rds/terraform.tfvars\`.

      <!-- goldenpath decommission=dev-users_db task=task-1 -->
      "
    `);
  });

  it.each<{ facts: RemovalFacts | undefined; says: string }>([
    { facts: undefined, says: 'Nobody looked in the Backstage catalog.' },
    { facts: undefined, says: 'The instance was not asked. Run' },
    {
      facts: { usage: { unknown: 'no route to host' } },
      says: 'The instance was not asked: `no route to host`.',
    },
    {
      facts: { dependants: [] },
      says: 'No entity of the Backstage catalog depends on it.',
    },
    {
      facts: { usage: { ...USAGE, sizeBytes: undefined, sessions: [] } },
      says: '| Size | `unknown: the master may not read it` |',
    },
  ])('says what nobody looked at: $says', async ({ facts, says }) => {
    const repo = infraRepo(await declared());
    await open(repo, { facts });
    expect(repo.pulls[0].body).toContain(says);
  });

  it('pushes nothing while the branch has the removal, whatever the text', async () => {
    const repo = infraRepo(await declared());
    await open(repo);
    expect(await open(repo, { reason: 'unused' })).toMatchObject({
      outcome: 'updated',
    });
    expect(repo.calls.filter(call => call.startsWith('push'))).toHaveLength(1);
  });

  it('refuses a branch with commits by others that conflicts', async () => {
    const repo = infraRepo(await declared());
    await open(repo);
    repo.commit(
      BRANCH,
      repo.branches.get(BRANCH)!.sha,
      { [TFVARS]: '# mine\napplication_databases = {}\n' },
      'by hand',
    );
    await expect(open(repo)).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining(`The branch ${BRANCH} has commits by`),
    });
  });

  it('does nothing for a database that is not declared', async () => {
    const repo = infraRepo(EMPTY);
    expect(await open(repo)).toEqual({ outcome: 'not declared' });
    expect(repo.calls).toEqual([]);
  });
});
