const { createRequire } = require('node:module');
const { default: Runtime } = require('jest-runtime');

// What decorators note is kept by the global `Reflect`, of which there has to be one.
require('reflect-metadata');

/**
 * What Node itself loads, once in each worker instead of once in each file: half the time of a file that boots Nest goes
 * into loading it. These keep nothing of a test, tell values apart by no class of the language (each file has its own
 * `Array` and `Error`), and have no timers that a test fakes. What does not hold for another package: leave it out.
 */
const SHARED =
  /^(@nestjs\/|axios$|express$|lmdb$|reflect-metadata$|rxjs$|rxjs\/|undici$|@octokit\/(?!webhooks-examples|openapi)|bottleneck$)/;

module.exports = class SharingRuntime extends Runtime {
  constructor(config, environment, ...rest) {
    super(config, environment, ...rest);
    environment.global.Reflect = Reflect;
    // Thrown by Express, for a path that cannot be decoded, and known by its class.
    environment.global.URIError = URIError;
  }

  requireModuleOrMock(from, name) {
    return SHARED.test(name) ? createRequire(from)(name) : super.requireModuleOrMock(from, name);
  }
};
