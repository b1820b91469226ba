import { createServer, IncomingHttpHeaders, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { createOctokit } from './client';
import { createContents } from './contents';
import { createRepositories } from './repositories';
import { createWorkflowRuns } from './workflowRuns';

interface Call {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: any;
}
type Answer =
  | {
      status: number;
      body?: unknown;
      headers?: Record<string, string>;
    }
  | 'broken';

const repo = { owner: 'acme', repo: 'platform-infra' };
const run = { workflow: 'w.yml', ref: 'main', inputs: { environment: 'dev' } };
const DISPATCHES =
  '/repos/acme/platform-infra/actions/workflows/w.yml/dispatches';

describe('GitHub over HTTP', () => {
  let server: Server;
  let calls: Call[];
  let answers: Answer[];
  let sleeps: number[];

  beforeEach(async () => {
    calls = [];
    sleeps = [];
    server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      calls.push({
        method: request.method!,
        url: request.url!,
        headers: request.headers,
        body: text ? JSON.parse(text) : undefined,
      });
      const answer = answers.shift() ?? { status: 599 };
      if (answer === 'broken') {
        request.socket.destroy();
        return;
      }
      const { status, body, headers } = answer;
      response
        .writeHead(status, {
          'content-type':
            typeof body === 'string'
              ? 'application/vnd.github.raw; charset=utf-8'
              : 'application/json; charset=utf-8',
          ...headers,
        })
        .end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    await new Promise<void>(done => {
      server.listen(0, '127.0.0.1', done);
    });
  });
  afterEach(() => server.close());

  const octokitFor = async () =>
    createOctokit({
      apiUrl: `http://localhost:${(server.address() as AddressInfo).port}`,
      token: 'a-secret-token',
      sleep: async ms => {
        sleeps.push(ms);
      },
    });
  const runs = () => createWorkflowRuns(octokitFor);

  describe('dispatch', () => {
    const rows: Array<{
      answers: Answer[];
      result?: unknown;
      error?: { name: string; message?: RegExp };
      posts: number;
      reason: string;
    }> = [
      {
        answers: [
          {
            status: 200,
            body: { workflow_run_id: 7, html_url: 'http://x/runs/7' },
          },
        ],
        result: { id: 7, url: 'http://x/runs/7' },
        posts: 1,
        reason: 'GitHub names the run',
      },
      {
        answers: [{ status: 204 }],
        result: undefined,
        posts: 1,
        reason: 'GitHub before 2026-02',
      },
      {
        answers: [
          { status: 400, body: { message: 'return_run_details' } },
          { status: 204 },
        ],
        result: undefined,
        posts: 2,
        reason: 'Enterprise Server up to 3.20 rejects the field',
      },
      {
        answers: [{ status: 404, body: { message: 'Not Found' } }],
        error: { name: 'NotFoundError' },
        posts: 1,
        reason: 'no such workflow',
      },
      {
        answers: [{ status: 502, body: { message: 'Bad Gateway' } }],
        error: { name: 'ServiceUnavailableError' },
        posts: 1,
        reason: 'unknown whether dispatched: not sent again',
      },
      {
        answers: ['broken'],
        error: { name: 'ServiceUnavailableError' },
        posts: 1,
        reason: 'the connection broke: not sent again',
      },
      {
        answers: [
          { status: 429, headers: { 'retry-after': '3' } },
          { status: 204 },
        ],
        result: undefined,
        posts: 2,
        reason: 'rejected by the rate limit, so not executed',
      },
    ];
    it.each(rows)('$reason', async row => {
      answers = row.answers;
      const outcome = await runs()
        .dispatch(repo, run)
        .then(
          result => ({ result }),
          error => ({ error }),
        );
      if (row.error) {
        expect(outcome).toEqual({ error: expect.any(Error) });
        const { error } = outcome as { error: Error };
        expect(error.name).toBe(row.error.name);
        expect(error.message).toMatch(row.error.message ?? DISPATCHES);
        expect(JSON.stringify(error)).not.toContain('a-secret-token');
      } else {
        expect(outcome).toEqual({ result: row.result });
      }
      expect(calls.map(call => `${call.method} ${call.url}`)).toEqual(
        Array(row.posts).fill(`POST ${DISPATCHES}`),
      );
      expect(calls[0].body).toEqual({
        ref: 'main',
        inputs: run.inputs,
        return_run_details: true,
      });
      expect(calls[0].headers['x-github-api-version']).toBe('2022-11-28');
    });
  });

  /** The text of the refusal is the same in all: only the look decides. */
  describe('a dispatch that GitHub refuses with 422', () => {
    const REFUSED: Answer = { status: 422, body: { message: 'No.' } };
    const NONE: Answer = { status: 404, body: { message: 'Not Found' } };
    const meta = (version?: string): Answer => ({
      status: 200,
      body: { installed_version: version },
    });
    const state = (value: string): Answer => ({
      status: 200,
      body: { state: value },
    });
    const actions = (enabled: boolean): Answer => ({
      status: 200,
      body: { enabled },
    });
    const COMPARE =
      "The workflow of main doesn't take this dispatch: compare it with the w.yml of the installed version (acme/platform-infra)";
    const twelve = Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [`input_${n}`, 'x']),
    );
    const TOO_OLD = (version: string) =>
      `This GitHub Enterprise Server is ${version}: before 3.20 a workflow takes 10 inputs, and w.yml has 12. Upgrade the server to 3.20 or newer`;

    it.each([
      {
        looks: [meta('3.19.4')],
        says: TOO_OLD('3.19.4'),
        reason: 'runner #1425, #1928: an older server',
      },
      {
        looks: [meta('2.22.0')],
        says: TOO_OLD('2.22.0'),
        reason: 'a much older one',
      },
      {
        looks: [meta('3.20.0'), state('active'), actions(true)],
        says: COMPARE,
        reason: 'the first version that takes 25',
      },
      {
        looks: [meta('4.0.0'), state('active'), actions(true)],
        says: COMPARE,
        reason: 'a later one',
      },
      {
        looks: [meta('3.19.4'), state('active'), actions(true)],
        inputs: { x: 'y' },
        says: COMPARE,
        reason: 'an older server, but few inputs',
      },
      {
        looks: [meta(), state('disabled_manually')],
        says: 'Enable the workflow on the page Actions of the repository (acme/platform-infra)',
        reason: 'a disabled workflow',
      },
      {
        looks: [meta(), state('disabled_inactivity')],
        says: 'Enable the workflow on the page Actions of the repository (acme/platform-infra)',
        reason: 'one that GitHub disabled after 60 quiet days',
      },
      {
        looks: [meta(), state('active'), actions(false)],
        says: "Enable GitHub Actions in the repository's or the account's settings (acme/platform-infra)",
        reason: 'Actions are switched off',
      },
      {
        looks: [NONE, NONE, NONE],
        says: `${COMPARE}, and check that GitHub Actions is enabled in the repository's settings`,
        reason: 'nothing can be looked at',
      },
    ])('$reason', async ({ looks, inputs = twelve, says }) => {
      answers = [REFUSED, ...looks];
      const error = await runs()
        .dispatch(repo, { ...run, inputs })
        .catch(caught => caught);
      expect(error.name).toBe('InputError');
      expect(error.message).toBe(
        `GitHub answered POST ${DISPATCHES} with 422 "No.". ${says}, then try again.`,
      );
      expect(answers).toEqual([]);
    });
  });

  /** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed */
  describe('a repository that GitHub does not create', () => {
    const invalid = (...errors: object[]): Answer => ({
      status: 422,
      body: { message: 'Repository creation failed.', errors },
    });
    const custom = { resource: 'Repository', code: 'custom' };
    it.each([
      {
        answer: invalid({ ...custom, field: 'name', message: 'taken' }),
        name: 'ConflictError',
        reason: 'the name, in words that we never saw',
      },
      {
        answer: invalid({
          ...custom,
          field: 'visibility',
          message: 'a public one already exists',
        }),
        name: 'InputError',
        reason: 'another field, in the words of a taken name',
      },
      { answer: invalid(), name: 'InputError', reason: 'no field' },
      {
        answer: { status: 422, body: { message: 'x', errors: ['name'] } },
        name: 'InputError',
        reason: 'errors as plain texts',
      },
      {
        answer: { status: 403, body: { message: 'name already exists' } },
        name: 'NotAllowedError',
        reason: 'no right to create one',
      },
    ] as Array<{ answer: Answer; name: string; reason: string }>)(
      '$name: $reason',
      async ({ answer, name }) => {
        answers = [{ status: 200, body: { type: 'Organization' } }, answer];
        await expect(
          createRepositories(octokitFor).create(repo, {
            description: undefined,
            homepage: 'http://backstage/tasks/1',
            visibility: 'private',
          }),
        ).rejects.toMatchObject({ name });
      },
    );
  });

  describe('reading', () => {
    const rows: Array<{ answers: Answer[]; sleeps: number[]; reason: string }> =
      [
        {
          answers: [{ status: 502 }, 'broken', { status: 200 }],
          sleeps: [250, 1000],
          reason: 'retries after errors',
        },
        {
          answers: [
            {
              status: 403,
              headers: {
                'x-ratelimit-remaining': '0',
                'x-ratelimit-reset': '1795478410',
                date: 'Tue, 24 Nov 2026 00:00:00 GMT',
              },
            },
            { status: 200 },
          ],
          sleeps: [11_000],
          reason: "waits for the rate limit, by GitHub's clock",
        },
      ];
    it.each(rows)('$reason', async row => {
      answers = row.answers.map(one =>
        one !== 'broken' && one.status === 200
          ? { ...one, body: { html_url: 'u', clone_url: 'c' } }
          : one,
      );
      const found = await createRepositories(octokitFor).get(repo);
      expect(found?.url).toBe('u');
      expect(sleeps).toEqual(row.sleeps);
    });

    it('fails after four attempts', async () => {
      answers = Array(9).fill({ status: 503 });
      await expect(
        createRepositories(octokitFor).get(repo),
      ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
      expect(calls).toHaveLength(4);
    });

    it('does not wait for a rate limit that lasts longer than a call may wait', async () => {
      answers = [{ status: 429, headers: { 'retry-after': '3600' } }];
      await expect(
        createRepositories(octokitFor).get(repo),
      ).rejects.toMatchObject({
        name: 'RateLimitError',
        waitMs: 3_600_000,
        message: expect.stringMatching(
          /^GitHub's secondary rate limit rejects GET \/repos\/acme\/platform-infra until \d{4}-\S+Z\. Try again then\.$/,
        ),
      });
      expect(sleeps).toEqual([]);
    });

    it('distinguishes missing from forbidden', async () => {
      answers = [
        { status: 404, body: { message: 'Not Found' } },
        { status: 401, body: { message: 'Bad credentials' } },
      ];
      const repositories = createRepositories(octokitFor);
      expect(await repositories.get(repo)).toBeUndefined();
      await expect(repositories.get(repo)).rejects.toMatchObject({
        name: 'AuthenticationError',
        message:
          'GitHub answered GET /repos/acme/platform-infra with 401 "Bad credentials": the GitHub credentials are expired, revoked or wrong. Renew them, then try again.',
      });
    });

    it('reads files unchanged, of any size', async () => {
      answers = [
        { status: 200, body: 'a = "ü"\r\n' },
        {
          status: 200,
          body: [{ name: 'terraform.tfvars', type: 'file' }],
        },
        { status: 404 },
      ];
      const files = createContents(octokitFor, repo, 'main');
      expect(await files.read('envs/dev-rds/terraform.tfvars')).toBe(
        'a = "ü"\r\n',
      );
      expect(await files.read('nothing')).toBeUndefined();
      expect(decodeURIComponent(calls[0].url)).toBe(
        '/repos/acme/platform-infra/contents/envs/dev-rds/terraform.tfvars?ref=main',
      );
      expect(calls[0].headers.accept).toContain('raw');
    });

    it('lists the files of a folder, with links', async () => {
      answers = [
        {
          status: 200,
          body: [
            { name: 'main.tf', type: 'file' },
            { name: 'modules', type: 'dir' },
            { name: 'zz.auto.tfvars', type: 'symlink' },
          ],
        },
        { status: 404, body: { message: 'Not Found' } },
      ];
      const files = createContents(octokitFor, repo, 'main');
      expect(await files.files('envs/dev-rds')).toEqual([
        'main.tf',
        'zz.auto.tfvars',
      ]);
      expect(await files.files('nothing')).toEqual([]);
    });

    /** https://docs.github.com/en/rest/repos/contents#get-repository-content */
    describe('a symbolic link', () => {
      const missing: Answer = { status: 404, body: { message: 'Not Found' } };
      const link = { type: 'symlink', target: '../x' };
      const file = 'envs/dev-rds/terraform.tfvars';
      it.each<{
        reason: string;
        looks: Answer[];
        path: string;
        to?: string;
        isListed?: boolean;
      }>([
        {
          reason: 'CASES 14: GitHub answers with what it points to',
          looks: [
            { status: 200, body: 'a = 1' },
            {
              status: 200,
              body: [{ name: 'terraform.tfvars', type: 'symlink' }],
            },
          ],
          path: file,
        },
        {
          reason: 'the folder of a file',
          looks: [missing, { status: 200, body: link }],
          path: 'envs/dev-rds',
          to: '../x',
        },
        {
          reason: 'a folder above it',
          looks: [missing, missing, { status: 200, body: link }],
          path: 'envs',
          to: '../x',
        },
        {
          reason: 'a folder that is listed',
          looks: [{ status: 200, body: link }],
          path: 'envs/dev-rds',
          to: '../x',
          isListed: true,
        },
      ])('is refused: $reason', async ({ looks, path, to, isListed }) => {
        answers = looks;
        const files = createContents(octokitFor, repo, 'main');
        const error = await (isListed
          ? files.files('envs/dev-rds')
          : files.read(file)
        ).catch((caught: Error) => caught);
        expect(error).toMatchObject({
          name: 'InputError',
          message: `${path}:1:1: this is a symbolic link${
            to ? ` to "${to}"` : ''
          }, and symbolic links are not followed, because a commit doesn't have what they point to. Replace it with the file or folder itself.`,
        });
        expect(answers).toEqual([]);
      });
    });

    it('finds runs by their run-name, page by page', async () => {
      const other = {
        id: 1,
        html_url: 'u1',
        display_title: 'other',
        status: 'completed',
        conclusion: 'success',
        path: '.github/workflows/w.yml',
      };
      const ours = {
        ...other,
        id: 2,
        html_url: 'u2',
        display_title: 'database dev-users_db t1',
        status: 'queued',
        conclusion: null,
      };
      answers = [
        { status: 200, body: { workflow_runs: Array(100).fill(other) } },
        { status: 200, body: { workflow_runs: [other, ours] } },
      ];
      expect(
        await runs().findByTitle(
          repo,
          'w.yml',
          'database dev-users_db t1',
          new Date('2026-11-24T10:00:00Z'),
        ),
      ).toEqual([
        {
          id: 2,
          url: 'u2',
          title: 'database dev-users_db t1',
          isCompleted: false,
          conclusion: undefined,
          attempt: 1,
          path: '.github/workflows/w.yml',
        },
      ]);
      expect(
        calls.map(({ url }) =>
          new URL(url, 'http://x').searchParams.get('created'),
        ),
      ).toEqual(['>=2026-11-24T09:55:00Z', '>=2026-11-24T09:55:00Z']);
    });
  });
});
