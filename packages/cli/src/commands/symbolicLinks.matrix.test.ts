import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import {
  auditPath,
  branchName,
  CATALOG_PATH,
} from '@goldenpath/plugin-golden-path-common';
import {
  createDirectoryFiles,
  createGitRepository,
  openPullRequest,
  planInfraRequest,
  readDeclaredDatabases,
  rebaseRequests,
  recordByGit,
} from '@goldenpath/plugin-golden-path-node';
import { runCommandLine } from '../../../../tests/support/commandLine';
import { createFolder } from '../../../../tests/support/createFolder';
import {
  CREATED,
  declareDatabase,
} from '../../../../tests/support/exampleDatabase';
import { fakeRepository } from './testing/repository';

const TFVARS = 'envs/dev-rds/terraform.tfvars';
const AUDIT = auditPath('dev');

const request = declareDatabase('users_db');

/** What a command reads: a link among these stops it. */
const READS = {
  request: [TFVARS, CATALOG_PATH],
  provision: [TFVARS, CATALOG_PATH, AUDIT],
  status: [CATALOG_PATH],
  guard: [TFVARS, CATALOG_PATH],
  'request --open-pr': [TFVARS, CATALOG_PATH],
  rebase: [TFVARS, CATALOG_PATH],
  record: [CATALOG_PATH, AUDIT],
};
type Command = keyof typeof READS;

describe('a symbolic link', () => {
  let folder: string;
  let root: string;
  beforeEach(() => {
    folder = createFolder();
    root = join(folder, 'infra');
    git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', 'remote');
    git(folder, 'init', '--quiet', '--initial-branch=main', root);
    git(root, 'remote', 'add', 'origin', join(folder, 'remote'));
    write(CATALOG_PATH, 'version: "1.0"\ndatabases: {}\n');
    write(TFVARS, 'application_databases = {}\n');
    write(AUDIT, '');
  });

  const env = () => ({
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  });
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', args, { cwd, env: env(), encoding: 'utf8' });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  /** Moves a path to another place, and leaves a link to it. */
  const link = (path: string, target: string, moved = target) => {
    const to = join(root, dirname(path), moved);
    mkdirSync(dirname(to), { recursive: true });
    renameSync(join(root, path), to);
    symlinkSync(target, join(root, path));
  };
  /** Pushes everything to main, and a request of users_db on top as a branch. */
  const commit = async () => {
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '-m', 'x');
    git(root, 'push', '--quiet', 'origin', 'HEAD:main');
    const catalog = { path: CATALOG_PATH, text: 'databases: {}\n' };
    const tfvars = { path: TFVARS, text: 'application_databases = {}\n' };
    const { changes } = await planInfraRequest(
      { catalog, tfvars },
      request,
      CREATED,
    );
    await createGitRepository(root, env()).pushCommit({
      parent: git(root, 'rev-parse', 'HEAD').trim(),
      branch: branchName(request),
      message: 'request',
      changes: isLinked(CATALOG_PATH)
        ? []
        : changes.filter(({ path }) => path === CATALOG_PATH),
      replaces: undefined,
    });
  };
  const isLinked = (path: string) =>
    realpathSync(join(root, path)) !== join(realpathSync(root), path);

  const errorOf = async (work: Promise<unknown>) =>
    work.then(
      () => 'no error',
      (error: Error) => error.message,
    );
  const run = async (...args: string[]) => {
    const { code, out, err } = await runCommandLine([...args, '--root', root], {
      HOME: folder,
    });
    expect(code).toBe(1);
    return (out + err).replace('Error: ', '');
  };
  const infraRepo = { mode: 'auto' as const };
  const ports = () => ({
    ...fakeRepository({}),
    repository: createGitRepository(root, env()),
  });

  /** Runs one command, and gives its complaint. */
  const complain: Record<Command, () => Promise<string>> = {
    request: () =>
      run(
        ...['request', '--env', 'dev', '--database', 'users_db'],
        ...['--username', 'users_user', '--owner', 'platform-team'],
        ...['--requested-by', 'jane', '--component', 'user-service'],
      ),
    provision: () => run('provision', '--env', 'dev', '--dry-run'),
    status: () => run('status', '--env', 'dev'),
    guard: async () => {
      const said = await run('guard', '--base', 'main');
      const { problems } = await readDeclaredDatabases(
        createGitRepository(root, env()).filesAt('HEAD'),
        {},
      );
      // The checked-out files, and the same as a commit.
      for (const { path, line, message } of problems)
        expect(said).toContain(`${path}:${line}: ${message}`);
      return problems
        .map(({ path, line, message }) => `${path}:${line}:1: ${message}`)
        .join('\n');
    },
    'request --open-pr': () =>
      errorOf(
        openPullRequest(
          {
            request,
            taskId: 'none',
            base: 'main',
            today: '2026-11-24',
            infraRepo,
          },
          ports(),
        ),
      ),
    rebase: async () => {
      const branch = branchName(request);
      const pull = { number: 7, url: 'u', branch, body: '' };
      const { pullRequests, repository } = ports();
      let comment = '';
      const [rebased] = await rebaseRequests(
        { base: 'main', today: '2026-11-24', infraRepo },
        {
          repository,
          pullRequests: { ...pullRequests, listOpen: async () => [pull] },
          comments: {
            ofBots: async () => [],
            create: async (_, body) => {
              comment = body;
            },
            update: async () => undefined,
          },
        },
      );
      return 'error' in rebased ? rebased.error.message : comment;
    },
    record: () =>
      errorOf(
        recordByGit(
          { environment: 'dev', base: 'main', account: 'a[bot]' },
          { files: createDirectoryFiles(root), ...ports() },
        ),
      ),
  };

  it.each<{
    reason: string;
    path: string;
    target: string;
    make?(): void;
  }>([
    {
      reason: 'CASES 14, terraform-example-foundation #110: terraform.tfvars',
      path: TFVARS,
      target: '../shared.tfvars',
    },
    {
      reason: 'one that points to nothing',
      path: TFVARS,
      target: 'nowhere.tfvars',
      make: () => link(TFVARS, 'nowhere.tfvars', 'elsewhere.txt'),
    },
    {
      reason: 'one that points out of the repo',
      path: TFVARS,
      target: '../../../outside.tfvars',
    },
    {
      reason: 'one with an absolute target',
      path: TFVARS,
      target: '/etc/hostname',
      make: () => link(TFVARS, '/etc/hostname', 'elsewhere.txt'),
    },
    {
      reason: 'one that points to itself',
      path: TFVARS,
      target: 'terraform.tfvars',
      make: () => link(TFVARS, 'terraform.tfvars', 'elsewhere.txt'),
    },
    {
      reason: "CASES 14, #1196: the environment's folder",
      path: 'envs/dev-rds',
      target: '../roots/dev-rds',
    },
    {
      reason: 'the folder of all environments',
      path: 'envs',
      target: 'live',
    },
    {
      reason: 'a file that Terraform loads beside it',
      path: 'envs/dev-rds/common.auto.tfvars',
      target: '../common.auto.tfvars',
      make: () => {
        write('envs/common.auto.tfvars', 'region = "x"\n');
        symlinkSync(
          '../common.auto.tfvars',
          join(root, 'envs/dev-rds/common.auto.tfvars'),
        );
      },
    },
    {
      reason: 'the catalog',
      path: CATALOG_PATH,
      target: 'catalog.yaml',
    },
    {
      reason: 'a folder above the catalog',
      path: 'docs',
      target: 'documents',
    },
    { reason: 'the audit', path: AUDIT, target: 'audit.csv' },
    {
      reason: 'a folder above the audit',
      path: 'governance',
      target: 'records',
    },
  ])('has one answer everywhere: $reason', async ({ path, target, make }) => {
    if (make) make();
    else link(path, target);
    await commit();
    const expected = `${path}:1:1: this is a symbolic link to "${target}", and symbolic links are not followed, because a commit doesn't have what they point to. Replace it with the file or folder itself.`;
    for (const [command, paths] of Object.entries(READS)) {
      const isRead = paths.some(
        read => read === path || read.startsWith(`${path}/`),
      );
      const isBeside =
        dirname(path) === dirname(TFVARS) && paths.includes(TFVARS);
      if (!isRead && !isBeside) continue;
      expect({
        command,
        says: await complain[command as Command](),
      }).toEqual({ command, says: expect.stringContaining(expected) });
    }
  });

  it('in place of goldenpath.yaml stops every command, too', async () => {
    write('goldenpath.yaml', 'approvers: dba\n');
    link('goldenpath.yaml', 'settings.yaml');
    await commit();
    const said = [
      await complain.request(),
      await complain.provision(),
      await complain.status(),
      await run('guard', '--base', 'main'),
      await run('guard', '--base', 'main', '--head', 'HEAD'),
      await run('settings'),
      await run('owners', '--env', 'dev'),
    ];
    for (const text of said)
      expect(text).toContain(
        'goldenpath.yaml:1:1: this is a symbolic link to "settings.yaml", and symbolic links are not followed',
      );
  });

  it('of a whole folder may be the top of the repo', async () => {
    symlinkSync(root, join(folder, 'same'));
    expect(await createDirectoryFiles(join(folder, 'same')).read(TFVARS)).toBe(
      readFileSync(join(root, TFVARS), 'utf8'),
    );
  });
});
