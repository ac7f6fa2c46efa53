// The program, until it is told to keep what the engine has compiled of it.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const process = require('node:process');

const DIST = join(__dirname, '../../dist');
const { bundle } = require(join(DIST, 'main.js'));

process.once('message', () => {
  writeFileSync(join(DIST, `bundle/sprayproxy.js.${process.version}`), bundle.createCachedData());
  process.exit(0);
});
