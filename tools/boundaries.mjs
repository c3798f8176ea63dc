// Who may import whom, and what pure code may touch: the one table behind the lint rules `boundaries/*`.
// Each row becomes a lint rule of its own (tools/lint/boundaries.mjs), and each has at least one file under
// tools/boundaries/fixtures that breaks it, which test/boundaries checks.

const SERVICES = 'ingestion|alerts|escalation|oncall|notifications';
const ADAPTERS = 'embedded|eventstoredb|kafka|mongodb';
const STORES = 'event-store|messaging|read-models';
const ADAPTER_PATHS = `(${STORES})/(${ADAPTERS})|channels/[a-z-]+`;

const SPECS = ['**/*.spec.ts', '**/*.contract.ts'];
const TEST_KITS = ['{libs,apps}/*/src/testing/**', 'libs/testing/src/**'];
const ADAPTER_FOLDERS = ['libs/{event-store,messaging,read-models}/src/{embedded,eventstoredb,kafka,mongodb}/**', 'libs/channels/src/*/**'];
const WIRING = [
  '**/*.module.ts',
  '**/main.ts',
  'apps/standalone/src/{standalone,data-directory}.ts',
  'libs/platform/src/nest/cluster/stores.ts',
];
const CODE = ['libs/*/src/**/*.{ts,mts}', 'apps/*/src/**/*.{ts,mts}'];

/**
 * @typedef {object} Boundary
 * @property {string} id The lint rule's name after `boundaries/`.
 * @property {string} message Said to whoever crosses it.
 * @property {string[]} files
 * @property {string[]} [except]
 * @property {string} [imports] A regular expression for module names that may not be imported, required or re-exported.
 * @property {string[]} [syntax] Selectors of what may not be written.
 * @property {string[]} [globals] Names that may not be used unless they are declared in the file.
 */

/** @type {readonly Boundary[]} */
export const boundaries = [
  {
    id: 'domain-imports',
    message: 'The domain imports only itself, temporal-polyfill and re2js.',
    files: ['libs/domain/src/**/*.{ts,mts}'],
    except: [...SPECS, ...TEST_KITS],
    imports: '^(?!\\.{1,2}(/|$)|(temporal-polyfill|re2js)$)',
  },
  {
    id: 'domain-time',
    message: 'The domain is told the time: inside the command, or by the Clock.',
    files: ['libs/domain/src/**/*.{ts,mts}'],
    except: SPECS,
    syntax: [
      "MemberExpression[object.name='Date'][property.name='now']",
      "MemberExpression[object.name='Date'][property.value='now']",
      "NewExpression[callee.name='Date'][arguments.length=0]",
      "CallExpression[callee.name='Date']",
      "MemberExpression[object.name='Temporal'][property.name='Now']",
    ],
  },
  {
    id: 'domain-chance',
    message: 'The domain is given its ids and its chance from outside.',
    files: ['libs/domain/src/**/*.{ts,mts}'],
    except: SPECS,
    syntax: [
      "MemberExpression[object.name='Math'][property.name='random']",
      "MemberExpression[object.name='Math'][property.value='random']",
    ],
  },
  {
    id: 'domain-globals',
    message: 'The domain is pure: no process, timers, randomness, network or console.',
    files: ['libs/domain/src/**/*.{ts,mts}'],
    except: SPECS,
    globals: [
      ...['process', 'globalThis', 'global', 'require', 'console', 'crypto', 'performance', 'fetch', 'queueMicrotask'],
      ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate'],
    ],
  },
  {
    id: 'contracts-imports',
    message: 'Contracts are built from the domain’s types and nothing else.',
    files: ['libs/contracts/src/**/*.{ts,mts}'],
    except: [...SPECS, ...TEST_KITS],
    imports: '^(?!\\.{1,2}(/|$)|@tocsin/domain$)',
  },
  {
    id: 'relative-into-another-project',
    message: 'Another project is imported by its name (@tocsin/...), never by a path.',
    files: CODE,
    // Inside a project no relative path leads through its own `src`.
    imports: '^\\.{1,2}/(.*/)?(src|dist|node_modules)(/|$)',
  },
  {
    id: 'internals-of-another-project',
    message:
      'A project’s names are those its index lists; only adapters, platform/nest, the answer shapes and the API description have a path of their own.',
    files: CODE,
    except: [...SPECS, ...TEST_KITS],
    imports: `^@tocsin/(?!(${ADAPTER_PATHS})$|platform/nest$|contracts/(answer-shapes|openapi\\.json)$)[^/]+/`,
  },
  {
    id: 'internals-of-another-project-in-tests',
    message:
      'A project’s names are those its index lists; only adapters, platform/nest, the answer shapes and the kits for tests have a path of their own.',
    files: [...SPECS, ...TEST_KITS, 'test/**/*.ts', 'bench/**/*.ts'],
    imports: `^@tocsin/(?!(${ADAPTER_PATHS})$|platform/nest$|contracts/answer-shapes$|domain/testing$|testing/eventstoredb$)[^/]+/`,
  },
  {
    id: 'lib-dependencies',
    message:
      'A lib imports the domain, contracts, platform and the three ports; integrations, channels, alert actions and services depend on it, not it on them.',
    files: ['libs/*/src/**/*.{ts,mts}'],
    except: [...SPECS, ...TEST_KITS],
    imports: `^@tocsin/(integrations|channels|alert-actions|standalone|${SERVICES})(/|$)`,
  },
  {
    id: 'test-doubles-in-production',
    message: 'The testing lib and the test kits are for specs, acceptance stories and benches.',
    files: CODE,
    except: [...SPECS, ...TEST_KITS],
    imports: '^@tocsin/testing(/|$)|^\\.{1,2}/(.*/)?testing(/|$)',
  },
  {
    id: 'driver-outside-adapter',
    message: 'A driver is imported only by its adapter’s folder.',
    files: CODE,
    except: [...SPECS, ...ADAPTER_FOLDERS, 'libs/embedded-log/src/**', 'libs/platform/src/tracing/open-telemetry/**', ...TEST_KITS],
    imports:
      '^(node:sqlite|better-sqlite3|kafkajs|mongoose|mongodb|nodemailer|twilio|web-push|@eventstore/.*|@kurrent/.*|@grpc/.*|google-protobuf|@sendgrid/.*|@slack/.*|jose|@opentelemetry/.*)(/|$)',
  },
  {
    id: 'adapter-outside-wiring',
    message: 'Which adapter is used is known only to *.module.ts, main.ts and standalone.ts.',
    files: CODE,
    except: [...SPECS, ...WIRING, ...ADAPTER_FOLDERS, 'libs/embedded-log/src/**', ...TEST_KITS],
    imports: `^@tocsin/(${ADAPTER_PATHS}|embedded-log)(/|$)`,
  },
  {
    id: 'nest-inside-lib',
    message: 'Nest stays at the edge: in the apps and in platform/nest.',
    files: ['libs/*/src/**/*.{ts,mts}'],
    except: ['libs/platform/src/nest/**', ...SPECS],
    imports: '^(@nestjs/|fastify$|@fastify/|@tocsin/platform/nest)',
  },
  {
    id: 'app-imports-app',
    message: 'Services do not know each other; what one tells another goes over the bus. Only the standalone puts them together.',
    files: ['apps/*/src/**/*.{ts,mts}'],
    except: ['apps/standalone/src/**'],
    imports: `^@tocsin/(standalone|${SERVICES})(/|$)`,
  },
  {
    id: 'environment-outside-config',
    message: 'process.env is read once, in config.ts; a main.ts may set the time zone before anything is loaded.',
    files: CODE,
    except: [...SPECS, '**/config.ts', ...TEST_KITS],
    syntax: [
      // `process.env.TZ = ...` writes; everything else reads.
      "MemberExpression[object.name='process'][property.name='env']:not(AssignmentExpression > MemberExpression.left > MemberExpression.object)",
      "MemberExpression[object.name='process'][property.value='env']",
      "VariableDeclarator[init.name='process'] > ObjectPattern > Property[key.name='env']",
      "ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name='env']",
    ],
  },
];
