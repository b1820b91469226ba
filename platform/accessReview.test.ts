import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, IncomingMessage, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createFolder } from '../tests/support/createFolder';

const SCRIPT = join(__dirname, '.github/scripts/access-review.mjs');
const DATABASES = [
  {
    database: 'users_db',
    username: 'users_app_user',
    owner: 'platform-team',
    component: 'user-service',
    requested_by: 'alice',
    risk: 'access',
  },
  { database: 'orders_db', risk: 'none' },
];

/** The script against a GitHub that keeps issues. drift.test.ts runs it in its workflow. */
describe('access-review.mjs', () => {
  let server: Server;
  let issues: Array<{ title: string; body: string }>;
  let lists: URL[];
  let status: number | undefined;

  beforeAll(async () => {
    server = createServer(async (request: IncomingMessage, response) => {
      const send = (code: number, body: unknown) =>
        response
          .writeHead(code, { 'content-type': 'application/json' })
          .end(JSON.stringify(body));
      if (status !== undefined) {
        send(status, { message: 'No.' });
        return;
      }
      const url = new URL(request.url!, 'http://localhost');
      if (request.method === 'GET') {
        lists.push(url);
        const size = Number(url.searchParams.get('per_page'));
        const page = Number(url.searchParams.get('page') ?? 1);
        send(200, issues.slice((page - 1) * size, page * size));
        return;
      }
      let text = '';
      for await (const part of request) text += part;
      issues.unshift(JSON.parse(text));
      send(201, { html_url: `http://localhost/issues/${issues.length}` });
    });
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  });
  afterAll(() => server.close());
  beforeEach(() => {
    issues = [];
    lists = [];
    status = undefined;
  });

  const run = (exitCode: string, databases: object[] = DATABASES) => {
    const folder = createFolder();
    const [file, check] = ['databases.json', 'check.txt'].map(name =>
      join(folder, name),
    );
    writeFileSync(file, JSON.stringify(databases));
    writeFileSync(
      check,
      'users_db: revoke CONNECT from mallory\nold_users_db: drop\n',
    );
    const { port } = server.address() as AddressInfo;
    return new Promise<{ code: unknown; out: string }>(done =>
      execFile(
        process.execPath,
        [SCRIPT, file, check],
        {
          env: {
            ENVIRONMENT: 'dev',
            STATUS: exitCode,
            TOKEN: 'canary-token',
            GITHUB_API_URL: `http://127.0.0.1:${port}`,
            GITHUB_SERVER_URL: 'https://github.example.com',
            GITHUB_REPOSITORY: 'acme/platform-infra',
            GITHUB_RUN_ID: '7',
          },
        },
        (error, out, err) => {
          expect(err).toBe('');
          done({ code: error?.code ?? 0, out });
        },
      ),
    );
  };

  it.each(['0', '2'])(
    'shows what a complete check saw of the database: exit code %s',
    async exitCode => {
      expect(await run(exitCode)).toMatchObject({ code: 0 });
      const [{ title, body }, ...others] = issues;
      expect(others).toEqual([]);
      expect(title).toMatch(/^Access review of .*: users_db \(dev\)$/);
      expect(body).toContain(
        '```text\nusers_db: revoke CONNECT from mallory\n```',
      );
      expect(body).toContain(
        '| logs in as its owner after a rotation | `users_app_user_clone` |',
      );
      expect(body).not.toContain('incomplete');
    },
  );

  it.each(['1', ''])(
    'says that the check was incomplete: exit code "%s"',
    async exitCode => {
      expect(await run(exitCode)).toMatchObject({ code: 0 });
      expect(issues[0].body).toContain(
        '**The check was incomplete:** it could not see everything, perhaps not `users_db` either. https://github.example.com/acme/platform-infra/actions/runs/7 has the reason',
      );
    },
  );

  it('finds the review of this period behind more than 100 others', async () => {
    await run('0');
    issues = [
      ...Array.from({ length: 230 }, (_, number) => ({
        title: `Access review of another: database_${number} (dev)`,
        body: '',
      })),
      ...issues,
    ];
    lists = [];
    const { out } = await run('0');
    expect(out).toContain('asked for before');
    expect(issues).toHaveLength(231);
    expect(lists.map(({ searchParams }) => searchParams.get('page'))).toEqual([
      '1',
      '2',
      '3',
    ]);
    // Older reviews are of another period.
    for (const { searchParams } of lists)
      expect(issues[230].title).toContain(
        `of ${searchParams.get('since')!.slice(0, 10)}: `,
      );
  });

  it('asks GitHub nothing where no database has the risk', async () => {
    status = 500;
    expect(await run('1', DATABASES.slice(1))).toEqual({
      code: 0,
      out: 'No database of dev has the risk access.\n',
    });
  });

  it('fails in one line that names the way out where the repository has no issues', async () => {
    status = 410;
    const { code, out } = await run('0');
    expect(code).toBe(1);
    expect(out).toMatch(
      /^::error::Access reviews of dev could not be asked for: .*410.*GOLDENPATH_ACCESS_REVIEWS to false.*\n$/,
    );
    expect(out).not.toContain('canary-token');
  });
});
