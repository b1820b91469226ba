/** What a line of a step's output asks of the runner. */
export type OutputLine =
  | { kind: 'text'; text: string }
  | { kind: 'mask'; value: string }
  | { kind: 'silent' };

/**
 * Reads one step's output line by line, as GitHub's runner does: `::add-mask::`, `::group::`, `::error …::` and kin;
 * between `::stop-commands::<token>` and `::<token>::` everything is plain text.
 */
export class OutputReader {
  private resumeToken: string | undefined;

  read(line: string): OutputLine {
    const match =
      /^\s*::([a-zA-Z-]+|[^\s:]+)(?:\s([^:]*(?::(?!:)[^:]*)*))?::(.*)$/.exec(
        line,
      );
    if (!match) return { kind: 'text', text: line };
    const [, command, , rest] = match;
    if (this.resumeToken !== undefined) {
      if (command !== this.resumeToken) return { kind: 'text', text: line };
      this.resumeToken = undefined;
      return { kind: 'silent' };
    }
    const value = unescapeData(rest);
    switch (command.toLowerCase()) {
      case 'add-mask':
        return { kind: 'mask', value };
      case 'stop-commands':
        this.resumeToken = value;
        return { kind: 'silent' };
      case 'group':
        return { kind: 'text', text: `##[group]${value}` };
      case 'endgroup':
        return { kind: 'text', text: '##[endgroup]' };
      case 'error':
      case 'warning':
      case 'notice':
        return { kind: 'text', text: `##[${command.toLowerCase()}]${value}` };
      case 'debug':
      case 'echo':
        return { kind: 'silent' };
      default:
        return { kind: 'text', text: line };
    }
  }
}

const unescapeData = (text: string): string => {
  return text
    .replace(/%0D/gi, '\r')
    .replace(/%0A/gi, '\n')
    .replace(/%25/g, '%');
};
