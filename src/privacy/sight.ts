import type { Shape } from '../schema/shape.ts';

/** What a caller may see and change of personal data. */
export interface PersonalRights {
  read: boolean;
  write: boolean;
  /** The privacy officer, who alone sees a restricted record. */
  manage: boolean;
}

/** How personal members of a record of this protection level look to a caller. */
export type Sight = 'show' | 'mask' | 'hide';

/** The protection level of a restricted record: its personal members are kept, shown to nobody else and not changed. */
export const restrictedLevel = 4;

/** Judges what a caller sees of the personal members at a protection level (1 open … 4 restricted). */
export const sightOf = (level: number, rights: PersonalRights): Sight => {
  if (level >= restrictedLevel) return rights.manage ? 'show' : 'hide';
  if (rights.read) return 'show';
  return level <= 1 ? 'show' : level === 2 ? 'mask' : 'hide';
};

/** How the secret members of a record look: they are never shown for the mere right to read the customer. */
export const secretSightOf = (level: number, rights: PersonalRights): Sight => {
  const sight = sightOf(level, rights);
  return sight === 'show' && !rights.read ? 'mask' : sight;
};

/** How both kinds of marked members look to one caller. */
export interface Sights {
  personal: Sight;
  secret: Sight;
}

/** How the members at a place of the schema look. */
export const sightAt = (shape: Shape, sights: Sights): Sight =>
  shape.marks.secret ? sights.secret : shape.marks.personal ? sights.personal : 'show';
