// What node does in one version and not in another, or what nobody would guess, as named answers with their sources.

const major = Number(process.versions.node.split('.')[0]);

/**
 * writeFileSync of a string whose encoding is named `'utf8'` is one call of C++, which knows nothing of `flush`: the file
 * is NOT synced (lib/fs.js, src/node_file.cc WriteFileUtf8; seen with strace on 20.20).
 */
export const nativeWriteFlushes = false;

/** A recursive readdir with types enters links to directories since node 22 (lib/fs.js). */
export const listingFollowsLinks: boolean = major >= 22;

/** truncate() of a descriptor went away with node 24 (DEP0081). */
export const truncateTakesDescriptors: boolean = major < 24;
