import type { Command } from 'commander';
import {
  createCommand,
  CheckedOption,
  findOptionProblems,
  refuseProblems,
} from '../checkedOption';
import { GITHUB_VARIABLES, readGitHubSettings, OpenComments } from '../github';
import { readGiven } from '../givenFile';
import { loadNode } from '../node';
import type { Terminal } from '../terminal';

/** The ports of the command. */
export interface CommentDeps {
  terminal: Terminal;
  comments: OpenComments;
}

interface CommentFlags {
  pull: string;
  key: string;
  title: string;
  file?: string;
}

/** `goldenpath-rds comment`: shows a program's output in one comment and updates it in place. */
export const commentCommand = (deps: CommentDeps): Command =>
  createCommand(
    'comment',
    `Show the output of a program in a comment on a pull request, and update that comment next time (${GITHUB_VARIABLES}).`,
    [
      new CheckedOption('--pull <number>', 'number of the pull request')
        .require('the number of the pull request, such as 7')
        .allow(/^[1-9]\d*$/, 'use the number of a pull request'),
      new CheckedOption('--key <key>', 'key that identifies the comment')
        .require('the key of the comment, such as rds-plan-dev')
        .allow(/^[a-z0-9-]+$/, 'use a-z, 0-9 and "-"'),
      new CheckedOption('--title <title>', 'heading of the comment')
        .require('the heading of the comment, such as Plan for dev')
        .allow(
          /^[\w ()-]+$/,
          'use letters, digits, spaces, "_", "-" and parentheses',
        ),
      new CheckedOption(
        '--file <file>',
        'file with the output of the program',
      ).require('a file with the output of the program'),
    ],
  ).action(async (flags: CommentFlags, command: Command) => {
    const { terminal } = deps;
    const problems = findOptionProblems(command);
    const printed = await readGiven(problems, '--file', flags.file);
    refuseProblems(problems);
    const { keepComment, composeOutputComment } = loadNode();
    const { key, title } = flags;
    const number = Number(flags.pull);
    const body = composeOutputComment(key, title, printed?.text ?? '');
    const comments = deps.comments(readGitHubSettings(terminal.env, 'comment'));
    const done = await keepComment(comments, { number, key, body });
    terminal.out(`Comment "${key}" on #${number} ${done}.`);
  });
