// The names of fs-intact/testing/chai for ES modules.

export { crashSafe } from './chai.js';
export type * from './chai.js';
