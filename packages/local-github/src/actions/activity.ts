/**
 * Tells whether anything happens by itself. Whatever works on a run counts as long as it doesn't wait for another part of
 * the run, which then counts itself, or for a person.
 */
export class Activity {
  private working = 0;
  private readonly quiet = new Set<() => void>();

  /** Counts `work` from its begin to its end. */
  async count<T>(work: () => Promise<T>): Promise<T> {
    this.begin();
    try {
      return await work();
    } finally {
      this.end();
    }
  }

  /** Waits, inside counted work, for something that needs nobody's work, or is counted itself. */
  async pause<T>(waiting: Promise<T>): Promise<T> {
    this.end();
    try {
      return await waiting;
    } finally {
      this.begin();
    }
  }

  get isQuiet(): boolean {
    return this.working === 0;
  }

  /** Resolves once nothing is at work, nor about to go on because of what has just ended. */
  async settle(): Promise<void> {
    do {
      if (!this.isQuiet)
        await new Promise<void>(resolve => this.quiet.add(resolve));
      // Whoever waited for what has just ended goes on before this.
      await new Promise(resolve => setImmediate(resolve));
    } while (!this.isQuiet);
  }

  private begin(): void {
    this.working += 1;
  }

  private end(): void {
    this.working -= 1;
    if (!this.isQuiet) return;
    for (const resolve of this.quiet) resolve();
    this.quiet.clear();
  }
}
