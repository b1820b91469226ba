import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The TypeScript sources below a folder, relative to the root and with `/`, without tests and their helpers. */
export const sourceFiles = (root: string, folder: string): string[] =>
  !existsSync(join(root, folder))
    ? []
    : readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter(
          entry =>
            entry.isFile() &&
            /\.(tsx?|mjs)$/.test(entry.name) &&
            !/\.(test|d)\.tsx?$/.test(entry.name),
        )
        .map(entry =>
          relative(root, join(entry.parentPath ?? entry.path, entry.name))
            .split('\\')
            .join('/'),
        )
        .filter(file => !/node_modules\/|\/testing\//.test(file))
        .sort();
