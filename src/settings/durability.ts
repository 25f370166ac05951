/**
 * What survives what.
 *
 * - `'process'`: old-or-new survives SIGKILL, the OOM killer and an uncaught throw. No fsync at all.
 * - `'consistent'`: old-or-new survives power loss too, but an acknowledged write may roll back. One fsync, of the file.
 * - `'durable'`: an acknowledged write survives power loss. Two fsyncs, of the file and of its directory.
 */
export type Durability = 'process' | 'consistent' | 'durable';

/** What `'a'` and `appendFile` become: the native call, or a staged copy of the file with the addition at its end. */
export type Append = 'native' | 'copy';
