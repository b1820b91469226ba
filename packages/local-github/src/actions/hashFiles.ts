import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { passesPatterns } from './decide/patterns';

/** The expression function hashFiles(): one SHA-256 over those of all matching files, empty where none matches. */
export const hashFiles = (workspace: string, patterns: string[]): string => {
  const files = walk(workspace, '')
    .filter(file =>
      passesPatterns(
        file,
        patterns.map(pattern => pattern.replace(/^(!?)\.\//, '$1')),
      ),
    )
    .sort();
  if (files.length === 0) return '';
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(
      createHash('sha256')
        .update(readFileSync(join(workspace, file)))
        .digest(),
    );
  }
  return hash.digest('hex');
};

const walk = (root: string, folder: string): string[] => {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(
    entry => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory())
        return entry.name === '.git' ? [] : walk(root, path);
      return entry.isFile() ? [path] : [];
    },
  );
};
