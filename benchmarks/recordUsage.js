/**
 * Loaded into a measured process: writes what it used, as JSON, to GOLDENPATH_USAGE_FILE when it ends: its peak of memory
 * in KiB, and the seconds that it kept a processor busy.
 */
const { writeFileSync } = require('node:fs');

process.once('exit', () => {
  const file = process.env.GOLDENPATH_USAGE_FILE;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  if (file)
    writeFileSync(
      file,
      JSON.stringify({
        peakKib: maxRSS,
        busySeconds: (userCPUTime + systemCPUTime) / 1e6,
      }),
    );
});
