import fc from 'fast-check';

export type TextArbitrary = fc.Arbitrary<string>;

/** Generates the texts one after the other. */
export const joinTexts = (
  ...parts: Array<TextArbitrary | string>
): TextArbitrary =>
  fc
    .tuple(
      ...parts.map(part =>
        typeof part === 'string' ? fc.constant(part) : part,
      ),
    )
    .map(texts => texts.join(''));

/** Writes the line endings of a generated file, and leaves out the last one or not. */
export const withLineEndings = (file: TextArbitrary): TextArbitrary =>
  fc
    .tuple(file, fc.constantFrom('\n', '\r\n'), fc.boolean())
    .map(([text, eol, endsWithNewline]) =>
      (endsWithNewline ? text : text.replace(/\n$/, '')).replaceAll('\n', eol),
    );
