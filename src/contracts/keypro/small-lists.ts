import { type Codec, CodecFault } from '../../mapping/codec.ts';
import { choices } from '../../mapping/codecs/choices.ts';

/** A row of a list whose ids a customer names: its id, its name, and the record's word for it. */
export interface ListRow<Word extends string | number = string> {
  id: number;
  name: string;
  word: Word;
}

const rowsOf = <Word extends string | number>(...rows: [name: string, word: Word][]): ListRow<Word>[] =>
  rows.map(([name, word], index) => ({ id: index + 1, name, word }));

/** What a customer's `status` may be. */
export const statuses = rowsOf(
  ['Prospect', 'prospect'],
  ['Pending', 'pending'],
  ['Active', 'active'],
  ['Suspended', 'suspended'],
  ['Closed', 'closed'],
);

/** What a customer's `type` may be. */
export const types = rowsOf(['Person', 'person'], ['Organisation', 'organisation']);

/** What a customer's `restricted_type` may be: the record's protection levels. */
export const restrictedTypes = rowsOf(['Open', 1], ['Protected', 2], ['Secret', 3], ['Restricted', 4]);

/** What a customer's `language` may be, by ISO 639-1. New ones go to the end, since an id never changes. */
export const languages = rowsOf(
  ['Finnish', 'fi'],
  ['Swedish', 'sv'],
  ['English', 'en'],
  ['Northern Sami', 'se'],
  ['Estonian', 'et'],
  ['Russian', 'ru'],
  ['Danish', 'da'],
  ['Norwegian', 'no'],
  ['Norwegian Bokmål', 'nb'],
  ['Norwegian Nynorsk', 'nn'],
  ['Icelandic', 'is'],
  ['German', 'de'],
  ['French', 'fr'],
  ['Dutch', 'nl'],
  ['Spanish', 'es'],
  ['Catalan', 'ca'],
  ['Basque', 'eu'],
  ['Galician', 'gl'],
  ['Portuguese', 'pt'],
  ['Italian', 'it'],
  ['Greek', 'el'],
  ['Irish', 'ga'],
  ['Welsh', 'cy'],
  ['Polish', 'pl'],
  ['Czech', 'cs'],
  ['Slovak', 'sk'],
  ['Slovenian', 'sl'],
  ['Croatian', 'hr'],
  ['Serbian', 'sr'],
  ['Bosnian', 'bs'],
  ['Albanian', 'sq'],
  ['Macedonian', 'mk'],
  ['Bulgarian', 'bg'],
  ['Romanian', 'ro'],
  ['Hungarian', 'hu'],
  ['Latvian', 'lv'],
  ['Lithuanian', 'lt'],
  ['Maltese', 'mt'],
  ['Ukrainian', 'uk'],
  ['Belarusian', 'be'],
  ['Turkish', 'tr'],
  ['Kurdish', 'ku'],
  ['Arabic', 'ar'],
  ['Persian', 'fa'],
  ['Hebrew', 'he'],
  ['Somali', 'so'],
  ['Chinese', 'zh'],
  ['Japanese', 'ja'],
  ['Korean', 'ko'],
  ['Vietnamese', 'vi'],
  ['Thai', 'th'],
  ['Hindi', 'hi'],
);

/** A word of the record as the id of its row. */
export const byId = (rows: readonly ListRow<string>[]): Codec =>
  choices(
    rows.map(({ id, word }) => [word, id] as const),
    { detail: unlisted },
  );

/**
 * A language of the record as the id of its row. The record's is free text: a language tag is known by its language, and
 * an English name by itself. What is not listed is not shown, since an id is a number.
 */
export const languageId: Codec = {
  write(canonical) {
    const text = String(canonical).toLowerCase();
    const code = text.split(/[-_]/, 1)[0];
    return languages.find(({ word, name }) => word === code || name.toLowerCase() === text)?.id ?? null;
  },
  read(wire) {
    const row = languages.find(({ id }) => id === wire);
    if (!row) throw new CodecFault('enum', unlisted);
    return row.word;
  },
};

const unlisted = 'must be an id of its list';
