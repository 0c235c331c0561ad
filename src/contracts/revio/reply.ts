import type { TextReply } from '../../customer/operation.ts';
import { accepts } from '../../headers/media-type.ts';
import type { JsonObject } from '../../schema/json.ts';
import type { Header } from '../contract.ts';

/** The media types of answers, as the page's list of response content types has them; the first is the default. */
export const mediaTypes = ['application/json', 'text/json', 'text/html'] as const;

/**
 * An answer in the media type that the caller prefers (RFC 9110 section 12.5.1). `text/html` is a page that shows the
 * JSON to a person. Where nothing is acceptable, which only a refusal can be, JSON is sent all the same.
 */
export const answer = (
  status: number,
  body: JsonObject,
  header: Header,
  headers: Record<string, string> = {},
): TextReply => {
  const type = accepts(header('accept'), mediaTypes) ?? mediaTypes[0];
  const isPage = type === 'text/html';
  return {
    status,
    headers: {
      'content-type': `${type}; charset=utf-8`,
      vary: 'Accept',
      ...(isPage ? { 'content-security-policy': "default-src 'none'" } : {}),
      ...headers,
    },
    body: isPage ? pageOf(body) : JSON.stringify(body),
  };
};

const pageOf = (body: JsonObject): string =>
  [
    '<!DOCTYPE html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Rev.io</title></head>',
    `<body><pre>${escaped(JSON.stringify(body, null, 2))}</pre></body></html>`,
    '',
  ].join('\n');

const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
