/** How many jobs may run at once; the others wait in order. */
export class RunnerSlots {
  private readonly waiting: Array<() => void> = [];

  constructor(private free: number) {}

  /** Runs `work` as soon as a slot is free. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>(resolve => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
