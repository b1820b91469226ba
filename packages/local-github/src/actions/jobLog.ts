import { Masks } from './decide/masks';

/** Writes one job's log: masked, every line with its time, in order, without waiting for the disk line by line. */
export class JobLog {
  private waiting: string[] = [];
  private written: Promise<void> = Promise.resolve();
  private failure: unknown;

  constructor(
    private readonly masks: Masks,
    private readonly append: (text: string) => Promise<void>,
  ) {}

  /** Adds text of one or more lines. */
  write(text: string): void {
    const time = new Date().toISOString();
    if (this.waiting.length === 0) {
      this.written = this.written
        .then(() => this.flush())
        .catch(error => {
          this.failure ??= error;
        });
    }
    this.waiting.push(
      ...this.masks
        .hide(text)
        .split('\n')
        .map(line => `${time} ${line}\n`),
    );
  }

  /** Waits until everything is written. @throws what the first write that failed threw */
  async end(): Promise<void> {
    await this.written;
    if (this.failure) throw this.failure;
  }

  private flush(): Promise<void> {
    const text = this.waiting.join('');
    this.waiting = [];
    return this.append(text);
  }
}
