const { cpSync, readdirSync, renameSync, rmSync } = require('node:fs');
const { join, resolve } = require('node:path');

/**
 * Copies the skeletons into the package, because npm packs only files inside it. npm leaves out every `.gitignore`, so
 * the copy has another name, which rendering changes back.
 */
const copySkeletons = (from, to) => {
  rmSync(to, { recursive: true, force: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    // Beside the skeletons are their tests, with a snapshot.
    if (!entry.isDirectory() || entry.name === '__snapshots__') continue;
    const skeleton = join(to, entry.name);
    cpSync(join(from, entry.name), skeleton, { recursive: true });
    const files = readdirSync(skeleton, {
      recursive: true,
      withFileTypes: true,
    });
    for (const file of files) {
      if (file.name !== '.gitignore') continue;
      const folder = file.parentPath ?? file.path;
      renameSync(join(folder, file.name), join(folder, "${{ '.gitignore' }}"));
    }
  }
};

module.exports = { copySkeletons };

if (require.main === module) {
  const inPackage = resolve(__dirname, '../skeleton');
  if (process.argv.includes('--remove'))
    rmSync(inPackage, { recursive: true, force: true });
  else copySkeletons(resolve(__dirname, '../../../skeleton'), inPackage);
}
