// Every flag that node takes, with the errors it stands for.

import { constants } from 'node:fs';

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } = constants;

export interface OpenFlag {
  readonly title: string;
  readonly flag: string | number | null | undefined;
  readonly isReadable?: boolean;
  readonly isWritable?: boolean;
  readonly isExclusive?: boolean;
  readonly creates?: boolean;
  readonly appends?: boolean;
}

function named(flag: string): OpenFlag {
  const isReadOnly = flag === 'r' || flag === 'rs' || flag === 'sr';
  return {
    title: `'${flag}'`,
    flag,
    isReadable: isReadOnly || flag.includes('+'),
    isWritable: !isReadOnly,
    isExclusive: flag.includes('x'),
    creates: !flag.includes('r'),
    appends: flag.includes('a'),
  };
}

function numeric(title: string, flag: number): OpenFlag {
  const access = flag & (O_RDONLY | O_WRONLY | O_RDWR);
  return {
    title,
    flag,
    isReadable: access !== O_WRONLY,
    isWritable: access !== O_RDONLY,
    isExclusive: (flag & O_EXCL) !== 0 && (flag & O_CREAT) !== 0,
    creates: (flag & O_CREAT) !== 0,
    appends: (flag & O_APPEND) !== 0,
  };
}

const NAMES = 'r rs sr r+ rs+ sr+ w w+ wx xw wx+ xw+ a a+ ax xa ax+ xa+ as sa as+ sa+';

export const OPEN_FLAGS: readonly OpenFlag[] = [
  ...NAMES.split(' ').map(named),
  numeric('O_WRONLY|O_CREAT|O_TRUNC', O_WRONLY | O_CREAT | O_TRUNC),
  numeric('O_RDWR|O_CREAT|O_TRUNC', O_RDWR | O_CREAT | O_TRUNC),
  numeric('O_WRONLY|O_TRUNC', O_WRONLY | O_TRUNC),
  numeric('O_RDWR|O_TRUNC', O_RDWR | O_TRUNC),
  numeric('O_WRONLY|O_CREAT', O_WRONLY | O_CREAT),
  numeric('O_RDWR|O_CREAT', O_RDWR | O_CREAT),
  numeric('O_WRONLY', O_WRONLY),
  numeric('O_RDWR', O_RDWR),
  numeric('O_WRONLY|O_CREAT|O_EXCL', O_WRONLY | O_CREAT | O_EXCL),
  numeric('O_WRONLY|O_CREAT|O_TRUNC|O_EXCL', O_WRONLY | O_CREAT | O_TRUNC | O_EXCL),
  numeric('O_WRONLY|O_CREAT|O_TRUNC|O_SYNC', O_WRONLY | O_CREAT | O_TRUNC | O_SYNC),
  numeric('O_WRONLY|O_CREAT|O_TRUNC|O_APPEND', O_WRONLY | O_CREAT | O_TRUNC | O_APPEND),
  numeric('O_RDWR|O_CREAT|O_TRUNC|O_APPEND', O_RDWR | O_CREAT | O_TRUNC | O_APPEND),
  numeric('O_WRONLY|O_CREAT|O_APPEND', O_WRONLY | O_CREAT | O_APPEND),
  numeric('O_WRONLY|O_APPEND', O_WRONLY | O_APPEND),
  numeric('O_WRONLY|O_CREAT|O_TRUNC|O_NOFOLLOW', O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW),
  numeric('O_RDONLY|O_CREAT', O_RDONLY | O_CREAT),
  numeric('O_RDONLY|O_DIRECTORY', O_RDONLY | O_DIRECTORY),
];

/** The error of an open with this flag, if it fails. */
export function openError({ flag, isExclusive, creates }: OpenFlag, exists: boolean): string | undefined {
  if (exists && typeof flag === 'number' && (flag & O_DIRECTORY) !== 0) return 'ENOTDIR';
  if (exists) return isExclusive ? 'EEXIST' : undefined;
  return creates ? undefined : 'ENOENT';
}
