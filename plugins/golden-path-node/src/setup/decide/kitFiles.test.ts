import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { CODEOWNERS_PATHS, KIT_FILES } from './kitFiles';

it('names every file that the kit has for GitHub', () => {
  const kit = resolve(__dirname, '../../../../../platform');
  const files = readdirSync(join(kit, '.github'), {
    recursive: true,
    withFileTypes: true,
  })
    .filter(entry => entry.isFile())
    .map(entry =>
      relative(kit, join(entry.parentPath ?? entry.path, entry.name)),
    );
  expect([...KIT_FILES, CODEOWNERS_PATHS[0]].sort()).toEqual(files.sort());
});
