import { InputError } from '@backstage/errors';
import {
  defaultInfraSettings,
  InfraSettings,
  parseInfraSettings,
} from '@goldenpath/plugin-golden-path-common';
import { parseDocument } from 'yaml';
import { createFileError } from './text';

/**
 * The settings of an infra repo, with every default.
 * @throws InputError with everything that is wrong, each as `path: reason`
 *
 * @public
 */
export const readSettings = (text: string, path: string): InfraSettings => {
  const document = parseDocument(text, { prettyErrors: false });
  const [problem] = document.errors;
  if (problem)
    throw createFileError(path, text, problem.pos[0], problem.message);
  // A file of comments only sets nothing.
  const value: unknown = document.toJS();
  if (value === null) return defaultInfraSettings();
  const parsed = parseInfraSettings(value);
  if ('problems' in parsed) {
    throw new InputError(
      parsed.problems.map(reason => `${path}: ${reason}.`).join('\n'),
    );
  }
  return parsed.settings;
};
