/** The most that a number of 32 bits with a sign holds: PostgreSQL's `integer`, and what schemas call `int32`. */
export const mostInt32 = 2 ** 31 - 1;
