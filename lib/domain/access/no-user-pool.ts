/** The value of `USER_POOL_ID` where the clinic has an issuer of its own: a variable that is not set is a mistake of the stack. */
export const NO_USER_POOL = 'none';
