// Writes on a descriptor of a staged file: which of them have lost bytes, in every form that a write can have.

import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { createFs } from '../../src/api';
import { codeOf } from '../../src/ground/errors';
import { type NodeFs, nodeFs } from '../../src/ground/node-fs';
import { FLAVOURS, type Flavour } from '../support/flavours';
import { useTemporaryDirectory } from '../support/temporary-directory';

type AnyFunction = (...args: unknown[]) => unknown;

/** A call and what follows the descriptor in it. */
type Write = readonly [name: 'write' | 'writev', ...args: unknown[]];

/** Makes writes on one descriptor of a file, and closes it. */
type Writer = (fs: NodeFs, path: string, writes: readonly Write[]) => Promise<void>;

const WRITERS: Readonly<Record<string, Writer>> = {
  'synchronous calls': (fs, path, writes) => writeWith(FLAVOURS[0]!, fs, path, writes),
  'callback calls': (fs, path, writes) => writeWith(FLAVOURS[1]!, fs, path, writes),
  async 'a FileHandle'(fs, path, writes) {
    const handle = await fs.promises.open(path, 'w');
    for (const [name, ...args] of writes) await (handle[name] as AnyFunction)(...args);
    await handle.close();
  },
};

async function writeWith(flavour: Flavour, ...[fs, path, writes]: Parameters<Writer>): Promise<void> {
  const fd = await flavour.call(fs, 'open', path, 'w');
  for (const [name, ...args] of writes) await flavour.call(fs, name, fd, ...args);
  await flavour.call(fs, 'close', fd);
}

describe('Writes on a descriptor of a staged file', () => {
  const at = useTemporaryDirectory();

  /** What the file holds afterwards, and the code of what failed. */
  async function outcomeOf(write: Writer, fs: NodeFs, writes: readonly Write[]): Promise<unknown> {
    writeFileSync(at('file'), 'old');
    const failed = await write(fs, at('file'), writes).then(() => undefined, codeOf);
    return { failed, content: readFileSync(at('file'), 'utf8') };
  }

  const LESS_THAN_THEY_LOOK: readonly Write[] = [
    ['write', 'aGVs\nbG8=', null, 'base64'],
    ['write', 'aGVs bG8', 0, 'BASE64URL'],
    ['write', '6162zz63', undefined, 'hex'],
    ['write', 'in UTF-8, for this is no encoding:', 'ucs2'],
  ];

  for (const [title, writer] of Object.entries(WRITERS)) {
    for (const write of LESS_THAN_THEY_LOOK) {
      it(`lose nothing of ${JSON.stringify(write.slice(1))}, through ${title}`, async () => {
        const ours = await outcomeOf(writer, createFs(undefined, { warn: false }), [write]);
        expect(ours).to.deep.equal(await outcomeOf(writer, nodeFs, [write]));
        expect(ours).to.have.property('failed', undefined);
      });
    }
  }

  /** Six bytes in every form, and how many are accepted of them: mostly as many as it has elements. */
  const CUT: readonly { readonly title: string; readonly write: Write; readonly accepts: number }[] = [
    { title: 'a string', write: ['write', 'äöü'], accepts: 3 },
    { title: 'a string at a position', write: ['write', 'äöü', 0, 'utf8'], accepts: 3 },
    { title: 'a string in Latin-1', write: ['write', 'letter', null, 'latin1'], accepts: 5 },
    { title: 'a string in UTF-16', write: ['write', 'abc', null, 'ucs2'], accepts: 3 },
    { title: 'a string in base64', write: ['write', 'bGV0\ndGVy', null, 'base64'], accepts: 5 },
    { title: 'a buffer', write: ['write', Buffer.from('letter')], accepts: 5 },
    { title: 'an array of wider numbers', write: ['write', Uint16Array.of(1, 2, 3)], accepts: 3 },
    { title: 'a part of a view', write: ['write', new DataView(new ArrayBuffer(9)), 2, 6], accepts: 4 },
    { title: 'the end of a view', write: ['write', Buffer.from('a letter'), 2], accepts: 4 },
    { title: 'a range', write: ['write', Buffer.from('a letter.'), { offset: 2, length: 6 }], accepts: 4 },
    { title: 'buffers, in the first', write: ['writev', [Buffer.from('lett'), Buffer.from('er')]], accepts: 3 },
    { title: 'buffers, between them', write: ['writev', [Buffer.from('lett'), Buffer.from('er')]], accepts: 4 },
    { title: 'buffers, in the last', write: ['writev', [Buffer.from('lett'), Buffer.from('er')], 0], accepts: 5 },
  ];

  for (const title of ['synchronous calls', 'callback calls']) {
    for (const { title: form, write, accepts } of CUT) {
      const run = (...afterwards: Write[]): Promise<unknown> =>
        outcomeOf(WRITERS[title]!, fsCutting(accepts), [write, ...afterwards]);

      it(`keep the old content where one of ${form} is cut short, through ${title}`, async () => {
        expect(await run()).to.deep.equal({ failed: 'ENOSPC', content: 'old' });
        expect(await run(['write', 'something else'])).to.deep.equal({ failed: 'ENOSPC', content: 'old' });
        expect(await run(['write', 'r'.repeat(5 - accepts)])).to.deep.equal({ failed: 'ENOSPC', content: 'old' });
      });

      it(`are published where the rest of one of ${form} follows, through ${title}`, async () => {
        const rest = 'r'.repeat(6 - accepts);
        const content = 'x'.repeat(accepts) + rest;
        expect(await run(['write', rest])).to.deep.equal({ failed: undefined, content });
        const pieces = Array.from(rest, (letter) => Buffer.from(letter));
        expect(await run(['writev', pieces], ['write', '!'])).to.deep.equal({
          failed: undefined,
          content: `${content}!`,
        });
      });
    }
  }

  it('are published where a writev goes on in the buffer that was cut, and with more', async () => {
    const [first, second, third] = ['lett', 'er', 's'].map((text) => Buffer.from(text));
    const rest: Write = ['writev', [first!.subarray(3), second, third]];
    const outcome = await outcomeOf(WRITERS['synchronous calls']!, fsCutting(3), [['writev', [first, second]], rest]);
    expect(outcome).to.deep.equal({ failed: undefined, content: 'xxxters' });
  });
});

/** An fs that writes so many letters x for the first write, whatever it is of, and answers that. */
function fsCutting(accepts: number): NodeFs {
  const base = { ...nodeFs } as unknown as Record<string, AnyFunction>;
  const letters = Buffer.alloc(accepts, 'x');
  let isFirst = true;
  for (const name of ['write', 'writev'] as const) {
    const ownSync = base[`${name}Sync`]!;
    const own = base[name]!;
    base[`${name}Sync`] = (fd, ...args) => {
      if (!isFirst) return ownSync(fd, ...args);
      isFirst = false;
      return nodeFs.writeSync(fd as number, letters);
    };
    base[name] = (fd, ...args) => {
      if (!isFirst) return own(fd, ...args);
      isFirst = false;
      return nodeFs.write(fd as number, letters, args.at(-1) as () => void);
    };
  }
  return createFs(base as unknown as NodeFs, { warn: false });
}
