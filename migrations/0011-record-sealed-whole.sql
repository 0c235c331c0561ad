-- Nothing of the record lies open any more: members without a mark held free words too, in which a name may stand.
ALTER TABLE customer DROP COLUMN open;
