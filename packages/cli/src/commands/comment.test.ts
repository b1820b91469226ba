import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFolder } from '../../../../tests/support/createFolder';
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
    folder = createFolder();
    file = join(folder, 'printed');
    writeFileSync(file, 'Plan: no changes\n');
    comments = [];
    log = [];
  });

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

  it('creates a comment, updates it in place, and leaves it alone if nothing changed', async () => {
    expect(await run(flags())).toEqual({
      out: ['Comment "plan" on #7 created.'],
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
      reason: 'no options',
      args: [],
      message: `The command line has 4 problems:
  --pull is required: the number of the pull request, such as 7.
  --key is required: the key of the comment, such as rds-plan-dev.
  --title is required: the heading of the comment, such as Plan for dev.
  --file is required: a file with the output of the program.`,
    },
    {
      reason: 'only invalid options',
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
      message: `The command line has 4 problems:
  --pull: use the number of a pull request. Got "0".
  --key: use a-z, 0-9 and "-". Got "A b".
  --title: use letters, digits, spaces, "_", "-" and parentheses. Got "<b>".
  --file: can't read nowhere: ENOENT: no such file or directory, open 'nowhere'`,
    },
  ])('sends nothing to GitHub with $reason', async ({ args, message }) => {
    await expect(run(args, false)).rejects.toMatchObject({
      name: 'UsageError',
      message,
    });
  });

  it('reports the missing environment variables', async () => {
    await expect(run(flags(), false, {})).rejects.toMatchObject({
      name: 'UsageError',
      message:
        'comment requires GITHUB_TOKEN and GITHUB_REPOSITORY (as owner/name); set them as environment variables.',
    });
  });
});
