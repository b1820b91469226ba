import { InputError } from '@backstage/errors';
import {
  defaultInfraSettings,
  InfraSettings,
  parseInfraSettings,
} from '@goldenpath/plugin-golden-path-common';
import { parseDocument } from 'yaml';
import { createFileError } from './text';

/**
 * Parses the settings of an infra repo and fills in every default.
 * @throws InputError with every problem, each as `path: reason`
 *
 * @public
 */
export const readSettings = (text: string, path: string): InfraSettings => {
  const document = parseDocument(text, { prettyErrors: false });
  const [problem] = document.errors;
  if (problem)
    throw createFileError(path, text, problem.pos[0], problem.message);
  // A file with only comments sets nothing.
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
