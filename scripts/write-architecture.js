/** Draws the folders of `src`, and who imports whom, into docs/architecture.md. */
const { execFileSync } = require('node:child_process');
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { argv } = require('node:process');

const ROOT = join(__dirname, '..');
const PAGE = join(ROOT, 'docs', 'architecture.md');
const PICTURE = /(?<=<!-- picture -->\n\n)[^]*?(?=\n\n<!-- \/picture -->)/;

/** The other folders are one thing each. */
const WITH_ROOMS = ['forwarding', 'spool'];

/** `forwarding/lane` of `src/forwarding/lane/lane.ts`; what lies in `src` itself puts the others together, and is none. */
const folderOf = (file) => {
  const folders = file.split('/').slice(1, -1);
  return folders.slice(0, WITH_ROOMS.includes(folders[0]) ? 2 : 1).join('/');
};

/** @returns {Map<string, Set<string>>} the folders each folder imports from, in the order of the alphabet */
function imports() {
  const cruiser = join(ROOT, 'node_modules', '.bin', 'depcruise');
  const json = execFileSync(cruiser, ['src', '--include-only', '^src/', '--output-type', 'json'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const edges = JSON.parse(json).modules.flatMap(({ source, dependencies }) => [
    [folderOf(source)],
    // A module of Nest puts parts together, and so knows those that do not know each other.
    ...(source.endsWith('.module.ts') ? [] : dependencies).map(({ resolved }) => [
      folderOf(source),
      folderOf(resolved),
    ]),
  ]);
  const graph = new Map(
    edges.map(([from]) => [from, new Set()]).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  for (const [from, to = from] of edges) if (to !== from && to !== '') graph.get(from).add(to);
  graph.delete('');
  return graph;
}

/** Without the arrows that two others make together: of a graph without circles, there is one such. */
function reduced(graph) {
  const reaches = (from, to, path = [from]) =>
    graph.get(from).has(to) ||
    [...graph.get(from)].some((next) => {
      if (path.includes(next)) throw new Error(`a circle of folders: ${[...path, next].join(' → ')}`);
      return reaches(next, to, [...path, next]);
    });
  return [...graph].map(([from, all]) => [
    from,
    [...all].filter((to) => ![...all].some((other) => other !== to && reaches(other, to))).sort(),
  ]);
}

function picture() {
  const folders = reduced(imports());
  const id = (folder) => folder.replaceAll('/', '-');
  return [
    '```mermaid',
    'flowchart TD',
    ...folders.map(([folder]) => `  ${id(folder)}["${folder}"]`),
    ...folders.flatMap(([from, all]) => all.map((to) => `  ${id(from)} --> ${id(to)}`)),
    '```',
  ].join('\n');
}

const page = readFileSync(PAGE, 'utf8');
const drawn = page.replace(PICTURE, picture);
if (!argv.includes('--check')) writeFileSync(PAGE, drawn);
else if (drawn !== page) throw new Error('docs/architecture.md is not up to date: npm run docs:architecture');
