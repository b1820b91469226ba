import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { spec } from '../schema/openapi';

const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
ajv.addSchema(spec, 'openapi');

/** A JSON pointer into the description, as a reference. */
const pointTo = (...path: string[]) =>
  `openapi#/${path
    .map(part =>
      encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1')),
    )
    .join('/')}`;

/** Fails unless openapi.yaml describes this answer of a route. */
export const expectDescribed = (
  method: 'get' | 'post',
  path: keyof typeof spec.paths,
  status: number,
  body: unknown,
): void => {
  const responses: Record<string, unknown> = Object(
    Object(spec.paths[path])[method],
  ).responses;
  const isSuccess = String(status) in responses && status < 400;
  const $ref = isSuccess
    ? pointTo(
        'paths',
        path,
        method,
        'responses',
        String(status),
        'content',
        'application/json',
        'schema',
      )
    : pointTo('components', 'schemas', 'Error');
  const validate = ajv.compile({ $ref });
  expect({ problems: validate(body) ? [] : validate.errors, body }).toEqual({
    problems: [],
    body,
  });
};
