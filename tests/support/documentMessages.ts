import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import { readsAsWords, SourceMessage, sourceMessages } from './sourceMessages';

const filesUnder = (root: string, folder: string, name: RegExp): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && name.test(entry.name))
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
    .sort();

/** A condition, or a value that a step passes to another. */
const EXPRESSION_ONLY = /^\$\{\{[^}]*\}\}$/;

const textsIn = (value: unknown, key = ''): string[] => {
  if (typeof value === 'string')
    return key === 'title' ||
      (readsAsWords(value) && !EXPRESSION_ONLY.test(value))
      ? [value]
      : [];
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => textsIn(inner, name))
    : [];
};

const read = (
  root: string,
  files: string[],
  textsOf: (text: string) => string[],
): SourceMessage[] =>
  files
    .map(file => ({
      file,
      texts: textsOf(readFileSync(join(root, file), 'utf8')),
    }))
    .filter(({ texts }) => texts.length > 0);

/** What the forms of the templates show, in the order of the file. */
export const formMessages = (root: string, folder: string): SourceMessage[] =>
  read(root, filesUnder(root, folder, /^template\.yaml$/), text =>
    textsIn(parse(text)),
  );

/** Texts of the platform's workflows, make targets, scripts and Terraform: step names, output, descriptions. */
export const kitMessages = (root: string, folder: string): SourceMessage[] => [
  ...read(root, filesUnder(root, folder, /\.(ya?ml|tf|mk)$|^Makefile$/), text =>
    text
      .split('\n')
      .map(line => line.trim())
      .filter(line =>
        /^(- )?(name|description|run-name): .* |^(error_message|description) *=|\becho\b|::(error|warning|notice)/.test(
          line,
        ),
      ),
  ),
  ...sourceMessages(root, folder),
];
