import { type Context, personalRights } from '../../customer/context.ts';
import type { Customer } from '../../customer/customer.ts';
import { customerShape } from '../../customer/record.ts';
import { type Sight, sightOf } from '../../privacy/sight.ts';
import type { JsonObject } from '../../schema/json.ts';
import { shapeAt } from '../../schema/shape.ts';
import { mapping } from './mapping.ts';

/**
 * The members that hold a person's data: those that Keypro's page marks as protected by GDPR, and those that the record
 * protects beside. They are stored encrypted, and `restricted_type` tells who sees them.
 */
export const protectedMembers: ReadonlySet<string> = new Set(
  mapping
    .places()
    .flatMap(({ wire, canonical }) =>
      shapeAt(customerShape, canonical?.split('.') ?? [])?.marks.personal ? [wire] : [],
    ),
);

/** How the protected members of a customer look to the caller. */
export const sightFor = ({ data }: Customer, { principal }: Context): Sight =>
  sightOf(data.protectionLevel, personalRights(principal));

/** The document without the members that the caller may not know at all, not even whether they have a value. */
export const withoutHidden = (document: JsonObject, sight: Sight): JsonObject =>
  sight === 'hide'
    ? Object.fromEntries(Object.entries(document).filter(([name]) => !protectedMembers.has(name)))
    : document;
