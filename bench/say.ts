/** Tells whoever waits what is being done. */
export const say = (text: string): void => console.error(text);
