import { Command } from 'commander';
import type { PullRequestComments } from '@goldenpath/plugin-golden-path-node';
import { UsageError } from '../errors';
import { readGiven } from '../givenFile';
import { neededProblems, problemsText } from '../infraRepoFlags';
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
  }): PullRequestComments;
}

interface CommentFlags {
  pull?: string;
  key?: string;
  title?: string;
  file?: string;
}

/** `goldenpath-rds comment`: what a program printed, as one comment that is updated in place. */
export const commentCommand = (deps: CommentDeps): Command =>
  new Command('comment')
    .description(
      'Show what a program printed as a comment on a pull request; the next time it is updated (GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL).',
    )
    .option('--pull <number>', 'the pull request (needed)')
    .option('--key <key>', 'by which the comment is found again (needed)')
    .option('--title <title>', 'heading (needed)')
    .option('--file <file>', 'what the program printed (needed)')
    .action(async (flags: CommentFlags) => {
      const { terminal } = deps;
      const { number, key, title, output } = await parseFlags(flags);
      const { keepComment, programOutputComment } = node();
      const body = programOutputComment(key, title, output);
      const comments = deps.comments(githubSettings(terminal.env, 'comment'));
      const done = await keepComment(comments, { number, key, body });
      terminal.out(`Comment "${key}" on #${number} ${done}.`);
    });

/** @throws UsageError with everything that is wrong with the options */
const parseFlags = async ({ pull, key, title, file }: CommentFlags) => {
  const problems = neededProblems([
    ['--pull', pull, /^[1-9]\d*$/, 'use the number of a pull request'],
    ['--key', key, /^[a-z0-9-]+$/, 'use a-z, 0-9 and "-"'],
    ['--title', title, /^[\w ()-]+$/, 'use words'],
    ['--file', file, /^/, 'name the file that holds what the program printed'],
  ]);
  const printed = await readGiven(problems, '--file', file);
  if (problems.length > 0 || !key || !title || !printed)
    throw new UsageError(problemsText(problems));
  return { number: Number(pull), key, title, output: printed.text };
};
