import type { TSchema } from 'typebox';
import { scopeMeanings } from '../access/scopes.ts';
import type { Contract, Route } from '../contracts/contract.ts';
import { webhooksOf } from './openapi-webhooks.ts';

/** The OpenAPI 3.1 document of a contract, derived from its routes and schemas. */
export const openApiOf = (contract: Contract, version: string): Record<string, unknown> => ({
  openapi: '3.1.0',
  info: {
    title: contract.title,
    description: contract.description,
    version,
    license: { name: 'Apache-2.0' },
  },
  servers: [{ url: contract.prefix }],
  security: Object.keys(contract.securitySchemes).map((name) => ({ [name]: [] })),
  paths: pathsOf(contract),
  ...(contract.webhooks ? { webhooks: webhooksOf(contract.webhooks) } : {}),
  components: {
    securitySchemes: Object.fromEntries(
      Object.entries(contract.securitySchemes).map(([name, scheme]) => [
        name,
        { ...scheme, description: `${scheme.description} Scopes:\n\n${scopesText}` },
      ]),
    ),
    schemas: { Problem: contract.errorSchema },
  },
});

/** Where the OpenAPI document of a contract is. */
export const openApiPathOf = ({ openApiPath, prefix }: Contract): string =>
  openApiPath ?? `${prefix}/openapi.json`;

const scopesText = Object.entries(scopeMeanings)
  .map(([scope, meaning]) => `- \`${scope}\`: ${meaning}`)
  .join('\n');

const pathsOf = (contract: Contract): Record<string, Record<string, unknown>> => {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of contract.routes) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = operationOf(contract, route);
    paths[route.path] = path;
  }
  return paths;
};

const operationOf = (contract: Contract, route: Route) => ({
  operationId: route.id,
  summary: route.summary,
  tags: [route.tag ?? contract.title],
  ...(route.scopes.length > 0
    ? { description: `Needs ${route.scopes.map((scope) => `\`${scope}\``).join(', ')}.` }
    : {}),
  'x-scopes': route.scopes,
  ...(route.public ? { security: [] } : {}),
  parameters: parametersOf(route),
  ...(route.body
    ? {
        requestBody: {
          required: true,
          content: Object.fromEntries(
            Object.entries(route.body).map(([type, schema]) => [
              type,
              {
                schema: contract.mapping ? withUnknown(schema) : schema,
                ...exampleOf(contract, route, type),
              },
            ]),
          ),
        },
      }
    : {}),
  responses: responsesOf(contract, route),
});

const exampleOf = ({ examples }: Contract, { id }: Route, mediaType: string) => {
  const example = examples?.[id]?.[mediaType];
  return example === undefined ? {} : { example };
};

/** A contract with a mapping ignores members that it does not know, at any depth; our own refuses them. */
const withUnknown = (schema: TSchema): unknown =>
  JSON.parse(JSON.stringify(schema), (keyword, value) =>
    keyword === 'additionalProperties' && value === false ? undefined : value,
  );

const parametersOf = (route: Route) => [
  ...Object.entries(route.params).map(([name, { schema, description }]) => ({
    name,
    in: 'path',
    required: true,
    schema,
    description,
  })),
  ...Object.entries(route.query).map(([name, { schema, description, prefix, several }]) => ({
    name: prefix ? `${name}{name}` : name,
    in: 'query',
    schema: several ? { type: 'array', items: schema } : schema,
    description,
  })),
  ...Object.entries(route.headers).map(([name, header]) => ({
    name,
    in: 'header',
    schema: { type: 'string' },
    ...(typeof header === 'string' ? { description: header } : header),
  })),
];

const responsesOf = (contract: Contract, route: Route) => {
  const problem = contentOf(contract, contract.errorMediaType, { $ref: '#/components/schemas/Problem' });
  const everywhere = {
    401: { description: 'A valid API key is needed', content: problem },
    403: { description: 'The API key lacks a permission', content: problem },
    429: { description: 'Too many requests', content: problem },
    500: { description: 'Something went wrong on our side', content: problem },
    503: { description: 'The service cannot answer right now', content: problem },
  };
  const own = Object.entries(route.replies).map(([status, { description, schema }]) => {
    const content =
      Number(status) >= 400 ? problem : schema && contentOf(contract, 'application/json', schema);
    return [status, { description, ...(content ? { content } : {}) }];
  });
  return { ...Object.fromEntries(own), ...everywhere };
};

/** A schema by media type. What is no JSON is a text that shows it. */
const contentOf = (contract: Contract, first: string, schema: unknown) =>
  Object.fromEntries(
    [...new Set([first, ...(contract.mediaTypes ?? [])])].map((type) => [
      type,
      { schema: /json$/.test(type) ? schema : { type: 'string' } },
    ]),
  );
