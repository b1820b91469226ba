import { dirname, sep } from 'node:path';

/** Characters that a name of an artifact can't have, with the words that GitHub has for them. */
const INVALID: Record<string, string> = {
  '"': 'Double quote "',
  ':': 'Colon :',
  '<': 'Less than <',
  '>': 'Greater than >',
  '|': 'Vertical bar |',
  '*': 'Asterisk *',
  '?': 'Question mark ?',
  '\r': 'Carriage return \\r',
  '\n': 'Line feed \\n',
  '\\': 'Backslash \\',
  '/': 'Forward slash /',
};

/** @throws Error in GitHub's words */
export const assertArtifactName = (name: string): void => {
  // A download of all would leave its folder.
  if (name === '.' || name === '..')
    throw new Error(`The artifact name is not valid: ${name}`);
  const found = [...name].find(character => character in INVALID);
  if (found)
    throw new Error(
      `The artifact name is not valid: ${name}. Contains the following character: ${INVALID[found]}`,
    );
};

/**
 * The folder that paths in an artifact start from, as actions/upload-artifact has it: of one file its own, of one folder or
 * pattern that folder, or what comes before the first wildcard; of several the last that they have in common.
 * @param searched - where the search began for each pattern
 */
export const artifactRoot = (files: string[], searched: string[]): string => {
  if (searched.length > 1) return commonFolder(searched);
  return files.length === 1 && files[0] === searched[0]
    ? dirname(files[0])
    : searched[0];
};

const commonFolder = (paths: string[]): string => {
  const [first, ...others] = paths.map(path => path.split(sep));
  const shared = first.findIndex((part, at) =>
    others.some(other => other[at] !== part),
  );
  return (shared < 0 ? first : first.slice(0, shared)).join(sep) || sep;
};
