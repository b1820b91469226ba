import { parseAllDocuments } from 'yaml';
import {
  DatabaseRequest,
  kubernetesSecretName,
} from '@goldenpath/plugin-golden-path-common';

/** A text file of the rendered app, its path relative with `/`. */
export interface RenderedFile {
  path: string;
  text: string;
}

/** What is left of a placeholder that was not rendered, in any of the spellings seen in the wild. */
const UNRENDERED = /\$?\{\{-?\s*values\b|\$\{\s*values\b|\{%-?\s/;

/**
 * What is wrong with a rendered app: placeholders left over, YAML that doesn't parse, files or names that are missing.
 * Every problem is `path: what`.
 */
export const renderedProblems = (
  files: RenderedFile[],
  request: Pick<DatabaseRequest, 'component_id' | 'description'>,
  databaseSecret: string,
): string[] => {
  const names: Array<{ path: string; name: string; what: string }> = [
    {
      path: 'catalog-info.yaml',
      name: request.component_id,
      what: 'the name of the app',
    },
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
  ];
  return [
    ...files.flatMap(file => [
      ...placeholders(file, request.description),
      ...yamlErrors(file),
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

const placeholders = ({ path, text }: RenderedFile, description: string) =>
  text.split('\n').flatMap((line, index) => {
    const [left] = UNRENDERED.exec(line) ?? [];
    // People may write of placeholders in their description.
    return left === undefined || description.includes(left)
      ? []
      : [`${path}:${index + 1}: not rendered: ${line.trim()}`];
  });

const yamlErrors = ({ path, text }: RenderedFile) =>
  /\.ya?ml$/.test(path)
    ? parseAllDocuments(text).flatMap(document =>
        document.errors.map(
          error => `${path}: ${error.message.split('\n')[0]}`,
        ),
      )
    : [];
