import { refusedRefMessage } from './decide/deployment';
import { RunHost, RunInputs } from './runScope';

/** What a job gets from its environment. */
export interface EnvironmentValues {
  variables: Record<string, string>;
  secrets: Record<string, string>;
}

/**
 * What the environment gives to a job of this run, once its rules have let it pass.
 * @throws Error in GitHub's words where the run's ref may not deploy there
 */
export const openEnvironment = async (
  host: RunHost,
  { run, deploymentRef }: RunInputs,
  environment: string | undefined,
): Promise<EnvironmentValues> => {
  if (environment === undefined) return { variables: {}, secrets: {} };
  const rules = await host.deploymentRules(
    run.repo,
    environment,
    deploymentRef,
  );
  if (!rules.isRefAllowed)
    throw new Error(refusedRefMessage(environment, deploymentRef));
  return {
    variables: host.environmentVariables(run.repo, environment),
    secrets: host.environmentSecrets(run.repo, environment),
  };
};
