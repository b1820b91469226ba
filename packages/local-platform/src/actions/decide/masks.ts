/** Hides registered values in text, longest first, so that a value inside another doesn't leave the rest of it open. */
export class Masks {
  private readonly values = new Set<string>();

  constructor(values: Iterable<string> = []) {
    for (const value of values) this.add(value);
  }

  /** Registers a value, each of its lines, and its base64 (as an HTTP header would carry it). */
  add(value: string): void {
    for (const line of [value, ...value.split(/\r?\n/)]) {
      if (line.trim() === '') continue;
      this.values.add(line);
      this.values.add(Buffer.from(line).toString('base64'));
      this.values.add(Buffer.from(`x-access-token:${line}`).toString('base64'));
    }
  }

  /** The text with `***` for every registered value. */
  hide(text: string): string {
    return [...this.values]
      .sort((a, b) => b.length - a.length)
      .reduce((hidden, value) => hidden.replaceAll(value, '***'), text);
  }

  /** Whether a registered value is somewhere in the text. */
  isIn(text: string): boolean {
    return [...this.values].some(value => text.includes(value));
  }
}
