/** What a log may say of an error: its code where it has one, else its name. Its message may quote a value. */
export const errorName = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
};
