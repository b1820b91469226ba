import { Command } from 'commander';
import {
  addOptions,
  CheckedOption,
  optionProblems,
  refuseProblems,
} from '../checkedOption';
import { GITHUB_VARIABLES, githubSettings, OpenComments } from '../github';
import { readGiven } from '../givenFile';
import { node } from '../node';
import type { Terminal } from '../terminal';

/** What the command works with. */
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

/** `goldenpath-rds comment`: what a program printed, as one comment that is updated in place. */
export const commentCommand = (deps: CommentDeps): Command =>
  addOptions(
    new Command('comment').description(
      `Show what a program printed as a comment on a pull request; the next time it is updated (${GITHUB_VARIABLES}).`,
    ),
    [
      new CheckedOption('--pull <number>', 'the pull request')
        .require("the pull request's number, such as 7")
        .allow(/^[1-9]\d*$/, 'use the number of a pull request'),
      new CheckedOption('--key <key>', 'by which the comment is found again')
        .require("the comment's own name, such as rds-plan-dev")
        .allow(/^[a-z0-9-]+$/, 'use a-z, 0-9 and "-"'),
      new CheckedOption('--title <title>', 'heading')
        .require("the comment's heading, such as Plan for dev")
        .allow(/^[\w ()-]+$/, 'use words'),
      new CheckedOption('--file <file>', 'what the program printed').require(
        'the file that holds what the program printed',
      ),
    ],
  ).action(async (flags: CommentFlags, command: Command) => {
    const { terminal } = deps;
    const problems = optionProblems(command);
    const printed = await readGiven(problems, '--file', flags.file);
    refuseProblems(problems);
    const { keepComment, programOutputComment } = node();
    const { key, title } = flags;
    const number = Number(flags.pull);
    const body = programOutputComment(key, title, printed?.text ?? '');
    const comments = deps.comments(githubSettings(terminal.env, 'comment'));
    const done = await keepComment(comments, { number, key, body });
    terminal.out(`Comment "${key}" on #${number} ${done}.`);
  });
