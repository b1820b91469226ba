import { resolve } from 'node:path';
import { auditPath, CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { recordCommand } from './record';
import { fakeRepository } from './testing/repository';
import {
  fakeTerminal,
  GITHUB,
  never,
  onlySettings,
  Said,
  WORKFLOW_RUN,
} from './testing/terminal';

const AUDIT = auditPath('dev');
const HEADER =
  'timestamp_utc,environment,build_id,run_id,database,username,action,status,duration_ms,message,run_url\n';
const ROW = '2026-11-24T10:00:00.000Z,dev,,,,,observe,success,1,done,\n';

describe('goldenpath-rds record', () => {
  const record = async (
    infra: ReturnType<typeof fakeRepository> | undefined,
    args: string[] = ['--env', 'dev'],
    env: Record<string, string> = WORKFLOW_RUN,
  ): Promise<Said> => {
    const { terminal, said } = fakeTerminal(env);
    const checkedOut: Record<string, string> = { [AUDIT]: HEADER + ROW };
    await recordCommand({
      terminal,
      directory: () =>
        infra ? { read: async path => checkedOut[path] } : onlySettings(),
      repository: async root => {
        expect(root).toBe(resolve('infra'));
        return infra ? infra.repository : never();
      },
      pullRequests: settings => {
        expect(settings).toEqual(GITHUB);
        return infra ? infra.pullRequests : never();
      },
      records: settings => {
        expect(settings).toEqual(GITHUB);
        return infra ? infra.records : never();
      },
    })
      .exitOverride()
      .parseAsync(['--root', 'infra', ...args], { from: 'user' });
    return said;
  };

  it('commits the rows that the branch lacks, and nothing the second time', async () => {
    const infra = fakeRepository({ main: { [AUDIT]: HEADER } });
    expect(await record(infra)).toEqual({
      out: ['Committed audit and status to main.'],
      err: [],
      code: 0,
    });
    expect(infra.branches.main[AUDIT]).toBe(HEADER + ROW);
    expect((await record(infra)).out).toEqual(['Nothing to commit.']);
    expect(infra.log).toEqual([`push main: ${AUDIT}`]);
  });

  it('opens a pull request if the branch is protected', async () => {
    const infra = fakeRepository({ trunk: {} });
    infra.protectedBranches.add('trunk');
    const { out } = await record(infra, ['--env', 'dev', '--base', 'trunk']);
    expect(out).toEqual([
      'trunk is protected: audit and status are in a pull request, http://github/pull/7.',
    ]);
    expect(infra.log).toEqual([
      `push database/audit/dev: ${AUDIT}`,
      'open database/audit/dev',
    ]);
  });

  it('includes the rows of the open pull request and repeats none', async () => {
    const waiting = ROW.replace(/^[^,]*/, '2026-11-23');
    const infra = fakeRepository({
      main: { [AUDIT]: HEADER },
      'database/audit/dev': { [AUDIT]: HEADER + waiting },
    });
    await record(infra);
    expect(infra.branches.main[AUDIT]).toBe(HEADER + waiting + ROW);
    expect((await record(infra)).out).toEqual(['Nothing to commit.']);
  });

  it.each([
    {
      reason: 'as text',
      env: {},
      expected: /^Warning: Ignored 1 audit row of /,
    },
    {
      reason: 'as an annotation of the run',
      env: { GITHUB_ACTIONS: 'true' },
      expected: /^::warning::Ignored 1 audit row of /,
    },
  ])(
    'records no row that somebody else pushed, and shows it $reason',
    async ({ env, expected }: { env: object; expected: RegExp }) => {
      const forged = ROW.replace('observe', 'grant');
      const infra = fakeRepository({
        main: { [AUDIT]: HEADER },
        'database/audit/dev': { [AUDIT]: HEADER + forged },
      });
      infra.movedBy['database/audit/dev'] = 'mallory';
      const { out } = await record(infra, ['--env', 'dev', '--app', 'gp'], {
        ...WORKFLOW_RUN,
        ...env,
      });
      expect(infra.branches.main[AUDIT]).toBe(HEADER + ROW);
      expect(out[0]).toMatch(expected);
      expect(out[0]).toContain(
        'database/audit/dev: mallory pushed to it, and only rows that gp[bot] pushed count. Ask mallory why.',
      );
      expect(out[0]).toContain(forged.trim());
    },
  );

  it.each([
    {
      reason: 'no environment',
      args: [],
      message: '--env is required: use one of dev, test, staging, prod.',
    },
    {
      reason: 'only invalid options',
      args: [
        '--env',
        'mars',
        '--base',
        '-x',
        '--catalog',
        `../${CATALOG_PATH}`,
        '--app',
        'gp[bot]',
      ],
      message: `The command line has 4 problems:
  --env: use one of dev, test, staging, prod. Got "mars".
  --base: use a branch name, such as main. Got "-x".
  --catalog: use a path inside the infra repo. Got "../${CATALOG_PATH}".
  --app: use the slug of a GitHub App, such as golden-path. Got "gp[bot]".`,
    },
  ])('opens nothing with $reason', async ({ args, message }) => {
    await expect(record(undefined, args)).rejects.toMatchObject({
      name: 'UsageError',
      message,
    });
  });

  it.each<{ reason: string; env: Record<string, string>; message: string }>([
    {
      reason: 'a variable is missing',
      env: { GITHUB_REPOSITORY: 'acme/infra' },
      message:
        'record requires GITHUB_TOKEN; set it as an environment variable.',
    },
    {
      reason: 'the address has no scheme',
      env: {
        GITHUB_TOKEN: 'a-token',
        GITHUB_REPOSITORY: 'acme/infra',
        GITHUB_API_URL: 'github.example.com',
      },
      message:
        'GITHUB_API_URL: use the URL of GitHub\'s API, such as https://github.example.com/api/v3. Got "github.example.com".',
    },
  ])(
    'reports invalid environment variables before it opens the clone: $reason',
    async ({ env, message }) => {
      await expect(
        record(undefined, ['--env', 'dev'], env),
      ).rejects.toMatchObject({ name: 'UsageError', message });
    },
  );
});
