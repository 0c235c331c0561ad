import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { Contract } from '../contracts/contract.ts';
import { packageVersion } from '../package-root.ts';
import { openApiOf, openApiPathOf } from './openapi.ts';

/** The OpenAPI documents, and pages to browse them, all of it from this package: nothing is loaded from elsewhere. */
export const mountDocs = async (server: FastifyInstance, contracts: readonly Contract[]): Promise<void> => {
  const version = packageVersion();
  for (const contract of contracts) {
    // Made when somebody asks: no start waits for it.
    let document: string | undefined;
    server.get(openApiPathOf(contract), (_request, reply) => {
      document ??= JSON.stringify(openApiOf(contract, version));
      return reply.type('application/json; charset=utf-8').send(document);
    });
  }
  await server.register(swagger, {
    mode: 'static',
    specification: { document: openApiOf(contracts[0] as Contract, version) as never },
  });
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: {
      // Offered as a list to choose from, the first one chosen.
      urls: contracts.map((contract) => ({ name: contract.title, url: openApiPathOf(contract) })),
      validatorUrl: null,
      tryItOutEnabled: true,
      docExpansion: 'list',
    },
    staticCSP: policy,
    theme: { title: 'Customary' },
    logo: { type: 'image/svg+xml', content: Buffer.from(logo), href: '/docs' },
  });
};

/**
 * Nothing from elsewhere, and no upgrade to TLS: where the service is reached by plain HTTP, the page would be empty. The
 * style sheet holds its pictures itself.
 */
const policy = {
  'default-src': "'self'",
  'img-src': ["'self'", 'data:'],
  // The viewer puts a style into the page. A style can load nothing but what the others allow.
  'style-src': ["'self'", "'unsafe-inline'"],
  'object-src': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
};

/** The name in letters: another project's mark has no place on our page. */
const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 190 40" height="40"><text x="0" y="29" fill="#fff" ' +
  'font-family="Georgia, serif" font-size="28">Customary</text></svg>';
