const process = require('node:process');

// As the program sets it for itself: a name that no resolver answers for must not hold up the others.
process.env.UV_THREADPOOL_SIZE ??= '64';

const shared = {
  testEnvironment: 'node',
  runtime: '<rootDir>/test/support/sharing-runtime.js',
  setupFilesAfterEnv: ['<rootDir>/test/support/patience.ts'],
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2023',
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};

/** @type {import('jest').Config} */
module.exports = {
  // The end-to-end tests wait more than they compute.
  maxWorkers: '100%',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/src/**/*.spec.ts',
        '<rootDir>/test/spool-contract/*.spec.ts',
        '<rootDir>/test/docs/*.spec.ts',
        '<rootDir>/test/support/postgres/*.spec.ts',
        '<rootDir>/test/pictures/support/*.spec.ts',
        '<rootDir>/web/src/**/*.spec.ts',
      ],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/*.e2e-spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
    },
    {
      ...shared,
      displayName: 'soak',
      testMatch: ['<rootDir>/test/soak/*.spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
    },
    {
      ...shared,
      displayName: 'attack',
      testMatch: ['<rootDir>/test/attack/*.spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
    },
    {
      ...shared,
      displayName: 'monitoring',
      testMatch: ['<rootDir>/test/monitoring/*.spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
    },
    {
      ...shared,
      displayName: 'pictures',
      testMatch: ['<rootDir>/test/pictures/*.spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
    },
    { ...shared, displayName: 'manifests', testMatch: ['<rootDir>/test/manifests/*.spec.ts'] },
    {
      ...shared,
      displayName: 'chart',
      globalSetup: '<rootDir>/test/chart/support/obtain-helm.js',
      testMatch: [
        '<rootDir>/test/chart/*.spec.ts',
        '<rootDir>/test/manifests/references.spec.ts',
        '<rootDir>/test/manifests/wiring.spec.ts',
      ],
      // The same checks, of what Helm makes.
      moduleNameMapper: {
        '^\\./support/foreign\\.js$': '<rootDir>/test/chart/support/installations.ts',
        ...shared.moduleNameMapper,
      },
    },
    {
      ...shared,
      displayName: 'page',
      testMatch: ['<rootDir>/test/page/*.spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
    },
    {
      ...shared,
      displayName: 'bench',
      testMatch: ['<rootDir>/test/bench/*.spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/setup.ts'],
    },
  ],
};
