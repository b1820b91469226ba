/** Texts that YAML 1.1 readers (PyYAML, older Ruby) take for something else. */
const TAKEN_FOR_OTHER = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;
const PLAIN = /^[A-Za-z][A-Za-z0-9_./-]*$/;

/** A text as a YAML scalar that every reader takes for text. A JSON string is one too. */
const scalarText = (value: string): string =>
  PLAIN.test(value) && !TAKEN_FOR_OTHER.test(value)
    ? value
    : JSON.stringify(value);

/** `key: value` in block style, one line a text, without line endings. Values are texts and maps of them. */
export const blockLines = (
  key: string,
  value: string | object,
  indent: string,
  step: string,
): string[] =>
  typeof value === 'string'
    ? [`${indent}${scalarText(key)}: ${scalarText(value)}`]
    : [
        `${indent}${scalarText(key)}:`,
        ...Object.entries(value).flatMap(([name, inner]) =>
          blockLines(name, inner, `${indent}${step}`, step),
        ),
      ];

/** `key: value` in flow style, on one line. */
export const flowText = (key: string, value: string | object): string =>
  `${scalarText(key)}: ${
    typeof value === 'string'
      ? scalarText(value)
      : `{ ${Object.entries(value)
          .map(([name, inner]) => flowText(name, inner))
          .join(', ')} }`
  }`;
