/** A UUID as the service writes it, which is in lower case; as input it is taken in any case (RFC 9562 section 4). Else undefined. */
export const canonicalUuid = (text: string): string | undefined =>
  uuidForm.test(text) ? text.toLowerCase() : undefined;

/** A UUID in letters of any case. */
export const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
