/** Texts that YAML 1.1 parsers (PyYAML, older Ruby) read as another type. */
const AMBIGUOUS = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;
const PLAIN = /^[A-Za-z][A-Za-z0-9_./-]*$/;

/** Whether every parser reads this as text without quotes. */
export const isPlainText = (value: string): boolean =>
  PLAIN.test(value) && !AMBIGUOUS.test(value);

/** Prints text as a YAML scalar that every parser reads as text. A JSON string is one. */
const printScalar = (value: string): string =>
  isPlainText(value) ? value : JSON.stringify(value);

/** Prints `key: value` in block style, as lines without line endings. Values are texts and maps of them. */
export const printBlock = (
  key: string,
  value: string | object,
  indent: string,
  step: string,
): string[] =>
  typeof value === 'string'
    ? [`${indent}${printScalar(key)}: ${printScalar(value)}`]
    : [
        `${indent}${printScalar(key)}:`,
        ...Object.entries(value).flatMap(([name, inner]) =>
          printBlock(name, inner, `${indent}${step}`, step),
        ),
      ];

/** Prints `key: value` in flow style, on one line. */
export const printFlow = (key: string, value: string | object): string =>
  `${printScalar(key)}: ${
    typeof value === 'string'
      ? printScalar(value)
      : `{ ${Object.entries(value)
          .map(([name, inner]) => printFlow(name, inner))
          .join(', ')} }`
  }`;
