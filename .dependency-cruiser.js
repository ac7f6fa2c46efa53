/** The folders of `src`, from the ground up: each may import from those before it, and from nobody else. */
const FLOORS = [
  'model',
  'clock',
  'config',
  'http',
  'logging',
  'metrics',
  'errors',
  'inflight',
  'secrets',
  'spool',
  'health',
  'backends',
  'forwarding/client',
  'forwarding/lane',
  'forwarding',
  'intake',
  'deliveries',
  'page',
  'recovery',
  'check',
  'lifecycle',
];

/** A file of a floor, and of none that lies within it. */
const on = (floor) => {
  const within = FLOORS.filter((other) => other.startsWith(`${floor}/`)).map((other) =>
    other.slice(floor.length + 1),
  );
  return `^src/${floor}/${within.length === 0 ? '' : `(?!${within.join('|')})`}`;
};

const downwards = FLOORS.slice(0, -1).map((floor, index) => ({
  name: `${floor}-imports-downwards`,
  comment: `${floor}/ knows nothing of what is built upon it.`,
  severity: 'error',
  from: { path: on(floor) },
  to: {
    path: [...FLOORS.slice(index + 1).map(on), '^src/[^/]+\\.ts$'],
    pathNot: '^src/(version|package-directory)\\.ts$',
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...downwards,
    {
      name: 'model-imports-nothing',
      comment: 'What everybody names and nothing does stands alone.',
      severity: 'error',
      from: { path: '^src/model/' },
      to: { path: '^src/', pathNot: '^src/model/' },
    },
    {
      name: 'no-circle-of-files',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-circle-of-folders',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    {
      name: 'engines-are-known-to-the-spool-module-alone',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/spool/(lmdb|postgres)/',
          '^src/spool/spool\\.module\\.ts$',
          '^src/spool/copy/open-ends\\.ts$',
        ],
      },
      to: { path: '^src/spool/(lmdb|postgres)/' },
    },
    {
      name: 'no-floor-is-forgotten',
      comment: 'A new folder has its place in the list above.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: FLOORS.map((floor) => `^src/${floor}/`) },
      to: {},
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // Types count: who knows a type knows the folder.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '\\.spec\\.ts$' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
