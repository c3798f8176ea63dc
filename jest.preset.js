// Each log or view that a test opens has a thread of its own, and Node takes the types off its sources anew for each: three times
// the work of starting it. Kept by what a source says, so it cannot be stale. Threads and processes inherit the variable.
process.env.NODE_COMPILE_CACHE ??= `${__dirname}/node_modules/.cache/node`;

// Tests run from the TypeScript sources: no build is needed and none can be stale.
const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2023',
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

// What a suite's name says it needs: `*.cluster.spec.ts` real servers, `*.full.spec.ts` programs that are fetched, and time.
const isCluster = process.env.TOCSIN_TEST_CLUSTER === '1';
const isFull = process.env.TOCSIN_TEST_FULL === '1';
const others = isCluster ? '(?<!\\.cluster)\\.spec\\.ts$' : isFull ? '\\.cluster\\.spec\\.ts$' : '\\.(cluster|full)\\.spec\\.ts$';

/** @param {string} root Path from the project's folder to the repository's root. */
module.exports = (root = '../..') => ({
  testEnvironment: 'node',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', others],
  moduleNameMapper: {
    '^@tocsin/contracts/openapi\\.json$': `<rootDir>/${root}/libs/contracts/openapi.json`,
    '^@tocsin/(domain|contracts|embedded-log|event-store|messaging|read-models|integrations|channels|alert-actions|platform|log-file|testing)$': `<rootDir>/${root}/libs/$1/src/index.ts`,
    '^@tocsin/(domain|contracts|embedded-log|event-store|messaging|read-models|integrations|channels|platform|testing)/(.+)$': `<rootDir>/${root}/libs/$1/src/$2/index.ts`,
    '^@tocsin/(ingestion|alerts|escalation|oncall|notifications|standalone)$': `<rootDir>/${root}/apps/$1/src/index.ts`,
    // A dynamic import keeps the ending that Node needs; the sources have another.
    '^(\\.{1,2}/(?:[a-z-]+/)*)index\\.js$': '$1index',
  },
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
});
