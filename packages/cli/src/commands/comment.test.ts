import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commentCommand } from './comment';
import {
  fakeTerminal,
  GITHUB,
  never,
  Said,
  WORKFLOW_RUN,
} from './testing/terminal';

describe('goldenpath-rds comment', () => {
  let folder: string;
  let file: string;
  /** The comments of bots on pull request 7. */
  let comments: Array<{ id: number; body: string }>;
  let log: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'goldenpath-comment-'));
    file = join(folder, 'printed');
    writeFileSync(file, 'Plan: no changes\n');
    comments = [];
    log = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const ports = {
    ofBots: async (number: number) => {
      expect(number).toBe(7);
      return comments;
    },
    create: async (number: number, body: string) => {
      log.push(`create on #${number}`);
      comments.push({ id: 1, body });
    },
    update: async (id: number, body: string) => {
      log.push(`update ${id}`);
      comments.find(comment => comment.id === id)!.body = body;
    },
  };
  const run = async (
    args: string[],
    isAllowed = true,
    env: Record<string, string> = WORKFLOW_RUN,
  ): Promise<Said> => {
    const { terminal, said } = fakeTerminal(env);
    await commentCommand({
      terminal,
      comments: settings => {
        expect(settings).toEqual(GITHUB);
        return isAllowed ? ports : never();
      },
    })
      .exitOverride()
      .parseAsync(args, { from: 'user' });
    return said;
  };
  const flags = (key = 'plan') => [
    ...['--pull', '7', '--key', key, '--title', 'Plan (dev)', '--file', file],
  ];

  it('makes a comment, updates it in place, and leaves it where it says the same', async () => {
    expect(await run(flags())).toEqual({
      out: ['Comment "plan" on #7 made.'],
      err: [],
      code: 0,
    });
    expect(comments[0].body).toContain(
      '### Plan (dev)\n\n```text\nPlan: no changes\n```\n',
    );
    await run(flags());
    expect(log).toEqual(['create on #7']);

    writeFileSync(file, 'Plan: 6 changes\n');
    expect((await run(flags())).out).toEqual(['Comment "plan" on #7 updated.']);
    expect(comments).toHaveLength(1);
    expect(comments[0].body).toContain('Plan: 6 changes');
    await run(flags('other'));
    expect(log).toEqual(['create on #7', 'update 1', 'create on #7']);
  });

  it.each([
    {
      reason: 'nothing given',
      args: [],
      message: `4 things are wrong with the command line:
  --pull is required: the pull request's number, such as 7.
  --key is required: the comment's own name, such as rds-plan-dev.
  --title is required: the comment's heading, such as Plan for dev.
  --file is required: the file that holds what the program printed.`,
    },
    {
      reason: 'everything wrong',
      args: [
        ...[
          '--pull',
          '0',
          '--key',
          'A b',
          '--title',
          '<b>',
          '--file',
          'nowhere',
        ],
      ],
      message: `4 things are wrong with the command line:
  --pull: use the number of a pull request. Got "0".
  --key: use a-z, 0-9 and "-". Got "A b".
  --title: use words. Got "<b>".
  --file: can't read nowhere: ENOENT: no such file or directory, open 'nowhere'`,
    },
  ])('asks GitHub for nothing with $reason', async ({ args, message }) => {
    await expect(run(args, false)).rejects.toMatchObject({
      name: 'UsageError',
      message,
    });
  });

  it('says what the environment lacks', async () => {
    await expect(run(flags(), false, {})).rejects.toMatchObject({
      name: 'UsageError',
      message:
        'comment requires GITHUB_TOKEN and GITHUB_REPOSITORY (as owner/name) in the environment, as a workflow run has them.',
    });
  });
});
