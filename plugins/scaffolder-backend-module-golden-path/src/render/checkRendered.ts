import { posix } from 'node:path';
import { parseAllDocuments } from 'yaml';
import {
  AppRequest,
  kubernetesSecretName,
} from '@goldenpath/plugin-golden-path-common';

/** A text file of the rendered app, its path relative with `/`. */
export interface RenderedFile {
  path: string;
  text: string;
}

/** An unrendered placeholder, in any known template syntax. */
const UNRENDERED = /\$?\{\{-?\s*values\b|\$\{\s*values\b|\{%-?\s/;

const KUSTOMIZATION = 'kustomization.yaml';
const TECHDOCS = {
  annotation: 'backstage.io/techdocs-ref: dir:.',
  file: 'mkdocs.yml',
};

/** Finds unrendered placeholders, invalid YAML, and missing files or names. Each problem is `path: problem`. */
export const findRenderProblems = (
  files: RenderedFile[],
  request: Pick<AppRequest, 'component_id' | 'description'>,
  /** Undefined for an app without a database. */
  databaseSecret: string | undefined,
): string[] => {
  const names: Array<{ path: string; name: string; what: string }> = [
    {
      path: 'catalog-info.yaml',
      name: request.component_id,
      what: 'the name of the app',
    },
    ...(databaseSecret === undefined
      ? []
      : [
          {
            path: 'deploy/base/externalsecret.yaml',
            name: databaseSecret,
            what: 'the secret of the database',
          },
          {
            path: 'deploy/base/deployment.yaml',
            name: kubernetesSecretName(request.component_id),
            what: 'the Kubernetes secret',
          },
        ]),
  ];
  return [
    ...files.flatMap(file => [
      ...findPlaceholders(file, request.description),
      ...findYamlErrors(file),
      ...findMissingFiles(file, files),
    ]),
    ...names.flatMap(({ path, name, what }) => {
      const file = files.find(one => one.path === path);
      if (!file) return [`${path}: missing`];
      return file.text.includes(name)
        ? []
        : [`${path}: lacks ${what}, ${name}`];
    }),
  ];
};

const findPlaceholders = ({ path, text }: RenderedFile, description: string) =>
  text.split('\n').flatMap((line, index) => {
    const [left] = UNRENDERED.exec(line) ?? [];
    // A description may contain placeholders.
    return left === undefined || description.includes(left)
      ? []
      : [`${path}:${index + 1}: not rendered: ${line.trim()}`];
  });

/** The files that a kustomization builds from, and those of TechDocs. */
const findMissingFiles = (
  { path, text }: RenderedFile,
  files: RenderedFile[],
): string[] => {
  const exists = (name: string) => files.some(one => one.path === name);
  if (path === 'catalog-info.yaml')
    return text.includes(TECHDOCS.annotation) && !exists(TECHDOCS.file)
      ? [`${TECHDOCS.file}: missing, ${path} refers to it`]
      : [];
  if (posix.basename(path) !== KUSTOMIZATION) return [];
  return listResources(text)
    .filter(resource => !URL.canParse(resource))
    .map(resource => posix.join(posix.dirname(path), resource))
    .filter(name => !exists(name) && !exists(posix.join(name, KUSTOMIZATION)))
    .map(name => `${name}: missing, ${path} refers to it`);
};

const listResources = (text: string): string[] => {
  const [document] = parseAllDocuments(text);
  if (!document || document.errors.length > 0) return [];
  const { resources = [], components = [] } = document.toJS() ?? {};
  return [...resources, ...components];
};

const findYamlErrors = ({ path, text }: RenderedFile) =>
  /\.ya?ml$/.test(path)
    ? parseAllDocuments(text).flatMap(document =>
        document.errors.map(
          error => `${path}: ${error.message.split('\n')[0]}`,
        ),
      )
    : [];
