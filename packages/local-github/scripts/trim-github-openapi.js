#!/usr/bin/env node
/**
 * Renews openapi/github.json: GitHub's own OpenAPI description (npm `@octokit/openapi`), cut down to the operations of
 * openapi/operations.json and what those refer to, without prose and examples, and with 3.0's `nullable` written as
 * JSON Schema has it (so: OpenAPI 3.1).
 *
 *   node scripts/trim-github-openapi.js [version of @octokit/openapi]
 */
const { execFileSync } = require('node:child_process');
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');

const DEFAULT_VERSION = '23.0.2';
const FOLDER = resolve(__dirname, '../openapi');

/** Of a schema, what decides whether a value is valid. Names of properties are not among the keys that are looked at. */
const PROSE = new Set([
  'description',
  'summary',
  'title',
  'example',
  'examples',
  'externalDocs',
  'deprecated',
  'discriminator',
  'default',
  'x-github-breaking-changes',
  'x-multi-segment',
]);
const SCHEMA_MAPS = ['properties', 'patternProperties'];
const SCHEMA_LISTS = ['allOf', 'anyOf', 'oneOf'];

const trimSchema = schema => {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (schema.$ref) return { $ref: schema.$ref };
  const trimmed = {};
  for (const [key, value] of Object.entries(schema)) {
    if (PROSE.has(key) || key === 'nullable') continue;
    if (SCHEMA_MAPS.includes(key)) {
      trimmed[key] = Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [name, trimSchema(inner)]),
      );
    } else if (SCHEMA_LISTS.includes(key)) trimmed[key] = value.map(trimSchema);
    else if (['items', 'additionalProperties', 'not'].includes(key))
      trimmed[key] = trimSchema(value);
    else trimmed[key] = value;
  }
  return schema.nullable ? orNull(trimmed) : trimmed;
};

const orNull = schema => {
  const combined = SCHEMA_LISTS.some(key => key in schema);
  if (combined || typeof schema.type !== 'string')
    return { anyOf: [schema, { type: 'null' }] };
  const { enum: choices, ...rest } = schema;
  return {
    ...rest,
    type: [schema.type, 'null'],
    ...(choices && { enum: [...new Set([...choices, null])] }),
  };
};

const trimContent = content =>
  content &&
  Object.fromEntries(
    Object.entries(content).map(([type, { schema }]) => [
      type,
      schema ? { schema: trimSchema(schema) } : {},
    ]),
  );

const trimOperation = (operation, pathItem, resolveRef) => {
  const parameters = [
    ...(pathItem.parameters ?? []),
    ...(operation.parameters ?? []),
  ]
    .map(resolveRef)
    .map(({ name, in: place, required, schema }) => ({
      name,
      in: place,
      ...(required && { required }),
      schema: trimSchema(schema),
    }));
  const body = operation.requestBody && resolveRef(operation.requestBody);
  const responses = Object.fromEntries(
    Object.entries(operation.responses).map(([status, response]) => {
      const content = trimContent(resolveRef(response).content);
      return [status, content ? { content } : {}];
    }),
  );
  return {
    operationId: operation.operationId,
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        ...(body.required && { required: true }),
        content: trimContent(body.content),
      },
    }),
    responses,
  };
};

const referencedSchemas = (value, found, schemas) => {
  if (typeof value !== 'object' || value === null) return;
  if (typeof value.$ref === 'string') {
    const name = value.$ref.split('/').pop();
    if (!found.has(name)) {
      found.set(name, trimSchema(schemas[name]));
      referencedSchemas(found.get(name), found, schemas);
    }
  }
  for (const inner of Object.values(value))
    referencedSchemas(inner, found, schemas);
};

const trim = (description, operations, version) => {
  const resolveRef = node => {
    if (!node.$ref) return node;
    const [, , kind, name] = node.$ref.split('/');
    return description.components[kind][name];
  };
  const paths = {};
  for (const line of operations) {
    const [method, path] = line.split(' ');
    const pathItem = description.paths[path];
    const operation = pathItem?.[method.toLowerCase()];
    if (!operation) throw new Error(`GitHub's description has no ${line}`);
    paths[path] ??= {};
    paths[path][method.toLowerCase()] = trimOperation(
      operation,
      pathItem,
      resolveRef,
    );
  }
  const found = new Map();
  referencedSchemas(paths, found, description.components.schemas);
  return {
    openapi: '3.1.0',
    info: {
      title: "GitHub's REST API, the part that the local GitHub has",
      version: `@octokit/openapi ${version}`,
      license: { name: 'MIT' },
    },
    paths,
    components: {
      schemas: Object.fromEntries(
        [...found].sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    },
  };
};

/** JSON with a line for every path and every schema: small, and its changes can be read. */
const print = ({ paths, components, ...head }) => {
  const lines = object =>
    Object.entries(object)
      .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
      .join(',\n');
  return `{\n${lines(head)},\n"paths": {\n${lines(
    paths,
  )}\n},\n"components": {"schemas": {\n${lines(components.schemas)}\n}}\n}\n`;
};

const main = version => {
  const folder = mkdtempSync(join(tmpdir(), 'github-openapi-'));
  try {
    const run = (command, ...args) =>
      execFileSync(command, args, { cwd: folder, encoding: 'utf8' }).trim();
    const [{ filename }] = JSON.parse(
      run('npm', 'pack', '--json', `@octokit/openapi@${version}`),
    );
    const member = 'package/generated/api.github.com.json';
    run('tar', '-xzf', filename, member);
    const description = JSON.parse(readFileSync(join(folder, member), 'utf8'));
    const operations = JSON.parse(
      readFileSync(join(FOLDER, 'operations.json'), 'utf8'),
    );
    const text = print(trim(description, operations, version));
    writeFileSync(join(FOLDER, 'github.json'), text);
    process.stdout.write(
      `openapi/github.json: ${operations.length} operations, ${text.length} bytes\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

main(process.argv[2] ?? DEFAULT_VERSION);
