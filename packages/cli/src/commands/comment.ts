import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { UsageError } from '../errors';
import { problemsText, settingProblems } from '../infraRepoFlags';
import { node } from '../node';
import type { Terminal } from '../terminal';
import { githubSettings } from './request';

/** What the command works with. */
export interface CommentDeps {
  terminal: Terminal;
  comments(options: {
    apiUrl: string;
    token: string;
    owner: string;
    repo: string;
  }): {
    ofBots(number: number): Promise<Array<{ id: number; body: string }>>;
    create(number: number, body: string): Promise<void>;
    update(id: number, body: string): Promise<void>;
  };
}

interface CommentFlags {
  pull: string;
  key: string;
  title: string;
  file: string;
}

/** `goldenpath-rds comment`: what a program printed, as one comment that is updated in place. */
export const commentCommand = (deps: CommentDeps): Command =>
  new Command('comment')
    .description(
      'Show what a program printed as a comment on a pull request; the next time it is updated (GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL).',
    )
    .requiredOption('--pull <number>', 'the pull request')
    .requiredOption('--key <key>', 'by which the comment is found again')
    .requiredOption('--title <title>', 'heading')
    .requiredOption('--file <file>', 'what the program printed')
    .action(async (flags: CommentFlags) => {
      const { terminal } = deps;
      const problems = settingProblems([
        ['--pull', flags.pull, /^[1-9]\d*$/, 'use a number'],
        ['--key', flags.key, /^[a-z0-9-]+$/, 'use a-z, 0-9 and "-"'],
        ['--title', flags.title, /^[\w ()-]+$/, 'use words'],
      ]);
      if (problems.length > 0) throw new UsageError(problemsText(problems));
      const number = Number(flags.pull);
      const output = await readFile(flags.file, 'utf8').catch(error => {
        throw new UsageError(`--file: ${(error as Error).message}`);
      });
      const { hasCommentKey, programOutputComment } = node();
      const body = programOutputComment(flags.key, flags.title, output);
      const comments = deps.comments(githubSettings(terminal.env, 'comment'));
      const known = (await comments.ofBots(number)).find(comment =>
        hasCommentKey(comment.body, flags.key),
      );
      if (!known) await comments.create(number, body);
      else if (known.body !== body) await comments.update(known.id, body);
      terminal.out(
        `Comment "${flags.key}" on #${number} ${known ? 'updated' : 'made'}.`,
      );
    });
