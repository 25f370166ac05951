// Errors with a code of node's own, where no call can be made that would have node say it itself.

export function codedError(code: `ERR_${string}`, message: string, Class: ErrorConstructor = Error): Error {
  const error = new Class(message);
  // In the stack, too, node's errors carry their code.
  error.stack = error.stack?.replace(/^\w+/, `$& [${code}]`);
  return Object.assign(error, { code });
}
