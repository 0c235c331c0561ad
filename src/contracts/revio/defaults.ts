import type { JsonObject } from '../../schema/json.ts';
import { withTimeZones } from './date-times.ts';

/** A complete model as it is read: what is missing has its default, an account is open. Null is said, and stays. */
export const withDefaults = (body: JsonObject): JsonObject => withTimeZones({ status: 'OPEN', ...body });
