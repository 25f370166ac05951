// The six characters that make the name of a temporary directory unique.

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 6;

/** Counts instead of throwing dice, so that every run of a test gives out the same names. */
export function suffixes(): () => string {
  let given = 0;
  return () => {
    let suffix = '';
    for (let rest = given++; suffix.length < LENGTH; rest = Math.floor(rest / LETTERS.length)) {
      suffix = LETTERS[rest % LETTERS.length]! + suffix;
    }
    return suffix;
  };
}
