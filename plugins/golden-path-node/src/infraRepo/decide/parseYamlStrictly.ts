import { loadJsYaml, JsYamlError } from '../../libraries/jsYaml';
import { FileError } from './fileError';

/**
 * Parses YAML with js-yaml, the second parser, several times as fast as the one with positions. Follows merge keys, and
 * returns unknown tags with their values.
 * @throws InputError `path:line:column: reason` when the file is invalid
 */
export const parseYamlStrictly = (text: string, path: string): unknown => {
  const { CORE_SCHEMA, load, Type, types } = loadJsYaml();
  const anyTag = ['!', 'tag:'].flatMap(prefix =>
    KINDS.map(
      kind =>
        new Type(prefix, {
          kind,
          multi: true,
          construct: (data, tag) => ({ tag, data }),
        }),
    ),
  );
  try {
    const schema = CORE_SCHEMA.extend({
      implicit: [types.merge],
      explicit: anyTag,
    });
    return load(text, { schema });
  } catch (error) {
    const { reason, mark } = error as JsYamlError;
    if (!mark) throw error;
    // Passed to the constructor, the cause's message would be appended, with a part of the file.
    throw Object.assign(
      new FileError([
        { path, line: mark.line + 1, column: mark.column + 1, reason },
      ]),
      { cause: error },
    );
  }
};

const KINDS = ['scalar', 'sequence', 'mapping'] as const;
