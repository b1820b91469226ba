/**
 * The command that runs a script file, by what stands after `shell:`.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
 * @throws Error for a shell that can't be used here
 */
export const composeShellCommand = (
  shell: string,
  script: string,
): string[] => {
  switch (shell) {
    case '':
      return ['bash', '-e', script];
    case 'bash':
      return ['bash', '--noprofile', '--norc', '-eo', 'pipefail', script];
    case 'sh':
      return ['sh', '-e', script];
    case 'python':
      return ['python3', script];
    default:
      if (!shell.includes('{0}')) {
        throw new Error(
          `shell ${shell} is not part of the local platform: use bash, sh, python or a command with {0}`,
        );
      }
      return shell.split(/\s+/).map(word => word.replace('{0}', script));
  }
};
