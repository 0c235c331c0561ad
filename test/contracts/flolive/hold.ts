/** Holds back what was accepted, by the statement that looks for it. */
interface Hold {
  /** For `startService`. */
  rewriteSql(text: string): string;
  /** While it is held nothing that was accepted is carried out. */
  isHeld: boolean;
}

/** Makes one that does not hold yet. */
export const createHold = (): Hold => {
  const hold: Hold = {
    isHeld: false,
    rewriteSql: (text) =>
      hold.isHeld
        ? text.replace(/(WHERE tenant_id = \$1 AND status = 'open')( ORDER BY created_at)/, '$1 AND false$2')
        : text,
  };
  return hold;
};
