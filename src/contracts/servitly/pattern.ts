/**
 * Judges texts by a pattern in which `*` stands for any characters, whatever the letter case. In one pass, since a
 * regular expression of many stars can take for ever.
 */
export const patternOf = (pattern: string): ((text: string) => boolean) => {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const last = rest.pop();
  return (text) => {
    const value = text.toLowerCase();
    if (last === undefined) return value === first;
    if (!value.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = value.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return value.length - last.length >= at && value.endsWith(last);
  };
};
