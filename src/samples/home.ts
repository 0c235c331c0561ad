/** What customers of a country have in common: ISO 3166 country, BCP 47 locale, language, IANA time zone. */
export const home = {
  de: { country: 'DE', locale: 'de-DE', language: 'de', timeZone: 'Europe/Berlin' },
  es: { country: 'ES', locale: 'es-ES', language: 'es', timeZone: 'Europe/Madrid' },
  fi: { country: 'FI', locale: 'fi-FI', language: 'fi', timeZone: 'Europe/Helsinki' },
  fr: { country: 'FR', locale: 'fr-FR', language: 'fr', timeZone: 'Europe/Paris' },
  gb: { country: 'GB', locale: 'en-GB', language: 'en', timeZone: 'Europe/London' },
  gr: { country: 'GR', locale: 'el-GR', language: 'el', timeZone: 'Europe/Athens' },
  ie: { country: 'IE', locale: 'en-IE', language: 'en', timeZone: 'Europe/Dublin' },
  it: { country: 'IT', locale: 'it-IT', language: 'it', timeZone: 'Europe/Rome' },
  jp: { country: 'JP', locale: 'ja-JP', language: 'ja', timeZone: 'Asia/Tokyo' },
  nl: { country: 'NL', locale: 'nl-NL', language: 'nl', timeZone: 'Europe/Amsterdam' },
  pl: { country: 'PL', locale: 'pl-PL', language: 'pl', timeZone: 'Europe/Warsaw' },
  se: { country: 'SE', locale: 'sv-SE', language: 'sv', timeZone: 'Europe/Stockholm' },
  us: { country: 'US', locale: 'en-US', language: 'en', timeZone: 'America/New_York' },
} as const;
