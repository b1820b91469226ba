import { resolve } from 'node:path';
import { InputError } from '@backstage/errors';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import {
  renderCommitTrailer,
  planInfraRequest,
} from '@goldenpath/plugin-golden-path-node';
import {
  CREATED,
  declareDatabase,
} from '../../../../tests/support/exampleDatabase';
import { rebaseCommand } from './rebase';
import { fakeRepository, Files } from './testing/repository';
import {
  fakeTerminal,
  GITHUB,
  never,
  onlySettings,
  Said,
  WORKFLOW_RUN,
} from './testing/terminal';

const TFVARS = 'envs/dev-rds/terraform.tfvars';
const EMPTY: Files = {
  [CATALOG_PATH]: 'version: "1.0"\ndatabases: {}\n',
  [TFVARS]: 'application_databases = {}\n',
};

/** The files after a request for this database. */
const withRequest = async (
  databaseName: string,
  files: Files,
  username = `${databaseName}_user`,
): Promise<Files> => {
  const { changes } = await planInfraRequest(
    {
      catalog: { path: CATALOG_PATH, text: files[CATALOG_PATH] },
      tfvars: { path: TFVARS, text: files[TFVARS] },
    },
    declareDatabase(databaseName, { username }),
    CREATED,
  );
  return {
    ...files,
    ...Object.fromEntries(changes.map(({ path, text }) => [path, text])),
  };
};

describe('goldenpath-rds rebase', () => {
  /** Comments of bots on any pull request. */
  let comments: Array<{ number: number; id: number; body: string }>;
  beforeEach(() => {
    comments = [];
  });
  const rebase = async (
    infra: ReturnType<typeof fakeRepository> | undefined,
    open: string[],
    args: string[] = [],
    env: Record<string, string> = WORKFLOW_RUN,
    goldenpathYaml?: string,
  ): Promise<Said> => {
    const { terminal, said } = fakeTerminal(env);
    await rebaseCommand({
      terminal,
      directory: root => {
        expect(root).toBe(resolve('infra'));
        return onlySettings(goldenpathYaml);
      },
      repository: async root => {
        expect(root).toBe(resolve('infra'));
        return infra ? infra.repository : never();
      },
      pullRequests: github => {
        expect(github).toEqual(GITHUB);
        if (!infra) return never();
        const pulls = open.map((branch, at) => ({
          number: at + 1,
          url: `http://github/pull/${at + 1}`,
          branch,
          title: '',
          body: '',
          labels: [],
        }));
        return {
          ...infra.pullRequests,
          listOpen: async () => pulls,
          findOpen: async branch => pulls.find(pull => pull.branch === branch),
        };
      },
      comments: github => {
        expect(github).toEqual(GITHUB);
        return {
          ofBots: async number => comments.filter(one => one.number === number),
          create: async (number, body) => {
            infra!.log.push(`comment on #${number}`);
            comments.push({ number, id: comments.length + 1, body });
          },
          update: async (id, body) => {
            infra!.log.push(`update comment ${id}`);
            comments[id - 1].body = body;
          },
        };
      },
    })
      .exitOverride()
      .parseAsync(['--root', 'infra', ...args], { from: 'user' });
    return said;
  };

  it('updates a request, and continues after one that it cannot update', async () => {
    const infra = fakeRepository(
      {
        main: await withRequest('first_db', EMPTY),
        'database/dev/lost_db': EMPTY,
        'database/dev/second_db': await withRequest('second_db', EMPTY),
      },
      {
        'database/dev/second_db': renderCommitTrailer({
          environment: 'dev',
          databaseName: 'second_db',
        }),
      },
    );
    const { out, code } = await rebase(infra, [
      ...['feature', 'database/dev/lost_db', 'database/dev/second_db'],
    ]);
    expect(out).toEqual([
      `::warning::Pull request #2 (database/dev/lost_db): ${CATALOG_PATH} on the branch database/dev/lost_db has no entry databases.dev.lost_db; close the pull request, delete the branch and send the request again.`,
      'Pull request #3 (database/dev/second_db): updated.',
    ]);
    expect(code).toBe(0);
    expect(comments).toEqual([
      {
        number: 2,
        id: 1,
        body: expect.stringMatching(
          /has no entry databases\.dev\.lost_db[^]*close this pull request/,
        ),
      },
    ]);
    const rebased = infra.branches['database/dev/second_db'];
    for (const database of ['first_db', 'second_db'])
      expect(rebased[TFVARS]).toContain(`  ${database} = {`);
  });

  it('rebases requests of the environments that goldenpath.yaml names', async () => {
    const infra = () =>
      fakeRepository({ main: EMPTY, 'database/perf/a_db': {} });
    const settings = 'environments: [perf]\n';
    expect(
      (
        await rebase(
          infra(),
          ['database/perf/a_db'],
          [],
          WORKFLOW_RUN,
          settings,
        )
      ).out,
    ).toEqual([
      expect.stringContaining('Pull request #1 (database/perf/a_db)'),
    ]);
    expect((await rebase(infra(), ['database/perf/a_db'])).out).toEqual([
      'No request is open.',
    ]);
  });

  const lost = 'database/dev/lost_db';
  const withOwnCommit = (files: Files) =>
    fakeRepository({ main: EMPTY, [lost]: files });
  it.each([
    {
      reason: 'the database exists with other values',
      infra: async () =>
        fakeRepository({
          main: await withRequest('lost_db', EMPTY, 'others_user'),
          [lost]: await withRequest('lost_db', EMPTY),
        }),
      says: /^::warning::.*lost_db.*others_user/,
    },
    {
      reason: 'the base has a file that can not be edited',
      infra: async () =>
        fakeRepository({
          main: { ...EMPTY, [TFVARS]: 'application_databases = {' },
          [lost]: await withRequest('lost_db', EMPTY),
        }),
      says: new RegExp(`^::warning::.*${TFVARS}:1`),
    },
    {
      reason: 'the branch has a catalog that can not be read',
      infra: async () => withOwnCommit({ ...EMPTY, [CATALOG_PATH]: ': [' }),
      says: new RegExp(`^::warning::.*${CATALOG_PATH}:1`),
    },
    {
      reason: 'the branch holds a request that breaks the rules',
      infra: async () => {
        const files = await withRequest('lost_db', EMPTY);
        return withOwnCommit({
          ...files,
          [CATALOG_PATH]: files[CATALOG_PATH].replace('lost_db_user', 'pg_x'),
        });
      },
      says: /^::warning::.*has an invalid request/,
    },
    {
      reason: 'the branch has a commit of another author',
      infra: async () =>
        fakeRepository({
          main: await withRequest('first_db', EMPTY),
          [lost]: await withRequest('lost_db', EMPTY),
        }),
      says: /^::warning::.*has commits by others/,
    },
  ])('comments once on the pull request if $reason', async row => {
    const infra = await row.infra();
    for (let run = 0; run < 2; run++) {
      expect(await rebase(infra, [lost])).toEqual({
        out: [expect.stringMatching(row.says)],
        err: [],
        code: 0,
      });
    }
    expect(infra.log).toEqual(['comment on #1']);
  });

  it('updates the comment when the reason changes or no longer applies', async () => {
    const infra = fakeRepository({
      main: await withRequest('lost_db', EMPTY, 'others_user'),
      [lost]: await withRequest('lost_db', EMPTY),
    });
    await rebase(infra, [lost]);
    infra.branches.main = await withRequest('lost_db', EMPTY, 'more_user');
    await rebase(infra, [lost]);
    expect(comments[0].body).toContain('more_user');
    infra.branches.main = EMPTY;
    expect((await rebase(infra, [lost])).out).toEqual([
      `Pull request #1 (${lost}): updated.`,
    ]);
    expect(comments).toHaveLength(1);
    expect(comments[0].body).toContain('up to date again');
    await rebase(infra, [lost]);
    expect(infra.log.filter(line => line.includes('comment'))).toEqual([
      'comment on #1',
      'update comment 1',
      'update comment 1',
    ]);
  });

  it('fails if git fails, even with an error of the same name, and continues with the others', async () => {
    const infra = fakeRepository(
      {
        main: await withRequest('first_db', EMPTY),
        [lost]: await withRequest('lost_db', EMPTY),
        'database/dev/second_db': await withRequest('second_db', EMPTY),
      },
      Object.fromEntries(
        ['lost_db', 'second_db'].map(databaseName => [
          `database/dev/${databaseName}`,
          renderCommitTrailer({ environment: 'dev', databaseName }),
        ]),
      ),
    );
    const { pushCommit } = infra.repository;
    infra.repository.pushCommit = async options => {
      if (options.branch === lost) throw new InputError('git push failed');
      return pushCommit(options);
    };
    expect(await rebase(infra, [lost, 'database/dev/second_db'])).toEqual({
      out: [
        `::error::Pull request #1 (${lost}): git push failed`,
        'Pull request #2 (database/dev/second_db): updated.',
      ],
      err: [],
      code: 1,
    });
    expect(comments).toEqual([]);
  });

  it('reports a request that is already merged', async () => {
    const files = await withRequest('first_db', EMPTY);
    const infra = fakeRepository({
      main: files,
      'database/dev/first_db': files,
    });
    expect(await rebase(infra, ['database/dev/first_db'])).toEqual({
      out: [
        'Pull request #1 (database/dev/first_db): the base branch already has its database; close the pull request.',
      ],
      err: [],
      code: 0,
    });
    expect(infra.log).toEqual([]);
  });

  it('reports that no request is open', async () => {
    expect(await rebase(fakeRepository({ main: EMPTY }), [])).toEqual({
      out: ['No request is open.'],
      err: [],
      code: 0,
    });
  });

  it('opens nothing if options are invalid', async () => {
    const args = [
      ...['--base', 'a..b', '--catalog', '/x', '--environments-path', '../x'],
      ...['--secret-prefix', ''],
    ];
    await expect(rebase(undefined, [], args)).rejects.toMatchObject({
      name: 'UsageError',
      message: `The command line has 4 problems:
  --base: use a branch name, such as main. Got "a..b".
  --catalog: use a path inside the infra repo. Got "/x".
  --environments-path: use a path inside the infra repo. Got "../x".
  --secret-prefix: use letters, digits and / _ + = . @ -, beginning with a letter or digit, such as goldenpath. Got "".`,
    });
  });

  it('reports missing environment variables before it opens the clone', async () => {
    await expect(rebase(undefined, [], [], {})).rejects.toMatchObject({
      name: 'UsageError',
      message:
        'rebase requires GITHUB_TOKEN and GITHUB_REPOSITORY (as owner/name); set them as environment variables.',
    });
  });
});
