import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { Contract } from '../contracts/contract.ts';
import { packageVersion } from '../package-root.ts';
import { openApiOf } from './openapi.ts';

/** The OpenAPI documents, and pages to browse them, all of it from this package: nothing is loaded from elsewhere. */
export const mountDocs = async (server: FastifyInstance, contracts: readonly Contract[]): Promise<void> => {
  const version = packageVersion();
  const documents = contracts.map((contract) => openApiOf(contract, version));
  for (const contract of contracts) {
    const document = JSON.stringify(openApiOf(contract, version));
    const url = contract.id === 'native' ? '/openapi.json' : `${contract.prefix}/openapi.json`;
    server.get(url, (_request, reply) => reply.type('application/json; charset=utf-8').send(document));
  }
  await server.register(swagger, { mode: 'static', specification: { document: documents[0] as never } });
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { url: '/openapi.json', validatorUrl: null, tryItOutEnabled: true, docExpansion: 'list' },
    staticCSP: true,
    theme: { title: 'Customary' },
  });
};
