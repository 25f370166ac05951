/** A mistake in the use of this package itself. `code` is one of the `ERR_INTACT_*` names in the README. */
export class IntactError extends Error {
  readonly code: string;
  constructor(code: `ERR_INTACT_${string}`, message: string) {
    super(message);
    this.code = code;
  }
}
