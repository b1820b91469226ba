/** What the environment of a step is made of, weakest first. */
export interface EnvironmentLayers {
  /** HOME, PATH, LANG: of the machine, nothing else. */
  machine: Record<string, string>;
  /** What the platform gives every step; its PATH comes before the machine's. */
  runner: Record<string, string>;
  /** `env` of workflow and job, then GITHUB_ENV of earlier steps, then `env` of the step. */
  env: Record<string, string>;
  /** GITHUB_*, RUNNER_*: nothing above may replace them. */
  defaults: Record<string, string>;
  /** Folders from GITHUB_PATH, newest first; they come before everything else on PATH. */
  path: string[];
}

/** The whole environment of a step's processes. */
export const composeStepEnvironment = (
  layers: EnvironmentLayers,
): Record<string, string> => {
  const base =
    layers.env.PATH ?? joinPath([layers.runner.PATH, layers.machine.PATH]);
  return {
    ...layers.machine,
    CI: 'true',
    ...layers.runner,
    ...layers.env,
    ...layers.defaults,
    PATH: joinPath([...layers.path, base]),
  };
};

/** The folders of the platform's own PATH that belong to the machine: without what npm puts in front for its scripts. */
export const pickMachinePath = (path: string): string => {
  const folders = path
    .split(':')
    .filter(folder => folder !== '' && !folder.includes('node_modules'));
  return joinPath([...new Set(folders)]);
};

const joinPath = (parts: Array<string | undefined>): string => {
  return parts.filter(Boolean).join(':');
};
