import { refusedRefMessage } from './decide/deployment';
import { Verdict } from './pendingDeployments';
import { RunHost, RunInputs } from './runScope';

/** What a job gets from its environment. */
export interface EnvironmentValues {
  variables: Record<string, string>;
  secrets: Record<string, string>;
}

const REJECTED =
  "The deployment was rejected or didn't satisfy other protection rules.";

/**
 * What the environment gives to a job of this run, once its rules have let it pass.
 * @param awaitReview - waits for a reviewer; undefined where the job is cancelled meanwhile
 * @returns undefined where the job was cancelled while it waited
 * @throws Error in GitHub's words where the run's ref may not deploy there, or a reviewer rejected it
 */
export const openEnvironment = async (
  host: RunHost,
  { run, deploymentRef }: RunInputs,
  environment: string | undefined,
  awaitReview: (environment: string) => Promise<Verdict | undefined>,
): Promise<EnvironmentValues | undefined> => {
  if (environment === undefined) return { variables: {}, secrets: {} };
  const rules = await host.deploymentRules(
    run.repo,
    environment,
    deploymentRef,
  );
  if (!rules.isRefAllowed)
    throw new Error(refusedRefMessage(environment, deploymentRef));
  if (rules.needsReview) {
    const verdict = await awaitReview(environment);
    if (verdict === undefined) return undefined;
    if (verdict === 'rejected') throw new Error(REJECTED);
  }
  return {
    variables: host.environmentVariables(run.repo, environment),
    secrets: host.environmentSecrets(run.repo, environment),
  };
};
