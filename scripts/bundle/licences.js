const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '../..');

/** The directory of the package that a file is of, if it is not of this one. */
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** The licences of all packages that the files are of: whoever passes them on has to pass these on too. */
function licencesOf(files) {
  const packages = new Set(files.flatMap((file) => PACKAGE.exec(file)?.[0] ?? []));
  return [...packages].sort().map(licenceOf).join('\n\n');
}

function licenceOf(directory) {
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, directory, 'package.json'), 'utf8'));
  const texts = readdirSync(join(ROOT, directory))
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .map((file) => readFileSync(join(ROOT, directory, file), 'utf8').trim());
  return [`=== ${name} ${version} (${license})`, ...texts].join('\n\n');
}

module.exports = { licencesOf };
