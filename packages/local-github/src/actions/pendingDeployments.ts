import { DeploymentReview } from './types';

export type Verdict = DeploymentReview['state'];

/** The jobs of one run that wait for the reviewers of their environments. */
export class PendingDeployments {
  private readonly waiting = new Map<string, Array<(is: Verdict) => void>>();

  /** @returns undefined where the signal came first */
  async wait(
    environment: string,
    givingUp: AbortSignal,
  ): Promise<Verdict | undefined> {
    if (givingUp.aborted) return undefined;
    const key = environment.toLowerCase();
    return new Promise(resolve => {
      givingUp.addEventListener('abort', () => resolve(undefined), {
        once: true,
      });
      this.waiting.set(key, [...(this.waiting.get(key) ?? []), resolve]);
    });
  }

  /** Answers every job that waits for one of these environments now. */
  review(environments: string[], verdict: Verdict): void {
    for (const environment of environments) {
      const key = environment.toLowerCase();
      for (const answer of this.waiting.get(key) ?? []) answer(verdict);
      this.waiting.delete(key);
    }
  }
}
