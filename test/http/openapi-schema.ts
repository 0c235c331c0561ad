/** Statuses one by one, as our own answers have them. */
const eachStatus = '^[1-5]\\d\\d$';
/** Statuses as a subscriber may answer with them. */
const anyStatus = '^([1-5]\\d\\d|[1-5]XX|default)$';

const content = {
  type: 'object',
  minProperties: 1,
  propertyNames: { pattern: '^[a-z]+/[a-z0-9.+-]+$' },
  additionalProperties: {
    type: 'object',
    required: ['schema'],
    properties: { schema: { type: 'object' }, example: {}, examples: { type: 'object' } },
    additionalProperties: false,
  },
};

/** The parts of OpenAPI 3.1 that the service writes, strictly: a member that is not listed is an error. */
export const openApiSchema = {
  type: 'object',
  required: ['openapi', 'info', 'paths'],
  additionalProperties: false,
  properties: {
    openapi: { const: '3.1.0' },
    info: {
      type: 'object',
      required: ['title', 'version'],
      additionalProperties: false,
      properties: {
        title: { type: 'string', minLength: 1 },
        version: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+' },
        description: { type: 'string' },
        license: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
      },
    },
    servers: {
      type: 'array',
      items: { type: 'object', required: ['url'], properties: { url: { pattern: '^/' } } },
    },
    security: { type: 'array', items: { type: 'object' } },
    tags: { type: 'array' },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: {
        type: 'object',
        minProperties: 1,
        propertyNames: { enum: ['get', 'put', 'post', 'delete', 'patch'] },
        additionalProperties: {
          $ref: '#/$defs/operation',
          properties: { responses: { type: 'object', propertyNames: { pattern: eachStatus } } },
        },
      },
    },
    webhooks: {
      type: 'object',
      minProperties: 1,
      additionalProperties: {
        type: 'object',
        required: ['post'],
        additionalProperties: false,
        properties: { post: { $ref: '#/$defs/operation', required: ['requestBody', 'parameters'] } },
      },
    },
    components: {
      type: 'object',
      properties: { schemas: { type: 'object' }, securitySchemes: { type: 'object', minProperties: 1 } },
    },
  },
  $defs: {
    operation: {
      type: 'object',
      required: ['operationId', 'summary', 'responses'],
      additionalProperties: false,
      properties: {
        operationId: { type: 'string', pattern: '^[a-zA-Z]+$' },
        summary: { type: 'string', minLength: 1 },
        description: { type: 'string' },
        'x-scopes': { type: 'array', items: { type: 'string' } },
        security: { type: 'array', maxItems: 0 },
        tags: { type: 'array', items: { type: 'string' } },
        parameters: {
          type: 'array',
          items: {
            type: 'object',
            required: ['name', 'in', 'schema', 'description'],
            additionalProperties: false,
            properties: {
              name: { type: 'string', minLength: 1 },
              in: { enum: ['path', 'query', 'header'] },
              required: { type: 'boolean' },
              description: { type: 'string', minLength: 1 },
              schema: { type: 'object' },
            },
            if: { properties: { in: { const: 'path' } } },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
            then: { required: ['required'], properties: { required: { const: true } } },
          },
        },
        requestBody: {
          type: 'object',
          required: ['content'],
          additionalProperties: false,
          properties: { required: { type: 'boolean' }, description: { type: 'string' }, content },
        },
        responses: {
          type: 'object',
          minProperties: 1,
          propertyNames: { pattern: anyStatus },
          additionalProperties: {
            type: 'object',
            required: ['description'],
            additionalProperties: false,
            properties: {
              description: { type: 'string', minLength: 1 },
              content,
              headers: { type: 'object' },
            },
          },
        },
      },
    },
  },
};
