// Runs on any version of Node, because it reports one that is too old.
var version = process.versions.node.split('.').map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  console.error(
    'Node ' +
      process.versions.node +
      ' is too old: install Node 20.19 or newer (22 and 24 are what Backstage supports).',
  );
  process.exit(1);
}
