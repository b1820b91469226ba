import { Command, Option } from 'commander';
import { UsageError } from './errors';

/**
 * An option with a rule for its value. commander stops at the first problem; we report all of them together.
 */
export class CheckedOption extends Option {
  private requiredAs?: string;
  private rule?: { allows: (value: string) => boolean; words: string };

  /** @param words completes "--option: ", such as "use a branch name" */
  allow(test: RegExp | ((value: string) => boolean), words: string): this {
    const allows =
      typeof test === 'function' ? test : (value: string) => test.test(value);
    this.rule = { allows, words };
    return this;
  }

  /** @param what completes "--option is required: " */
  require(what: string): this {
    this.requiredAs = what;
    this.description += ' (required)';
    return this;
  }

  findProblem(value: string | undefined): string | undefined {
    if (this.requiredAs && !value?.trim())
      return `${this.long} is required: ${this.requiredAs}.`;
    if (value === undefined) return undefined;
    return this.rule && !this.rule.allows(value)
      ? `${this.long}: ${this.rule.words}. Got ${JSON.stringify(value)}.`
      : undefined;
  }
}

/** A command with its options, in the order of its help. */
export const createCommand = (
  name: string,
  description: string,
  options: readonly Option[],
): Command => {
  const command = new Command(name).description(description);
  for (const option of options) command.addOption(option);
  return command;
};

/** One line for each missing or invalid option. */
export const findOptionProblems = (command: Command): string[] =>
  command.options.flatMap(option =>
    option instanceof CheckedOption
      ? option.findProblem(command.getOptionValue(option.attributeName())) ?? []
      : [],
  );

/** All problems in one error. */
export const createUsageError = (problems: readonly string[]): UsageError =>
  new UsageError(
    problems.length === 1
      ? problems[0]
      : `The command line has ${problems.length} problems:\n${problems
          .map(problem => `  ${problem}`)
          .join('\n')}`,
  );

/** @throws UsageError if there is a problem */
export const refuseProblems = (problems: readonly string[]): void => {
  if (problems.length > 0) throw createUsageError(problems);
};
