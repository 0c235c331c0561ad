/** The arrows of docs/architecture.md: who may know whom. Only app.ts, main.ts and the command line know every folder. */
const folder = (name) => `^src/${name}/`;
const only = (name, ...known) => ({
  name: `${name}-knows-only`,
  comment: `${name}/ may import ${known.join(', ') || 'nothing of ours'} alone`,
  severity: 'error',
  from: { path: folder(name), pathNot: '\\.test\\.ts$' },
  to: {
    path: '^src/',
    pathNot: [folder(name), ...known.map((one) => (one.endsWith('.ts') ? `^src/${one}$` : folder(one)))].join(
      '|',
    ),
  },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    only('schema', 'errors.ts', 'uuid.ts'),
    only('mapping', 'schema', 'errors.ts'),
    only('headers', 'errors.ts'),
    only('access', 'uuid.ts'),
    only('privacy', 'schema', 'errors.ts'),
    only('customer', 'schema', 'privacy', 'access', 'headers', 'errors.ts', 'uuid.ts'),
    only(
      'contracts',
      'customer',
      'mapping',
      'schema',
      'privacy',
      'access',
      'headers',
      'errors.ts',
      'uuid.ts',
    ),
    only('webhooks', 'access', 'errors.ts'),
    only('jobs', 'contracts', 'customer', 'webhooks', 'schema', 'privacy', 'access', 'errors.ts'),
    only(
      'http',
      'contracts',
      'customer',
      'webhooks',
      'schema',
      'access',
      'headers',
      'errors.ts',
      'package-root.ts',
    ),
    only(
      'storage',
      'customer',
      'privacy',
      'webhooks',
      'access',
      'errors.ts',
      'config.ts',
      'package-root.ts',
      'uuid.ts',
    ),
    only('samples', 'customer', 'schema'),
    {
      name: 'contracts-apart',
      comment: 'A contract never imports another one; they meet in all.ts',
      severity: 'error',
      from: { path: '^src/contracts/([^/]+)/' },
      to: { path: '^src/contracts/[^/]+/', pathNot: '^src/contracts/$1/' },
    },
    {
      name: 'no-dev-dependency-in-the-program',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'nothing-unused',
      comment: 'The program reaches every file of it; two that know each other alone are as unused as one',
      severity: 'error',
      from: { path: '^src/main\\.ts$' },
      to: { path: '^src/', pathNot: '\\.test\\.ts$', reachable: false },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json', '.d.ts'],
    },
  },
};
