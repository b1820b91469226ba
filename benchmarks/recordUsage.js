/** Loaded into a measured process: writes its peak of memory, in KiB, to GOLDENPATH_USAGE_FILE when it ends. */
const { writeFileSync } = require('node:fs');

process.once('exit', () => {
  const file = process.env.GOLDENPATH_USAGE_FILE;
  if (file) writeFileSync(file, String(process.resourceUsage().maxRSS));
});
