import { FileError } from './fileError';
import { jsYaml, JsYamlError } from '../../libraries/jsYaml';

/**
 * What a YAML file means to js-yaml, which reads several times as fast as the parser that knows the places, and is a
 * second opinion. Merge keys are followed; a tag that nobody knows stands beside its value.
 * @throws InputError `path:line:column: reason` where the file is not valid
 */
export const strictYamlValue = (text: string, path: string): unknown => {
  const { CORE_SCHEMA, load, Type, types } = jsYaml();
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
    // As a constructor's argument the cause would be said twice, with a part of the file.
    throw Object.assign(
      new FileError([
        { path, line: mark.line + 1, column: mark.column + 1, reason },
      ]),
      { cause: error },
    );
  }
};

const KINDS = ['scalar', 'sequence', 'mapping'] as const;
