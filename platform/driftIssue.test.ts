import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, IncomingMessage, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createFolder } from '../tests/support/createFolder';

const SCRIPT = join(__dirname, '.github/scripts/drift-issue.mjs');
const DRIFT = 'users_db: create database users_db\n```\n::error::not a command';

/** The script against a GitHub that answers every call alike. drift.test.ts runs it against one that keeps issues. */
describe('drift-issue.mjs without issues', () => {
  let server: Server;
  let calls: string[];
  let answer: { status: number; body?: object } | 'broken';

  beforeAll(async () => {
    server = createServer((request: IncomingMessage, response) => {
      calls.push(`${request.method} ${request.url}`);
      if (answer === 'broken') request.socket.destroy();
      else
        response
          .writeHead(answer.status, { 'content-type': 'application/json' })
          .end(JSON.stringify(answer.body ?? { message: 'No.' }));
    });
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  });
  afterAll(() => server.close());
  beforeEach(() => {
    calls = [];
  });

  const run = (drift: boolean) => {
    const folder = createFolder();
    const [file, summary] = ['drift.txt', 'summary.md'].map(name =>
      join(folder, name),
    );
    writeFileSync(file, DRIFT);
    writeFileSync(summary, '');
    const { port } = server.address() as AddressInfo;
    return new Promise<{
      code: unknown;
      out: string;
      err: string;
      summary: string;
    }>(done =>
      execFile(
        process.execPath,
        [SCRIPT, file],
        {
          env: {
            DRIFT: String(drift),
            ENVIRONMENT: 'dev',
            TOKEN: 'canary-token',
            GITHUB_API_URL: `http://127.0.0.1:${port}`,
            GITHUB_SERVER_URL: 'https://github.example.com',
            GITHUB_REPOSITORY: 'acme/platform-infra',
            GITHUB_RUN_ID: '7',
            GITHUB_STEP_SUMMARY: summary,
          },
        },
        (error, out, err) =>
          done({
            code: error?.code ?? 0,
            out,
            err,
            summary: readFileSync(summary, 'utf8'),
          }),
      ),
    );
  };

  const settings = [
    {
      status: 410,
      says: 'issues are disabled in the settings of the repository',
      reason: 'allstar #64: issues are switched off',
    },
    {
      status: 403,
      says: 'the job needs issues: write, and the repository must not be archived',
      reason: 'archived, or a token without the permission',
    },
    {
      status: 404,
      says: 'the token does not see them',
      reason: 'a fine-grained token, from which GitHub hides them',
    },
  ];
  it.each(settings)(
    'drift goes to the summary, and the run passes as with an issue: $reason',
    async ({ status, says }) => {
      answer = { status };
      const { code, out, err, summary } = await run(true);
      expect({ code, err, lines: out.trim().split('\n').length }).toEqual({
        code: 0,
        err: '',
        lines: 1,
      });
      expect(out).toMatch(
        /^::warning::RDS drift in dev, which the summary of this run shows\. No issue is kept, because /,
      );
      expect(out).toContain(says);
      expect(out).toContain(`(GitHub answered ${status})`);
      expect(summary).toMatch(/^## RDS drift in dev\n/);
      expect(summary).toContain(`\`\`\`\`text\n${DRIFT}\n\`\`\`\``);
      expect(summary).toContain('actions/runs/7');
      expect(calls).toHaveLength(1);
    },
  );

  it.each(settings)('no drift is no drift: $reason', async ({ status }) => {
    answer = { status };
    const { code, out, err, summary } = await run(false);
    expect({ code, err, summary }).toEqual({ code: 0, err: '', summary: '' });
    expect(out).toMatch(/^::notice::No drift in dev\. No issue is kept, /);
  });

  it.each([
    { fault: { status: 500 }, reason: 'a fault of GitHub' },
    { fault: { status: 422 }, reason: 'an issue that GitHub does not take' },
    { fault: 'broken' as const, reason: 'no answer' },
  ])(
    'fails in one line, with the drift in the summary: $reason',
    async ({ fault }) => {
      answer = fault;
      const { code, out, err, summary } = await run(true);
      expect({ code, err }).toEqual({ code: 1, err: '' });
      expect(out).toMatch(
        /^::error::RDS drift in dev, .* The issue could not be updated: .*\. Run this job again\.\n$/,
      );
      expect(summary).toContain(DRIFT);
      expect(out + summary).not.toContain('canary-token');
    },
  );
});
