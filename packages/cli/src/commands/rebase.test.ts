import { resolve } from 'node:path';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import {
  commitTrailer,
  planInfraRequest,
} from '@goldenpath/plugin-golden-path-node';
import { rebaseCommand } from './rebase';
import { fakeRepository, Files } from './testing/repository';
import {
  fakeTerminal,
  GITHUB,
  never,
  Said,
  WORKFLOW_RUN,
} from './testing/terminal';

const TFVARS = 'envs/dev-rds/terraform.tfvars';
const EMPTY: Files = {
  [CATALOG_PATH]: 'version: "1.0"\ndatabases: {}\n',
  [TFVARS]: 'application_databases = {}\n',
};

/** The files with a request for this database in them. */
const withRequest = async (
  databaseName: string,
  files: Files,
): Promise<Files> => {
  const request = {
    component_id: 'user-service',
    databaseName,
    username: `${databaseName}_user`,
    owner: 'platform-team',
    environment: 'dev',
    domain: 'delivery',
    risk: 'medium',
    size: 'small',
    requestedBy: 'jane',
  } as const;
  const { changes } = await planInfraRequest(
    {
      catalog: { path: CATALOG_PATH, text: files[CATALOG_PATH] },
      tfvars: { path: TFVARS, text: files[TFVARS] },
    },
    request,
    { createdDate: '2026-11-24' },
  );
  return {
    ...files,
    ...Object.fromEntries(changes.map(({ path, text }) => [path, text])),
  };
};

describe('goldenpath-rds rebase', () => {
  const rebase = async (
    infra: ReturnType<typeof fakeRepository> | undefined,
    open: string[],
    args: string[] = [],
    env: Record<string, string> = WORKFLOW_RUN,
  ): Promise<Said> => {
    const { terminal, said } = fakeTerminal(env);
    await rebaseCommand({
      terminal,
      repository: async root => {
        expect(root).toBe(resolve('infra'));
        return infra ? infra.repository : never();
      },
      pullRequests: settings => {
        expect(settings).toEqual(GITHUB);
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
    })
      .exitOverride()
      .parseAsync(['--root', 'infra', ...args], { from: 'user' });
    return said;
  };

  it('brings a request up to date, and goes on past one that it cannot', async () => {
    const infra = fakeRepository(
      {
        main: await withRequest('first_db', EMPTY),
        'database/dev/lost_db': EMPTY,
        'database/dev/second_db': await withRequest('second_db', EMPTY),
      },
      {
        'database/dev/second_db': commitTrailer({
          environment: 'dev',
          databaseName: 'second_db',
        }),
      },
    );
    const { out, code } = await rebase(infra, [
      ...['feature', 'database/dev/lost_db', 'database/dev/second_db'],
    ]);
    expect(out).toEqual([
      `::error::Pull request #2 (database/dev/lost_db): ${CATALOG_PATH} on the branch database/dev/lost_db has no entry databases.dev.lost_db; close the pull request, delete the branch and send the request again.`,
      'Pull request #3 (database/dev/second_db): updated.',
    ]);
    expect(code).toBe(1);
    const rebased = infra.branches['database/dev/second_db'];
    for (const database of ['first_db', 'second_db'])
      expect(rebased[TFVARS]).toContain(`  ${database} = {`);
  });

  it('says that a request is merged already', async () => {
    const files = await withRequest('first_db', EMPTY);
    const infra = fakeRepository({
      main: files,
      'database/dev/first_db': files,
    });
    expect(await rebase(infra, ['database/dev/first_db'])).toEqual({
      out: [
        'Pull request #1 (database/dev/first_db): its database is in the base branch already; close it.',
      ],
      err: [],
      code: 0,
    });
    expect(infra.log).toEqual([]);
  });

  it('says that no request is open', async () => {
    expect(await rebase(fakeRepository({ main: EMPTY }), [])).toEqual({
      out: ['No request is open.'],
      err: [],
      code: 0,
    });
  });

  it('opens nothing where options are wrong', async () => {
    const args = [
      ...['--base', 'a..b', '--catalog', '/x', '--environments-path', '../x'],
      ...['--secret-prefix', ''],
    ];
    await expect(rebase(undefined, [], args)).rejects.toMatchObject({
      name: 'UsageError',
      message: `4 things are wrong with the command line:
  --base: use the name of a branch, such as main. Got "a..b".
  --secret-prefix: use characters that a secret name may have, such as goldenpath. Got "".
  --catalog: use a path inside the infra repo. Got "/x".
  --environments-path: use a path inside the infra repo. Got "../x".`,
    });
  });

  it('says what the environment lacks before it opens the clone', async () => {
    await expect(rebase(undefined, [], [], {})).rejects.toMatchObject({
      name: 'UsageError',
      message:
        'rebase needs GITHUB_TOKEN and GITHUB_REPOSITORY (as owner/name) in the environment, as a workflow run has them.',
    });
  });
});
