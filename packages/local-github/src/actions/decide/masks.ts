/** Hides registered values in text, longest first, so that a value inside another doesn't leave the rest of it open. */
export class Masks {
  private readonly values = new Set<string>();

  constructor(values: Iterable<string> = []) {
    for (const value of values) this.add(value);
  }

  /** Registers a value, each of its lines, and what base64 makes of them. */
  add(value: string): void {
    for (const line of [value, ...value.split(/\r?\n/)]) {
      if (line.trim() === '') continue;
      this.values.add(line);
      for (const encoded of listBase64Forms(line)) this.values.add(encoded);
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

/** Shorter ones would hide ordinary text. */
const SHORTEST_BASE64 = 8;

/** What of a text's base64 is the same whatever stands before and after it, for each of the three ways it can be aligned. */
const listBase64Forms = (text: string): string[] => {
  const bytes = Buffer.from(text);
  return [0, 1, 2]
    .map(before => {
      const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString(
        'base64',
      );
      const end = Math.floor(((before + bytes.length) * 8) / 6);
      return encoded.slice(Math.ceil((before * 8) / 6), end);
    })
    .filter(encoded => encoded.length >= SHORTEST_BASE64);
};
