import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startPostgres } from '@goldenpath/local-postgres';
import {
  AUDIT_COLUMNS,
  auditPath,
  CATALOG_PATH,
} from '@goldenpath/plugin-golden-path-common';
import {
  auditFile,
  renderCommitTrailer,
  connectPostgres,
  createGitRepository,
  createDirectoryFiles,
  readCatalog,
} from '@goldenpath/plugin-golden-path-node';
import { Command } from 'commander';
import { parse } from 'csv-parse/sync';
import { createFolder } from '../../../tests/support/createFolder';
import { commentCommand } from './commands/comment';
import { guardCommand } from './commands/guard';
import { provisionCommand } from './commands/provision';
import { rebaseCommand } from './commands/rebase';
import { recordCommand } from './commands/record';
import { requestCommand } from './commands/request';
import { statusCommand } from './commands/status';
import { fakeTerminal, WORKFLOW_RUN } from './commands/testing/terminal';

// The test starts a server and runs the provisioner on it.
const TFVARS = 'envs/dev-rds/terraform.tfvars';
const AUDIT = auditPath('dev');

/** Names that new requests must not have, a domain that no longer exists, and a custom field. */
const oldEntry = (database: string, username: string) => `    ${database}:
      metadata:
        id: DATABASE_DEV_${database.toUpperCase()}
        component: 2nd-service # older than the rule
        owner: platform-team
        requested_by: jane
        domain: sales
        risk: medium
        status: pending
        created_date: "2024-01-31"
        note: kept
      configuration:
        username: ${username}
        size_tier: small
        instance_class: db.t3.micro
        secret_path: goldenpath/dev/${database}/postgres
`;
const oldCatalog = (...entries: string[]) =>
  `# Without a version, as the first ones were.
databases:
  dev:
${entries.join('')}`;
const tfvars = (names: Record<string, string>) =>
  `application_databases = {\n${Object.entries(names)
    .map(
      ([database, username]) =>
        `  ${database} = { database_name = "${database}", username = "${username}" }\n`,
    )
    .join('')}}\n`;

const ORDERS = oldEntry('pg_orders', 'rdsapp_user');
const LATE = oldEntry('pg_stock', 'rdsstock_user');
const OLD_ROW =
  '2024-01-31T10:00:00.000Z,dev,b1,r1,gone_db,gone_user,create_role,success';
const OLD_AUDIT = `${AUDIT_COLUMNS.slice(0, 8).join(',')}\n${OLD_ROW}\n`;

const USERS: Record<string, string> = {
  a_new_db: 'a_new_user',
  pg_orders: 'rdsapp_user',
};

it('every command accepts an old audit file and an old catalog', async () => {
  const folder = createFolder();
  // The user of PostgreSQL must reach its data.
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({
    dataDir: join(folder, 'data'),
    port: 0,
    logFile: join(folder, 'postgres.log'),
  });
  try {
    const root = join(folder, 'infra');
    const git = (...args: string[]) =>
      execFileSync('git', args, {
        cwd: root,
        env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
        encoding: 'utf8',
        stdio: 'pipe',
      });
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    const read = (path: string) => readFileSync(join(root, path), 'utf8');
    const commit = (message: string) => {
      git('add', '--all');
      git('commit', '--quiet', '-m', message);
    };
    execFileSync('git', [
      ...['init', '--quiet', '--bare', '--initial-branch=main'],
      join(folder, 'remote.git'),
    ]);
    execFileSync('git', [
      ...['clone', '--quiet', join(folder, 'remote.git'), root],
    ]);
    git('config', 'user.name', 'a');
    git('config', 'user.email', 'a@example.com');
    write(CATALOG_PATH, oldCatalog(ORDERS));
    write(TFVARS, tfvars({ pg_orders: 'rdsapp_user' }));
    write(AUDIT, OLD_AUDIT);
    commit('old files');
    git('push', '--quiet', 'origin', 'HEAD:main');
    // Also a request that was opened under older rules.
    const late = 'database/dev/pg_stock';
    git('checkout', '--quiet', '-b', late);
    write(CATALOG_PATH, oldCatalog(ORDERS, LATE));
    write(
      TFVARS,
      tfvars({ pg_orders: 'rdsapp_user', pg_stock: 'rdsstock_user' }),
    );
    commit(
      `x\n\n${renderCommitTrailer({
        environment: 'dev',
        databaseName: 'pg_stock',
      })}`,
    );
    git('push', '--quiet', 'origin', late);
    git('checkout', '--quiet', 'main');

    const { terminal, said } = fakeTerminal(WORKFLOW_RUN);
    const never = () => {
      throw new Error(
        'Neither a pull request nor its labels are to be touched.',
      );
    };
    const pull = { number: 1, url: 'http://github/pull/1', labels: [] };
    const comments: string[] = [];
    const deps = {
      terminal,
      directory: createDirectoryFiles,
      repository: async (at: string) => createGitRepository(at),
      pullRequests: () => ({
        listOpen: async () => [{ ...pull, branch: late, body: '' }],
        findOpen: async () => ({ ...pull, title: '', body: '' }),
        create: async () => never(),
        update: async () => undefined,
        addLabels: async () => undefined,
      }),
      records: () => ({
        async *moves() {},
        isMerged: async () => false,
        filesAt: () => ({ read: async () => undefined }),
      }),
      comments: () => ({
        ofBots: async () => [],
        create: async (_: number, body: string) => {
          comments.push(body);
        },
        update: async () => undefined,
      }),
      labels: never,
      secrets: () => ({
        read: async (paths: readonly string[]) =>
          paths.map(path => {
            const { host, port } = postgres;
            const database = path.split('/')[2];
            const app = {
              dbname: database,
              username: USERS[database],
              password: 'a-password',
            };
            const value = path.endsWith('rds/master') ? postgres.master : app;
            const text = JSON.stringify({ host, port, ...value });
            return { path, text, versionId: 'v1' };
          }),
      }),
      connect: connectPostgres,
      auditFile,
      stopSignal: () => new AbortController().signal,
    };
    const run = async (command: Command, ...args: string[]) => {
      said.out.length = 0;
      await command.exitOverride().parseAsync(args, { from: 'user' });
      return { code: said.code, out: said.out.join('\n') };
    };
    const inRoot = ['--root', root];
    const inDev = [...inRoot, '--env', 'dev'];

    expect(await run(statusCommand(deps), ...inDev)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/pg_orders.*rdsapp_user.*2nd-service/),
    });

    git('checkout', '--quiet', '-b', 'change');
    await run(
      requestCommand(deps),
      ...[...inDev, '--database', 'a_new_db', '--username', 'a_new_user'],
      ...['--owner', 'platform-team', '--requested-by', 'jane'],
      ...['--component', 'user-service'],
    );
    expect(read(CATALOG_PATH)).toContain(ORDERS);
    expect(Object.keys(readCatalog(read(CATALOG_PATH), 'x').dev)).toEqual([
      'a_new_db',
      'pg_orders',
    ]);
    commit('request');

    expect(await run(guardCommand(deps), ...inRoot, '--base', 'main')).toEqual({
      code: 0,
      out: 'The catalog and terraform.tfvars agree.',
    });
    git('checkout', '--quiet', 'main');
    git('merge', '--quiet', 'change');
    git('push', '--quiet', 'origin', 'main');

    expect(await run(rebaseCommand(deps), ...inRoot)).toEqual({
      code: 0,
      out: `Pull request #1 (${late}): updated.`,
    });
    git('fetch', '--quiet', 'origin');
    expect(git('show', `origin/${late}:${TFVARS}`)).toContain('a_new_db');
    expect(git('show', `origin/${late}:${CATALOG_PATH}`)).toContain(ORDERS);

    const provisioned = await run(
      provisionCommand(deps),
      ...[...inDev, '--ca-file', postgres.caFile, '--run-id', 'r2'],
    );
    expect(provisioned.out).toContain('Done: ');
    expect(provisioned.code).toBe(0);
    expect(read(CATALOG_PATH)).toContain(
      ORDERS.replace('status: pending', 'status: active'),
    );
    const [header, first, ...rows] = parse(read(AUDIT)) as string[][];
    expect(header).toEqual([...AUDIT_COLUMNS]);
    expect(first).toEqual([...OLD_ROW.split(','), '', '', '']);
    expect(rows.map(fields => fields[4])).toContain('pg_orders');

    expect(await run(recordCommand(deps), ...inDev)).toEqual({
      code: 0,
      out: 'Committed audit and status to main.',
    });
    git('fetch', '--quiet', 'origin');
    for (const path of [AUDIT, CATALOG_PATH])
      expect(git('show', `origin/main:${path}`)).toBe(read(path));
    expect((await run(recordCommand(deps), ...inDev)).out).toBe(
      'Nothing to commit.',
    );

    write('printed.txt', provisioned.out);
    await run(
      commentCommand(deps),
      ...['--pull', '1', '--key', 'plan', '--title', 'Plan'],
      ...['--file', join(root, 'printed.txt')],
    );
    expect(comments).toEqual([expect.stringContaining('Done: ')]);
  } finally {
    await postgres.stop();
  }
});
