import type { Route } from '../contract.ts';
import { jsonReply } from './reply.ts';
import { rowsSchema } from './schemas.ts';
import { type ListRow, languages, restrictedTypes, statuses, types } from './small-lists.ts';

/** The small lists whose ids customers name. */
export const smallListRoutes: Route[] = [
  listOf('listCustomerStatuses', '/api/v2/customer-statuses/', 'status', statuses),
  listOf('listCustomerTypes', '/api/v2/customer-types/', 'type', types),
  listOf('listLanguages', '/api/v2/languages/', 'language', languages),
  listOf('listRestrictedTypes', '/api/v2/restricted-types/', 'restricted_type', restrictedTypes),
];

function listOf(id: string, path: string, member: string, rows: readonly ListRow<string | number>[]): Route {
  const shown = rows.map((row) => ({ id: row.id, name: row.name }));
  return {
    id,
    method: 'GET',
    path,
    summary: `What \`${member}\` of a customer may be`,
    scopes: ['customer:read'],
    params: {},
    query: {},
    headers: {},
    body: null,
    bodyLimit: 'change',
    replies: { 200: { description: 'All rows', schema: rowsSchema } },
    handle: async () => jsonReply(200, shown),
  };
}
